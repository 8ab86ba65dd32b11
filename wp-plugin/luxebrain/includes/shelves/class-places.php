<?php
/**
 * Where shelves can stand.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Shelves;

defined( 'ABSPATH' ) || exit;

/**
 * Every placement by its name: what it is called, what its shelf is headed with, and how it is drawn.
 */
class Places {

	const HERO    = 'home-hero';
	const LINE    = 'price-line';
	const PICTURE = 'picture-search';

	/**
	 * Nobody in particular has none of these: their place is only made when a visitor's answer is there.
	 */
	const PERSONAL = array( 'recently-viewed', 'new-for-you' );

	/**
	 * Placements, each with the ending of its shortcode and of its block.
	 */
	const NAMES = array(
		'home-hero'        => 'hero',
		'home-picks'       => 'home_picks',
		'category-top'     => 'category_top',
		'product-similar'  => 'similar',
		'bought-together'  => 'bought_together',
		'complete-outfit'  => 'complete_outfit',
		'upsell'           => 'upsell',
		'cart-cross-sell'  => 'cart_cross_sell',
		'recently-viewed'  => 'recently_viewed',
		'trending'         => 'trending',
		'new-for-you'      => 'new_for_you',
		'picture-search'   => 'visual_search',
		'price-line'       => 'price_line',
		'thank-you'        => 'thank_you',
	);

	/**
	 * Tells whether LuxeBrain knows a placement.
	 *
	 * @param mixed $place Name.
	 */
	public static function exists( $place ): bool {
		return is_string( $place ) && isset( self::NAMES[ $place ] );
	}

	/**
	 * Answers what merchants call the placements.
	 *
	 * @return array<string, string>
	 */
	public static function labels(): array {
		return array(
			'home-hero'       => __( 'Hero banner', 'luxebrain' ),
			'home-picks'      => __( 'Picks for the home page', 'luxebrain' ),
			'category-top'    => __( 'Top of this category', 'luxebrain' ),
			'product-similar' => __( 'Similar products', 'luxebrain' ),
			'bought-together' => __( 'Bought together', 'luxebrain' ),
			'complete-outfit' => __( 'Complete the outfit', 'luxebrain' ),
			'upsell'          => __( 'A step up', 'luxebrain' ),
			'cart-cross-sell' => __( 'Goes with the cart', 'luxebrain' ),
			'recently-viewed' => __( 'Recently viewed', 'luxebrain' ),
			'trending'        => __( 'Trending', 'luxebrain' ),
			'new-for-you'     => __( 'New for you', 'luxebrain' ),
			'picture-search'  => __( 'Found by picture', 'luxebrain' ),
			'price-line'      => __( 'Line under the price', 'luxebrain' ),
			'thank-you'       => __( 'After the order', 'luxebrain' ),
		);
	}

	/**
	 * Answers the heading that shoppers read while LuxeBrain has told none.
	 *
	 * @param string $place Name.
	 */
	public static function heading( string $place ): string {
		$headings = array(
			'home-hero'       => __( 'Our favorites', 'luxebrain' ),
			'home-picks'      => __( 'Picked for you', 'luxebrain' ),
			'category-top'    => __( 'Popular here', 'luxebrain' ),
			'product-similar' => __( 'You may also like', 'luxebrain' ),
			'bought-together' => __( 'Often bought together', 'luxebrain' ),
			'complete-outfit' => __( 'Complete the outfit', 'luxebrain' ),
			'upsell'          => __( 'A step up', 'luxebrain' ),
			'cart-cross-sell' => __( 'Goes with your cart', 'luxebrain' ),
			'recently-viewed' => __( 'Recently viewed', 'luxebrain' ),
			'trending'        => __( 'Trending now', 'luxebrain' ),
			'new-for-you'     => __( 'New for you', 'luxebrain' ),
			'picture-search'  => __( 'Found by picture', 'luxebrain' ),
			'thank-you'       => __( 'You may also like', 'luxebrain' ),
		);
		return $headings[ $place ] ?? '';
	}
}
