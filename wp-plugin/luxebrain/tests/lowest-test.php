<?php
/**
 * The lowest price of the 30 days before a reduction, over histories.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Tests;

use LuxeBrain\Prices\Lowest;

/**
 * Tests of Lowest.
 */
class Lowest_Test extends Plugin_Test_Case {

	/**
	 * Answers histories: each change as day, price, regular price; and what is to be said.
	 */
	public function histories(): array {
		return array(
			'nothing known'                     => array( array(), null ),
			'never reduced'                     => array( array( array( 0, 100, 100 ) ), null ),
			'reduced once'                      => array( array( array( 0, 100, 100 ), array( 60, 80, 100 ) ), 100.0 ),
			'on sale twice'                     => array( array( array( 0, 100, 100 ), array( 60, 80, 100 ), array( 70, 100, 100 ), array( 80, 90, 100 ) ), 80.0 ),
			'on sale twice, long apart'         => array( array( array( 0, 100, 100 ), array( 10, 80, 100 ), array( 20, 100, 100 ), array( 51, 90, 100 ) ), 100.0 ),
			'the first sale ends as 30 days begin' => array( array( array( 0, 100, 100 ), array( 10, 80, 100 ), array( 20, 100, 100 ), array( 50, 90, 100 ) ), 100.0 ),
			'it ends a day later'               => array( array( array( 0, 100, 100 ), array( 10, 80, 100 ), array( 21, 100, 100 ), array( 50, 90, 100 ) ), 80.0 ),
			'raised, then cut'                  => array( array( array( 0, 50, 50 ), array( 55, 100, 100 ), array( 60, 70, 100 ) ), 50.0 ),
			'raised and cut at once'            => array( array( array( 0, 50, 50 ), array( 60, 70, 100 ) ), 50.0 ),
			'raised long before'                => array( array( array( 0, 50, 50 ), array( 20, 100, 100 ), array( 60, 70, 100 ) ), 100.0 ),
			'new, sold for ten days'            => array( array( array( 50, 100, 100 ), array( 60, 80, 100 ) ), 100.0 ),
			'reduced from its first day'        => array( array( array( 60, 80, 100 ) ), null ),
			'cut once more without a break'     => array( array( array( 0, 100, 100 ), array( 50, 90, 100 ), array( 60, 80, 100 ) ), 100.0 ),
			'cut once more after forty days'    => array( array( array( 0, 100, 100 ), array( 50, 90, 100 ), array( 90, 80, 100 ) ), 100.0 ),
			'cut, then raised within the sale'  => array( array( array( 0, 100, 100 ), array( 50, 80, 100 ), array( 60, 90, 100 ) ), 80.0 ),
			'the compared price raised in it'   => array( array( array( 0, 100, 100 ), array( 50, 80, 100 ), array( 60, 80, 200 ) ), 80.0 ),
			'sale over'                         => array( array( array( 0, 100, 100 ), array( 50, 80, 100 ), array( 60, 100, 100 ) ), null ),
			'not sold for a while'              => array( array( array( 0, 100, 100 ), array( 40, null, 100 ), array( 55, 120, 120 ), array( 60, 90, 120 ) ), 100.0 ),
			'not sold now'                      => array( array( array( 0, 100, 100 ), array( 60, null, 100 ) ), null ),
			'a flash of an hour counts'         => array( array( array( 0, 100, 100 ), array( 40, 60, 100 ), array( 40.04, 100, 100 ), array( 60, 90, 100 ) ), 60.0 ),
			'free for a day'                    => array( array( array( 0, 100, 100 ), array( 40, 0, 100 ), array( 41, 100, 100 ), array( 60, 90, 100 ) ), 0.0 ),
		);
	}

	/**
	 * @dataProvider histories
	 */
	public function test_it_says_the_lowest_price_before_the_reduction( array $history, ?float $expected ) {
		$changes = array();
		foreach ( $history as $change ) {
			$changes[] = array( 1767225600 + (int) ( $change[0] * 86400 ), null === $change[1] ? null : (float) $change[1], (float) $change[2] );
		}

		$this->assertSame( $expected, Lowest::before_reduction( $changes ) );
	}
}
