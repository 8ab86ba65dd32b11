<?php
/**
 * What a page is about.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Shelves;

defined( 'ABSPATH' ) || exit;

/**
 * A product, a category, or a page without either: the same for everybody who opens it.
 */
class Context {

	/**
	 * `product`, `category`, `page`, `shop`, `home` or `any`.
	 *
	 * @var string
	 */
	public $kind;

	/**
	 * The shop's id of the product, category or page; 0 for none.
	 *
	 * @var int
	 */
	public $id;

	/**
	 * Takes what it is.
	 *
	 * @param string $kind See above.
	 * @param int    $id   See above.
	 */
	public function __construct( string $kind, int $id = 0 ) {
		$this->kind = $kind;
		$this->id   = $id;
	}

	/**
	 * Answers what the page that is being built is about.
	 */
	public static function here(): self {
		if ( ! function_exists( 'is_product' ) || ! did_action( 'wp' ) ) {
			return new self( 'any' );
		}
		if ( is_product() ) {
			return new self( 'product', (int) get_queried_object_id() );
		}
		if ( is_product_category() ) {
			return new self( 'category', (int) get_queried_object_id() );
		}
		if ( is_order_received_page() ) {
			$product = self::ordered_product();
			return $product ? new self( 'product', $product ) : new self( 'any' );
		}
		if ( is_front_page() ) {
			return new self( 'home' );
		}
		return is_shop() ? new self( 'shop' ) : self::page();
	}

	/**
	 * Answers what a page is about that is no product and no list of them.
	 */
	private static function page(): self {
		$id = is_singular() ? (int) get_queried_object_id() : 0;
		return $id ? new self( 'page', $id ) : new self( 'any' );
	}

	/**
	 * Answers a product of the order that this page thanks for; 0 when the address does not hold the order's key.
	 */
	private static function ordered_product(): int {
		// What follows an order is read with the order's own key, as WooCommerce does: no form was sent.
		$key   = isset( $_GET['key'] ) && is_string( $_GET['key'] ) ? sanitize_text_field( wp_unslash( $_GET['key'] ) ) : '';
		$order = function_exists( 'wc_get_order' ) ? wc_get_order( absint( get_query_var( 'order-received' ) ) ) : false;
		if ( ! $order || '' === $key || ! hash_equals( $order->get_order_key(), $key ) ) {
			return 0;
		}
		foreach ( $order->get_items() as $item ) {
			return (int) $item->get_product_id();
		}
		return 0;
	}

	/**
	 * Reads a key back.
	 *
	 * @param string $key What key() answered.
	 */
	public static function from_key( string $key ): self {
		$parts = explode( ':', $key . ':0' );
		return new self( $parts[0], (int) $parts[1] );
	}

	/**
	 * Answers a short name, the same for the same context.
	 */
	public function key(): string {
		return $this->id ? "{$this->kind}:{$this->id}" : $this->kind;
	}

	/**
	 * Answers what LuxeBrain is told about it.
	 *
	 * @return array<string, int>
	 */
	public function question(): array {
		return $this->id && in_array( $this->kind, array( 'product', 'category' ), true ) ? array( $this->kind => $this->id ) : array();
	}

	/**
	 * Answers the addresses whose cached pages show it.
	 *
	 * Where each language has products and pages of its own, their ids lead to the right one. For the rest WPML and
	 * Polylang are asked by their public ways; who is neither of them knows one language.
	 *
	 * @param string $language Of the copy.
	 * @return string[]
	 */
	public function urls( string $language = '' ): array {
		$url = '';
		if ( 'home' === $this->kind ) {
			$url = '' !== $language && function_exists( 'pll_home_url' ) ? pll_home_url( $language ) : home_url( '/' );
		} elseif ( 'shop' === $this->kind ) {
			$url = get_post_type_archive_link( 'product' );
		} elseif ( 'category' === $this->kind ) {
			$url = get_term_link( $this->id, 'product_cat' );
		} elseif ( $this->id ) {
			$url = get_permalink( $this->id );
		}
		if ( ! is_string( $url ) || '' === $url ) {
			return array();
		}
		$url = '' === $language ? $url : apply_filters( 'wpml_permalink', $url, $language );
		return is_string( $url ) && '' !== $url ? array( $url ) : array();
	}
}
