<?php
/**
 * What the European Union's price indication directive asks for.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Prices;

use DateTimeImmutable;
use DateTimeZone;

defined( 'ABSPATH' ) || exit;

/**
 * Article 6a of directive 98/6/EC: whoever announces a reduction says the lowest price of the 30 days before it began.
 * The rule, and why it is read so, stands in docs/storefront.md; LuxeBrain's own (apps/shop/services/prices.py) passes
 * the same examples. Pure: no clock, no database.
 *
 * A change is array( at, price, regular, currency ): Unix seconds, the price from then on, and the one it is reduced
 * from. A price is null while the product is not sold.
 */
class Lowest {

	const DAYS = '-30 days';

	/**
	 * Answers the lowest price of the 30 days before the reduction that is on by the last change.
	 *
	 * Null where nothing is reduced, and where not all of the 30 days is known in the same currency: no price is better
	 * than a wrong one. Each change is a reduction of its own, so that no earlier and higher price is named.
	 *
	 * @param array<int, array{0: int, 1: float|null, 2: float|null, 3: string}> $changes By time.
	 * @param DateTimeZone                                                       $zone    The shop's.
	 */
	public static function before_reduction( array $changes, DateTimeZone $zone ): ?float {
		$last = count( $changes ) - 1;
		if ( $last < 0 || ! self::is_reduced( $changes[ $last ] ) ) {
			return null;
		}
		$since  = self::since( $changes[ $last ][0], $zone );
		$lowest = null;
		for ( $n = $last - 1; $n >= 0 && $changes[ $n ][3] === $changes[ $last ][3]; $n-- ) {
			list( $at, $price ) = $changes[ $n ];
			if ( null !== $price ) {
				$lowest = null === $lowest ? $price : min( $lowest, $price );
			}
			if ( $at <= $since ) {
				return $lowest; // This one was in force when the 30 days began; what came before it was over by then.
			}
		}
		return null;
	}

	/**
	 * Answers the one figure that is true of every variation of a product; null where there is none.
	 *
	 * @param array<int, array{0: float, 1: float, 2: float|null}> $variations Price, regular price, lowest price.
	 */
	public static function of_all( array $variations ): ?float {
		$first = reset( $variations );
		foreach ( $variations as $one ) {
			if ( $one !== $first || null === $one[2] || $one[0] >= $one[1] ) {
				return null;
			}
		}
		return $first ? $first[2] : null;
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
	 * Answers when the 30 days before a moment began. Days are the shop's whole ones; the day of the moment itself is
	 * none of them (regulation 1182/71, article 3).
	 *
	 * @param int          $at   Unix seconds.
	 * @param DateTimeZone $zone The shop's.
	 */
	private static function since( int $at, DateTimeZone $zone ): int {
		return ( new DateTimeImmutable( "@{$at}" ) )->setTimezone( $zone )->modify( self::DAYS )->setTime( 0, 0 )->getTimestamp();
	}
}
