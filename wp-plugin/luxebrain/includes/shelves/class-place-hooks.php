<?php
/**
 * Shelves that come by themselves.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Shelves;

use LuxeBrain\Settings;

defined( 'ABSPATH' ) || exit;

/**
 * Which placements can stand on which page, and the hooks that put them there. In the settings each has a number:
 * its position among those of the page, or 0 for none.
 */
class Place_Hooks {

	/**
	 * Pages, each with its placements and their positions to begin with.
	 */
	const PAGES = array(
		'product'  => array(
			'price-line'      => 1,
			'bought-together' => 2,
			'complete-outfit' => 3,
			'product-similar' => 4,
			'upsell'          => 0,
			'recently-viewed' => 5,
			'trending'        => 0,
		),
		'category' => array(
			'category-top'    => 1,
			'trending'        => 0,
			'new-for-you'     => 0,
			'recently-viewed' => 0,
		),
		'cart'     => array(
			'cart-cross-sell' => 1,
			'recently-viewed' => 0,
		),
		'checkout' => array(
			'cart-cross-sell' => 0,
		),
		'thanks'   => array(
			'thank-you' => 1,
			'trending'  => 0,
		),
		'home'     => array(
			'home-hero'       => 0,
			'home-picks'      => 0,
			'new-for-you'     => 0,
			'trending'        => 0,
			'recently-viewed' => 0,
		),
	);

	/**
	 * Answers the name of a setting.
	 *
	 * @param string $page  A key of PAGES.
	 * @param string $place Placement.
	 */
	public static function setting( string $page, string $place ): string {
		return 'place_' . $page . '_' . str_replace( '-', '_', $place );
	}

	/**
	 * Answers the fields of the settings screen.
	 *
	 * @return array<string, array<string, mixed>>
	 */
	public static function fields(): array {
		$pages     = array(
			'product'  => __( 'Product page', 'luxebrain' ),
			'category' => __( 'Shop and categories', 'luxebrain' ),
			'cart'     => __( 'Cart', 'luxebrain' ),
			'checkout' => __( 'Checkout', 'luxebrain' ),
			'thanks'   => __( 'Thank-you page', 'luxebrain' ),
			'home'     => __( 'Home page', 'luxebrain' ),
		);
		$labels    = Places::labels();
		$positions = array( __( 'Not here', 'luxebrain' ) );
		for ( $at = 1; $at <= 9; $at++ ) {
			/* translators: %d: position of a shelf among those of its page. */
			$positions[] = sprintf( __( 'Position %d', 'luxebrain' ), $at );
		}
		$fields = array();
		foreach ( self::PAGES as $page => $places ) {
			foreach ( $places as $place => $position ) {
				$fields[ self::setting( $page, $place ) ] = array(
					'section' => 'shelves',
					'type'    => 'choice',
					/* translators: 1: a page of the shop, 2: a placement. */
					'label'   => sprintf( __( '%1$s: %2$s', 'luxebrain' ), $pages[ $page ], $labels[ $place ] ),
					'help'    => '',
					'default' => (string) $position,
					'choices' => $positions,
				);
			}
		}
		return $fields;
	}

	/**
	 * Answers the placements that stand on a page, in their order.
	 *
	 * @param string $page A key of PAGES.
	 * @return string[]
	 */
	public static function places( string $page ): array {
		$chosen = array();
		foreach ( self::PAGES[ $page ] as $place => $position ) {
			$set              = Settings::get( self::setting( $page, $place ) );
			$chosen[ $place ] = (int) ( $set ?? $position );
		}
		$chosen = array_filter( $chosen );
		asort( $chosen );
		return array_keys( $chosen );
	}

	/**
	 * Tells whether this page is one of those, or has a shelf in its text.
	 */
	public static function expects(): bool {
		if ( ! function_exists( 'is_woocommerce' ) ) {
			return false;
		}
		if ( is_woocommerce() || is_cart() || is_checkout() || is_front_page() ) {
			return true;
		}
		$text = is_singular() ? (string) get_post_field( 'post_content', get_queried_object_id() ) : '';
		return false !== strpos( $text, '[luxebrain_' ) || false !== strpos( $text, '<!-- wp:luxebrain/' );
	}

