<?php
/**
 * The style and the script of shelves.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Shelves;

use LuxeBrain;
use LuxeBrain\Prices\Lowest_Line;
use LuxeBrain\Settings;

defined( 'ABSPATH' ) || exit;

/**
 * Loaded where a shelf stands, and nowhere else. What the script must know stands in attributes of its own tag.
 */
class Assets {

	const HANDLE = 'luxebrain-widget';
	const EDITOR = 'luxebrain-editor';

	/**
	 * Registers them.
	 */
	public static function register(): void {
		wp_register_style( self::HANDLE, plugins_url( 'assets/widget.css', LuxeBrain\FILE ), array(), LuxeBrain\VERSION );
		wp_register_script( self::HANDLE, plugins_url( 'assets/widget.js', LuxeBrain\FILE ), array(), LuxeBrain\VERSION, true );
		wp_register_script(
			self::EDITOR,
			plugins_url( 'assets/editor.js', LuxeBrain\FILE ),
			array( 'wp-blocks', 'wp-element', 'wp-components', 'wp-block-editor', 'wp-server-side-render', 'wp-i18n' ),
			LuxeBrain\VERSION,
			true
		);
		wp_set_script_translations( self::EDITOR, 'luxebrain' );
	}

	/**
	 * Asks for both on this page.
	 */
	public static function enqueue(): void {
		wp_enqueue_style( self::HANDLE );
		wp_enqueue_script( self::HANDLE );
	}

	/**
	 * Loads the style in the page's head where shelves are to be expected, so that nothing is drawn twice; and on a
	 * product's page the script too, which remembers that it was viewed, where there is no shelf yet.
	 */
	public static function expect(): void {
		if ( '' === Settings::get( 'url' ) || ! Place_Hooks::expects() ) {
			return;
		}
		wp_enqueue_style( self::HANDLE );
		if ( is_product() ) {
			wp_enqueue_script( self::HANDLE );
		}
	}

	/**
	 * Puts what the script must know on its tag. None of it is about the visitor.
	 *
	 * @param string $tag    The tag.
	 * @param string $handle Whose.
	 */
	public static function add_data( $tag, $handle ) {
		if ( self::HANDLE !== $handle ) {
			return $tag;
		}
		$attributes = '';
		foreach ( array_filter( self::data(), 'strlen' ) as $name => $value ) {
			$attributes .= sprintf( ' data-%s="%s"', $name, esc_attr( $value ) );
		}
		return str_replace( ' src=', " defer{$attributes} data-no-optimize=\"1\" src=", $tag );
	}

	/**
	 * Answers the attributes.
	 *
	 * @return array<string, string>
	 */
	private static function data(): array {
		$question = Context::here()->question();
		return array(
			'url'      => Money::is_the_shops_own() ? '' : Settings::get( 'url' ) . '/api/v1/storefront/page',
			'shop'     => rest_url( 'luxebrain/v1/page' ),
			'key'      => Settings::get( 'publishable_key' ),
			'product'  => (string) ( $question['product'] ?? '' ),
			'category' => (string) ( $question['category'] ?? '' ),
			'viewed'   => is_singular( 'product' ) ? 'yes' : '',
			'basket'   => self::basket(),
			'language' => Copies::language(),
			'format'   => wp_json_encode( Money::format() ),
			'lowest'   => Settings::get( 'lowest_price' ) ? Lowest_Line::text() : '',
			'was'      => __( 'Price before:', 'luxebrain' ),
			'now'      => __( 'Price now:', 'luxebrain' ),
			'empty'    => wc_placeholder_img_src(),
		);
	}

	/**
	 * Answers what lies in the cart, on the two pages that no cache keeps.
	 */
	private static function basket(): string {
		if ( ! ( is_cart() || is_checkout() ) || is_order_received_page() || ! function_exists( 'WC' ) || empty( WC()->cart ) ) {
			return '';
		}
		return implode( ',', array_slice( array_unique( array_column( WC()->cart->get_cart(), 'product_id' ) ), 0, 50 ) );
	}
}
