<?php
/**
 * How the shop writes prices, for the script.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Shelves;

defined( 'ABSPATH' ) || exit;

/**
 * LuxeBrain knows the prices that are stored. Where the shop shows others, only WooCommerce can say them.
 */
class Money {

	/**
	 * Filters with which other plugins change what a price looks like or is.
	 */
	const FILTERS = array(
		'woocommerce_get_price_html',
		'woocommerce_variable_price_html',
		'woocommerce_format_sale_price',
		'woocommerce_format_price_range',
		'woocommerce_product_get_price',
		'woocommerce_product_get_sale_price',
		'woocommerce_product_get_regular_price',
		'woocommerce_product_variation_get_price',
		'woocommerce_variation_prices_price',
		'woocommerce_currency',
		'wc_price',
		'raw_woocommerce_price',
		'formatted_woocommerce_price',
	);

	/**
	 * Tells whether prices shown differ from prices stored, so that the browser must ask this shop for them.
	 */
	public static function is_the_shops_own(): bool {
		if ( '' !== (string) get_option( 'woocommerce_price_display_suffix' ) ) {
			return true;
		}
		if ( wc_tax_enabled() && ( 'incl' === get_option( 'woocommerce_tax_display_shop' ) ) !== wc_prices_include_tax() ) {
			return true;
		}
		foreach ( self::FILTERS as $filter ) {
			if ( self::is_changed_by_others( $filter ) ) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Tells whether somebody but us listens to a filter.
	 *
	 * @param string $filter Its name.
	 */
	private static function is_changed_by_others( string $filter ): bool {
		$hook = $GLOBALS['wp_filter'][ $filter ] ?? null;
		foreach ( $hook ? $hook->callbacks : array() as $callbacks ) {
			foreach ( $callbacks as $callback ) {
				$owner = is_array( $callback['function'] ) ? $callback['function'][0] : '';
				$owner = is_object( $owner ) ? get_class( $owner ) : $owner;
				if ( ! is_string( $owner ) || 0 !== strpos( $owner, 'LuxeBrain\\' ) ) {
					return true;
				}
			}
		}
		return false;
	}

	/**
	 * Answers the shop's way of writing prices.
	 *
	 * @return array<string, string|int>
	 */
	public static function format(): array {
		$symbol = html_entity_decode( get_woocommerce_currency_symbol(), ENT_QUOTES, 'UTF-8' );
		$around = explode( '#', sprintf( html_entity_decode( get_woocommerce_price_format(), ENT_QUOTES, 'UTF-8' ), str_replace( '#', '', $symbol ), '#' ) );
		return array(
			'before'    => $around[0],
			'after'     => $around[1] ?? '',
			'decimals'  => wc_get_price_decimals(),
			'point'     => wc_get_price_decimal_separator(),
			'thousands' => wc_get_price_thousand_separator(),
			'currency'  => get_woocommerce_currency(),
		);
	}
}