	/**
	 * Draws some of a page's placements.
	 *
	 * @param string   $page    A key of PAGES.
	 * @param string[] $without Placements that stand elsewhere on it.
	 */
	private static function draw( string $page, array $without = array() ): string {
		if ( '' === Settings::get( 'url' ) ) {
			return '';
		}
		$html = '';
		foreach ( array_diff( self::places( $page ), $without ) as $place ) {
			$html .= Shelf::draw( $place, array( 'class' => 'alignwide' ) );
		}
		return $html;
	}

	/**
	 * Draws one placement if it stands on a page.
	 *
	 * @param string $page  A key of PAGES.
	 * @param string $place Placement.
	 */
	private static function draw_one( string $page, string $place ): string {
		return self::draw( $page, array_diff( array_keys( self::PAGES[ $page ] ), array( $place ) ) );
	}

	/**
	 * Below a product, before WooCommerce's own upsells and related products.
	 */
	public static function product(): void {
		echo self::draw( 'product', array( Places::LINE ) ); // Escaped in the templates, as all below.
	}

	/**
	 * Under a product's price.
	 */
	public static function price_line(): void {
		echo self::draw_one( 'product', Places::LINE );
	}

	/**
	 * Above a list of products, on its first page.
	 */
	public static function above_list(): void {
		if ( self::is_list() && ! is_paged() && ! is_search() ) {
			echo self::draw_one( 'category', 'category-top' );
		}
	}

	/**
	 * Below a list of products.
	 */
	public static function below_list(): void {
		if ( self::is_list() ) {
			echo self::draw( 'category', array( 'category-top' ) );
		}
	}

	/**
	 * Tells whether the list is the page's own, and not one that a shortcode draws somewhere in it.
	 */
	private static function is_list(): bool {
		return ! function_exists( 'wc_get_loop_prop' ) || ! wc_get_loop_prop( 'is_shortcode' );
	}

	/**
	 * Below the classic cart, empty or not.
	 */
	public static function cart(): void {
		echo self::draw( 'cart' );
	}

	/**
	 * Below the classic checkout.
	 */
	public static function checkout(): void {
		echo self::draw( 'checkout' );
	}

	/**
	 * Below the block cart: beside it, since what is in it belongs to its script.
	 *
	 * @param string $html The block.
	 */
	public static function after_cart_block( $html ) {
		return is_cart() ? $html . self::draw( 'cart' ) : $html;
	}

	/**
	 * Below the block checkout, but not where it has become the thank-you page.
	 *
	 * @param string $html The block.
	 */
	public static function after_checkout_block( $html ) {
		return is_checkout() && ! is_order_received_page() ? $html . self::draw( 'checkout' ) : $html;
	}

	/**
	 * After an order, in classic themes and in block themes.
	 */
	public static function thanks(): void {
		echo self::draw( 'thanks' );
	}

	/**
	 * Around the text of a home page that is a page: the banner before it, the rest after it. Others call this filter,
	 * too, for widgets, descriptions and texts within texts: only the page's own loop is meant, and only once, since block
	 * themes never say that the loop is over.
	 *
	 * @param string $html The page's text.
	 */
	public static function around_home( $html ) {
		static $is_drawn = false;
		$times = array_count_values( array_filter( $GLOBALS['wp_current_filter'], 'is_string' ) )['the_content'] ?? 0;
		if ( $is_drawn || ! is_front_page() || ! is_page() || ! is_main_query() || ! in_the_loop() || $times > 1 || get_the_ID() !== get_queried_object_id() ) {
			return $html;
		}
		$is_drawn = true;
		return self::draw_one( 'home', Places::HERO ) . $html . self::draw( 'home', array( Places::HERO ) );
	}

	/**
	 * On top of a home page that is the shop.
	 */
	public static function shop_as_home(): void {
		if ( is_front_page() && is_shop() ) {
			echo self::draw( 'home' );
		}
	}
}
