<?php
/**
 * What the European Union's price indication directive asks for.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Prices;

defined( 'ABSPATH' ) || exit;

/**
 * Article 6a of directive 98/6/EC: whoever announces a reduction says the lowest price of the 30 days before it began.
 * Pure: no clock, no database.
 *
 * A change is array( at, price, regular ): Unix seconds, the price from then on, and the one it is reduced from. A price
 * is null while the product is not sold.
 */
class Lowest {

	const WINDOW = 2592000;

	/**
	 * Answers the lowest price of the 30 days before the reduction that is on by the last change.
	 *
	 * Null where nothing is reduced, and where the reduction began before anything was known: no price is better than
	 * a wrong one. A product sold for less than 30 days has the lowest price since it is sold.
	 *
	 * @param array<int, array{0: int, 1: float|null, 2: float|null}> $changes By time.
	 */
	public static function before_reduction( array $changes ): ?float {
		$begin = count( $changes ) - 1;
		if ( $begin < 0 || ! self::is_reduced( $changes[ $begin ] ) ) {
			return null;
		}
		while ( $begin > 0 && self::goes_on( $changes[ $begin - 1 ], $changes[ $begin ] ) ) {
			--$begin;
		}
		$lowest = null;
		for ( $n = $begin - 1; $n >= 0; $n-- ) {
			list( $at, $price ) = $changes[ $n ];
			if ( null !== $price ) {
				$lowest = null === $lowest ? $price : min( $lowest, $price );
			}
			if ( $at <= $changes[ $begin ][0] - self::WINDOW ) {
				break; // This one was in force when the 30 days began; what came before it was over by then.
			}
		}
		return $lowest;
	}

	/**
	 * Tells whether a price is below the one it is compared with.
	 *
	 * @param array $change Change.
	 */
	public static function is_reduced( array $change ): bool {
		return null !== $change[1] && null !== $change[2] && $change[1] < $change[2];
	}

	/**
	 * Tells whether the later change is still the same reduction: cut once more without a break. Whoever raises the
	 * price, or what it is compared with, begins another one.
	 *
	 * @param array $before Change.
	 * @param array $after  Next change.
	 */
	private static function goes_on( array $before, array $after ): bool {
		return self::is_reduced( $before ) && $after[1] <= $before[1] && $after[2] === $before[2];
	}
}
