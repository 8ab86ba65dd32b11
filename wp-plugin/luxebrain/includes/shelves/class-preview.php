<?php
/**
 * What the editor shows where no copy is there yet.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Shelves;

defined( 'ABSPATH' ) || exit;

/**
 * Some of the shop's own products: never for shoppers.
 */
class Preview {

	/**
	 * Tells whether the editor asks for a block's picture.
	 */
	public static function is_on(): bool {
		return defined( 'REST_REQUEST' ) && REST_REQUEST && current_user_can( 'edit_posts' );
	}

	/**
	 * Answers cards of the newest products.
	 *
	 * @param string $place Placement.
	 * @param int    $limit At most so many.
	 */
	public static function cards( string $place, int $limit ): array {
		$ids   = wc_get_products(
			array(
				'limit'  => 3 * $limit, // Some may not be shown.
				'status' => 'publish',
				'return' => 'ids',
			)
		);
		$cards = array();
		foreach ( array_slice( Cards::products( array_map( 'intval', $ids ) ), 0, $limit ) as $product ) {
			$cards[] = Cards::card( $product, $place, count( $cards ) + 1, null );
		}
		return $cards;
	}

	/**
	 * Answers a banner.
	 */
	public static function hero(): array {
		return array(
			'heading'  => __( 'Your banner from LuxeBrain', 'luxebrain' ),
			'text'     => __( 'Its words and its picture are made in LuxeBrain, one for each group of customers.', 'luxebrain' ),
			'label'    => __( 'Shop now', 'luxebrain' ),
			'url'      => home_url( '/' ),
			'image'    => '',
			'decision' => null,
		);
	}

	/**
	 * Answers a line.
	 */
	public static function line(): string {
		return __( 'A true line about this product, for example how many are left.', 'luxebrain' );
	}
}
