<?php
/**
 * The lowest price of the 30 days before a reduction, over histories.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Tests;

use DateTimeImmutable;
use DateTimeZone;
use LuxeBrain\Prices\Lowest;

/**
 * Tests of Lowest, by the examples that LuxeBrain's own rule passes, too.
 */
class Lowest_Test extends Plugin_Test_Case {

	/**
	 * Answers histories: zone, changes, and what is to be said.
	 */
	public function histories(): array {
		$found = array();
		foreach ( self::shared()['histories'] as $case ) {
			$found[ $case['about'] ] = array( $case['zone'], self::changes( $case['changes'] ), self::amount( $case['lowest'] ) );
		}
		return $found;
	}

	/**
	 * @dataProvider histories
	 */
	public function test_it_says_the_lowest_price_before_the_reduction( string $zone, array $changes, ?float $expected ) {
		$this->assertSame( $expected, Lowest::before_reduction( $changes, new DateTimeZone( $zone ) ) );
	}

	/**
	 * Answers products: histories of their variations, and what is to be said.
	 */
	public function products(): array {
		$found = array();
		foreach ( self::shared()['products'] as $case ) {
			$found[ $case['about'] ] = array( array_map( array( self::class, 'changes' ), $case['variants'] ), self::amount( $case['lowest'] ) );
		}
		return $found;
	}

	/**
	 * @dataProvider products
	 */
	public function test_it_says_of_a_product_what_is_true_of_all_its_variations( array $histories, ?float $expected ) {
		$variations = array();
		foreach ( $histories as $changes ) {
			$now          = end( $changes );
			$variations[] = array( $now[1], $now[2], Lowest::before_reduction( $changes, new DateTimeZone( 'UTC' ) ) );
		}

		$this->assertSame( $expected, Lowest::of_all( $variations ) );
	}

	public function test_it_says_nothing_of_a_product_without_variations() {
		$this->assertNull( Lowest::of_all( array() ) );
	}

	/**
	 * Answers the examples.
	 */
	private static function shared(): array {
		return json_decode( file_get_contents( dirname( __DIR__, 3 ) . '/tests/shared/lowest_prices.json' ), true );
	}

	/**
	 * Answers changes as the plugin keeps them.
	 */
	private static function changes( array $told ): array {
		$found = array();
		foreach ( $told as $change ) {
			$at      = ( new DateTimeImmutable( $change[0] ) )->getTimestamp();
			$found[] = array( $at, self::amount( $change[1] ), self::amount( $change[2] ), $change[3] ?? 'EUR' );
		}
		return $found;
	}

	/**
	 * Answers an amount; null for none.
	 */
	private static function amount( ?string $told ): ?float {
		return null === $told ? null : (float) $told;
	}
}
