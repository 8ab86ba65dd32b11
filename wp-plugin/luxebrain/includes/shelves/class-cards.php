<?php
/**
 * Products as they are in the shop at this moment.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Shelves;

defined( 'ABSPATH' ) || exit;

/**
 * LuxeBrain says which products; names, prices and pictures are the shop's own.
 */
class Cards {

	/**
	 * Products looked up for this page; null for one that must not be shown.
	 *
	 * @var array<int, \WC_Product|null>
	 */
	private static $found = array();

	/**
	 * Answers the products that a shopper may see and buy, in the order given.
	 *
	 * @param int[] $ids Ids; all that a page will ask for belong into one call.
	 * @return array<int, \WC_Product> By id.
	 */
	public static function products( array $ids ): array {
		$unknown = array_diff( $ids, array_keys( self::$found ) );
		if ( $unknown && function_exists( 'wc_get_products' ) ) {
			self::find( array_values( $unknown ) );
		}
		$ordered = array();
		foreach ( $ids as $id ) {
			$ordered[ $id ] = self::$found[ $id ] ?? null;
		}
		return array_filter( $ordered );
	}

	/**
	 * Looks products up, few queries for all of them.
	 *
	 * @param int[] $ids Ids.
	 */
	private static function find( array $ids ): void {
		self::$found += array_fill_keys( $ids, null );
		$products     = wc_get_products(
			array(
				'include' => $ids,
				'limit'   => count( $ids ),
				'status'  => 'publish',
				'orderby' => 'none',
			)
		);
		$pictures     = array();
		foreach ( $products as $product ) {
			if ( self::may_show( $product ) ) {
				self::$found[ $product->get_id() ] = $product;
				$pictures[]                        = (int) $product->get_image_id();
			}
		}
		_prime_post_caches( array_unique( array_filter( $pictures ) ), false, true );
		self::prime_prices( array_filter( self::$found ) );
	}

	/**
	 * Tells whether shoppers may see and buy it today.
	 *
	 * @param \WC_Product $product Product.
	 */
	private static function may_show( $product ): bool {
		$post = get_post( $product->get_id() );
		return $post && '' === $post->post_password && $product->is_visible() && $product->is_purchasable() && $product->is_in_stock();
	}

	/**
	 * Reads what WooCommerce keeps of variable products' prices in one query, instead of two for each: in fashion,
	 * where everything has sizes, that is most of a shelf's cost.
	 *
	 * @param \WC_Product[] $products Products.
	 */
	private static function prime_prices( array $products ): void {
		global $wpdb;
		$names = array();
		foreach ( $products as $product ) {
			if ( $product->is_type( 'variable' ) ) {
				array_push( $names, "_transient_wc_var_prices_{$product->get_id()}", "_transient_timeout_wc_var_prices_{$product->get_id()}" );
			}
		}
		// A store of objects has them in memory anyway.
		if ( ! $names || wp_using_ext_object_cache() ) {
			return;
		}
		$places = implode( ',', array_fill( 0, count( $names ), '%s' ) );
		// WordPress 6.4 has wp_prime_option_caches() for it, 6.1 has nothing.
		foreach ( (array) $wpdb->get_results( $wpdb->prepare( "SELECT option_name, option_value FROM {$wpdb->options} WHERE option_name IN ({$places})", $names ) ) as $row ) {
			wp_cache_set( $row->option_name, $row->option_value, 'options' );
		}
	}

	/**
	 * Answers what a card's template needs.
	 *
	 * @param \WC_Product $product Product.
	 * @param string      $place   Placement.
	 * @param int         $at      Position, from 1.
	 * @param string|null $decision LuxeBrain's choice.
	 * @return array<string, mixed> Not escaped yet, but `image_html` and `price_html`, which are WooCommerce's.
	 */
	public static function card( $product, string $place, int $at, ?string $decision ): array {
		$id = $product->get_id();
		return array(
			'product'    => $product,
			'name'       => wp_strip_all_tags( $product->get_name() ),
			'url'        => $product->get_permalink(),
			// The name beside it says what it shows: read twice it would only be in the way.
			'image_html' => $product->get_image(
				'woocommerce_thumbnail',
				array(
					'alt'      => '',
					'loading'  => 'lazy',
					'decoding' => 'async',
				)
			),
			'price_html' => $product->get_price_html(),
			'data'       => array(
				'placement' => $place,
				'product'   => $id,
				'products'  => array( $id ),
				'position'  => $at,
				'decision'  => $decision,
			),
		);
	}

	/**
	 * Forgets what was looked up: the next page may be another one's.
	 */
	public static function forget(): void {
		self::$found = array();
	}
}
