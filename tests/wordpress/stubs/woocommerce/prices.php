<?php
/**
 * WooCommerce's words for money, with its options and filters.
 *
 * @package LuxeBrain
 */

/**
 * Answers the currency's code.
 */
function get_woocommerce_currency() {
	return apply_filters( 'woocommerce_currency', get_option( 'woocommerce_currency', 'EUR' ) );
}

/**
 * Answers the currency's sign, as an HTML entity like WooCommerce's.
 *
 * @param string $currency Code.
 */
function get_woocommerce_currency_symbol( $currency = '' ) {
	$currency = $currency ? $currency : get_woocommerce_currency();
	$symbols  = array(
		'EUR' => '&euro;',
		'USD' => '&#36;',
		'GBP' => '&pound;',
		'SAR' => '&#x631;.&#x633;',
	);
	return apply_filters( 'woocommerce_currency_symbol', $symbols[ $currency ] ?? $currency, $currency );
}

/**
 * Answers where sign and number stand.
 */
function get_woocommerce_price_format() {
	$formats = array(
		'left'        => '%1$s%2$s',
		'right'       => '%2$s%1$s',
		'left_space'  => '%1$s&nbsp;%2$s',
		'right_space' => '%2$s&nbsp;%1$s',
	);
	$place   = get_option( 'woocommerce_currency_pos', 'left' );
	return apply_filters( 'woocommerce_price_format', $formats[ $place ], $place );
}

/**
 * Answers how many decimals a price has.
 */
function wc_get_price_decimals() {
	return absint( apply_filters( 'wc_get_price_decimals', get_option( 'woocommerce_price_num_decimals', 2 ) ) );
}

/**
 * Answers what stands before the decimals.
 */
function wc_get_price_decimal_separator() {
	return apply_filters( 'wc_get_price_decimal_separator', stripslashes( get_option( 'woocommerce_price_decimal_sep', '.' ) ) );
}

/**
 * Answers what stands between thousands.
 */
function wc_get_price_thousand_separator() {
	return apply_filters( 'wc_get_price_thousand_separator', stripslashes( get_option( 'woocommerce_price_thousand_sep', ',' ) ) );
}

/**
 * Answers a price as HTML.
 *
 * @param float|string $price     Amount.
 * @param mixed[]      $arguments Currency.
 */
function wc_price( $price, $arguments = array() ) {
	$arguments = apply_filters( 'wc_price_args', $arguments + array( 'currency' => '' ) );
	$number    = number_format( abs( (float) $price ), wc_get_price_decimals(), wc_get_price_decimal_separator(), wc_get_price_thousand_separator() );
	$symbol    = '<span class="woocommerce-Price-currencySymbol">' . get_woocommerce_currency_symbol( $arguments['currency'] ) . '</span>';
	$formatted = ( $price < 0 ? '-' : '' ) . sprintf( get_woocommerce_price_format(), $symbol, $number );
	return apply_filters( 'wc_price', '<span class="woocommerce-Price-amount amount"><bdi>' . $formatted . '</bdi></span>', $number, $arguments, $price, $price );
}

/**
 * Answers two prices, the old one struck out.
 *
 * @param float|string $regular Amount, or HTML.
 * @param float|string $sale    Amount, or HTML.
 */
function wc_format_sale_price( $regular, $sale ) {
	$regular = is_numeric( $regular ) ? wc_price( $regular ) : $regular;
	$sale    = is_numeric( $sale ) ? wc_price( $sale ) : $sale;
	$html    = '<del aria-hidden="true">' . $regular . '</del> <span class="screen-reader-text">'
		. esc_html( sprintf( 'Original price was: %s.', html_entity_decode( wp_strip_all_tags( $regular ) ) ) ) . '</span>'
		. '<ins aria-hidden="true">' . $sale . '</ins><span class="screen-reader-text">'
		. esc_html( sprintf( 'Current price is: %s.', html_entity_decode( wp_strip_all_tags( $sale ) ) ) ) . '</span>';
	return apply_filters( 'woocommerce_format_sale_price', $html, $regular, $sale );
}

/**
 * Answers from and to.
 *
 * @param float|string $from Amount.
 * @param float|string $to   Amount.
 */
function wc_format_price_range( $from, $to ) {
	$html = wc_price( $from ) . ' <span aria-hidden="true">&ndash;</span> ' . wc_price( $to );
	return apply_filters( 'woocommerce_format_price_range', $html, $from, $to );
}

/**
 * Tells whether taxes are worked out.
 */
function wc_tax_enabled() {
	return apply_filters( 'wc_tax_enabled', 'yes' === get_option( 'woocommerce_calc_taxes' ) );
}

/**
 * Tells whether stored prices hold the tax.
 */
function wc_prices_include_tax() {
	return wc_tax_enabled() && apply_filters( 'woocommerce_prices_include_tax', 'yes' === get_option( 'woocommerce_prices_include_tax' ) );
}

/**
 * Answers the price that the shop shows: here every rate is 20 %.
 *
 * @param WC_Product $product   Which one.
 * @param mixed[]    $arguments Another price.
 */
function wc_get_price_to_display( $product, $arguments = array() ) {
	$price   = (float) ( '' === ( $arguments['price'] ?? '' ) ? $product->get_price() : $arguments['price'] );
	$display = get_option( 'woocommerce_tax_display_shop', 'excl' );
	if ( ! wc_tax_enabled() || 'taxable' !== $product->get_tax_status() || ( 'incl' === $display ) === wc_prices_include_tax() ) {
		return $price;
	}
	return round( 'incl' === $display ? $price * 1.2 : $price / 1.2, wc_get_price_decimals() );
}

/**
 * Answers an amount for the database: a point, no thousands.
 *
 * @param float|string $number   Amount.
 * @param int|false    $decimals How many; false leaves them as they are.
 */
function wc_format_decimal( $number, $decimals = false ) {
	if ( ! is_numeric( $number ) ) {
		return '';
	}
	return false === $decimals ? (string) $number : number_format( (float) $number, (int) $decimals, '.', '' );
}

/**
 * Stores the settings that WooCommerce stores when it is installed, so that none is asked for in vain.
 */
function luxebrain_stub_make_options() {
	$options = array(
		'woocommerce_currency'                => 'EUR',
		'woocommerce_currency_pos'            => 'left',
		'woocommerce_price_num_decimals'      => '2',
		'woocommerce_price_decimal_sep'       => '.',
		'woocommerce_price_thousand_sep'      => ',',
		'woocommerce_price_display_suffix'    => '',
		'woocommerce_calc_taxes'              => 'no',
		'woocommerce_prices_include_tax'      => 'no',
		'woocommerce_tax_display_shop'        => 'excl',
		'woocommerce_hide_out_of_stock_items' => 'no',
	);
	foreach ( $options as $name => $value ) {
		add_option( $name, $value );
	}
}
