<?php
/**
 * WooCommerce's cart, as far as it is asked: lines, and the actions that it fires.
 *
 * @package LuxeBrain
 */

defined( 'ABSPATH' ) || exit;

/**
 * Kept in an option under the name of a cookie, as WooCommerce keeps it in a session's row.
 */
class WC_Cart {

	const COOKIE = 'stub_woocommerce_session';

	/**
	 * Lines by key.
	 *
	 * @var array
	 */
	public $cart_contents = array();

	/**
	 * Lines that may be put back.
	 *
	 * @var array
	 */
	public $removed_cart_contents = array();

	/**
	 * Reads the visitor's cart.
	 */
	public function __construct() {
		$kept = isset( $_COOKIE[ self::COOKIE ] ) ? get_option( 'stub_cart_' . sanitize_key( $_COOKIE[ self::COOKIE ] ) ) : array();
		if ( is_array( $kept ) && $kept ) {
			list( $this->cart_contents, $this->removed_cart_contents ) = $kept;
		}
	}

	/**
	 * Answers the lines, with their product.
	 */
	public function get_cart() {
		return array_map( fn( $line ) => array( 'data' => wc_get_product( $line['variation_id'] ? $line['variation_id'] : $line['product_id'] ) ) + $line, $this->cart_contents );
	}

	/**
	 * Tells whether nothing is in it.
	 */
	public function is_empty() {
		return ! $this->cart_contents;
	}

	/**
	 * Puts something in.
	 *
	 * @param int   $product_id   Product.
	 * @param int   $quantity     How many.
	 * @param int   $variation_id Variation.
	 * @param array $variation    Attributes.
	 */
	public function add_to_cart( $product_id, $quantity = 1, $variation_id = 0, $variation = array() ) {
		$product = wc_get_product( $variation_id ? $variation_id : $product_id );
		if ( ! $product || ! $product->is_in_stock() ) {
			return false;
		}
		$key = md5( "{$product_id}_{$variation_id}" );

		$this->cart_contents[ $key ] = array(
			'key'          => $key,
			'product_id'   => (int) $product_id,
			'variation_id' => (int) $variation_id,
			'variation'    => $variation,
			'quantity'     => ( $this->cart_contents[ $key ]['quantity'] ?? 0 ) + $quantity,
		);
		do_action( 'woocommerce_add_to_cart', $key, $product_id, $quantity, $variation_id, $variation, array() );
		$this->calculate_totals();
		return $key;
	}

	/**
	 * Takes a line out.
	 *
	 * @param string $key Line.
	 */
	public function remove_cart_item( $key ) {
		if ( ! isset( $this->cart_contents[ $key ] ) ) {
			return false;
		}
		$this->removed_cart_contents[ $key ] = $this->cart_contents[ $key ];
		do_action( 'woocommerce_remove_cart_item', $key, $this );
		unset( $this->cart_contents[ $key ] );
		do_action( 'woocommerce_cart_item_removed', $key, $this );
		$this->calculate_totals();
		return true;
	}

	/**
	 * Puts a line back.
	 *
	 * @param string $key Line.
	 */
	public function restore_cart_item( $key ) {
		if ( ! isset( $this->removed_cart_contents[ $key ] ) ) {
			return false;
		}
		$this->cart_contents[ $key ] = $this->removed_cart_contents[ $key ];
		unset( $this->removed_cart_contents[ $key ] );
		do_action( 'woocommerce_cart_item_restored', $key, $this );
		$this->calculate_totals();
		return true;
	}

	/**
	 * Sets how many of a line.
	 *
	 * @param string $key      Line.
	 * @param int    $quantity How many; 0 removes it.
	 */
	public function set_quantity( $key, $quantity = 1 ) {
		if ( ! $quantity ) {
			return $this->remove_cart_item( $key );
		}
		$old                                     = $this->cart_contents[ $key ]['quantity'];
		$this->cart_contents[ $key ]['quantity'] = $quantity;
		do_action( 'woocommerce_after_cart_item_quantity_update', $key, $quantity, $old, $this );
		$this->calculate_totals();
		return true;
	}

	/**
	 * Empties it, after an order for example.
	 */
	public function empty_cart() {
		$this->cart_contents = array();
		$this->keep();
		do_action( 'woocommerce_cart_emptied', true );
	}

	/**
	 * Works out what the lines cost.
	 */
	public function calculate_totals() {
		foreach ( $this->get_cart() as $key => $line ) {
			$paid = (float) $line['data']->get_price() * $line['quantity'];

			$this->cart_contents[ $key ]['line_total'] = $paid;
			$this->cart_contents[ $key ]['line_tax']   = 0.0;
		}
		$this->keep();
	}

	/**
	 * Writes it, and gives a new visitor a cookie.
	 */
	private function keep() {
		$name = sanitize_key( $_COOKIE[ self::COOKIE ] ?? '' );
		if ( ! $name ) {
			$name                    = wp_generate_password( 16, false );
			$name                    = strtolower( $name );
			$_COOKIE[ self::COOKIE ] = $name;
			if ( ! headers_sent() ) {
				setcookie( self::COOKIE, $name, 0, '/' );
			}
		}
		update_option( "stub_cart_{$name}", array( $this->cart_contents, $this->removed_cart_contents ), false );
	}
}
