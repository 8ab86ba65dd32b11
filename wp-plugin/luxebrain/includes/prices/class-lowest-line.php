<?php
/**
 * The line beside reduced prices.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Prices;

use LuxeBrain\Settings;

defined( 'ABSPATH' ) || exit;

/**
 * Appends to WooCommerce's own price, which product pages, lists, blocks and chosen variations all print.
 */
class Lowest_Line {

	const MOST_AHEAD = 500;

	/**
	 * Products that WordPress is about to show, not yet looked up.
	 *
	 * @var array<int, bool>
	 */
	private static $ahead = array();

	/**
	 * What is known: family, product, its price and the lowest before.
	 *
	 * @var array<int, array<int, array{0: float, 1: float}>>
	 */
	private static $known = array();

	/**
	 * Hears which posts WordPress reads at once for a list, so that one look-up serves them all.
	 *
	 * @param mixed $check Handed on.
	 * @param int[] $ids   Posts.
	 */
	public static function look_ahead( $check, $ids ) {
		if ( count( $ids ) > 1 && count( $ids ) <= self::MOST_AHEAD ) {
			self::$ahead += array_fill_keys( array_map( 'intval', $ids ), true );
		}
		return $check;
	}

	/**
	 * Appends the line to a reduced price.
	 *
	 * @param string      $html    The price.
	 * @param \WC_Product $product Whose.
	 */
	public static function append( $html, $product ) {
		if ( '' === (string) $html || ! self::is_wanted() || ! $product->is_on_sale() ) {
			return $html;
		}
		$lowest = self::lowest( $product );
		return null === $lowest ? $html : $html . self::line( (float) wc_get_price_to_display( $product, array( 'price' => $lowest ) ) );
	}

	/**
	 * Answers the lowest price that goes with what the product's price shows; null for none that is known.
	 *
	 * @param \WC_Product $product Product or variation.
	 */
	private static function lowest( $product ): ?float {
		$family = $product->is_type( 'variation' ) ? (int) $product->get_parent_id() : (int) $product->get_id();
		$known  = self::of( $family );
		if ( ! $known || get_woocommerce_currency() !== get_option( 'woocommerce_currency' ) ) {
			return null; // Amounts are the shop's, not those of a currency that the visitor chose.
		}
		if ( ! $product->is_type( 'variable' ) ) {
			return self::before( $known, (int) $product->get_id(), $product->get_price() );
		}
		$prices     = $product->get_variation_prices();
		$variations = array();
		foreach ( $prices['price'] as $id => $price ) {
			$variations[] = array( (float) $price, (float) $prices['regular_price'][ $id ], self::before( $known, (int) $id, $price ) );
		}
		return Lowest::of_all( $variations );
	}

	/**
	 * Answers the lowest price before; null where the price shown is another one than the history ends with: then
	 * somebody else works prices out, and what they were is not known.
	 *
	 * @param array        $known What of() answers.
	 * @param int          $id    Product or variation.
	 * @param string|float $price As it is shown, without regard to taxes.
	 */
	private static function before( array $known, int $id, $price ): ?float {
		list( $last, $lowest ) = $known[ $id ] ?? array( null, null );
		$places                = wc_get_price_decimals();
		return null !== $last && round( $last, $places ) === round( (float) $price, $places ) ? $lowest : null;
	}

	/**
	 * Answers what is known of a family. The first one asked for brings the rest of the list along.
	 *
	 * @param int $family Id.
	 * @return array<int, array{0: float, 1: float}>
	 */
	private static function of( int $family ): array {
		if ( ! isset( self::$known[ $family ] ) ) {
			self::$ahead[ $family ] = true;
			$ids                    = array_keys( array_diff_key( self::$ahead, self::$known ) );
			self::$known           += array_replace( array_fill_keys( $ids, array() ), History::lowest_of( $ids ) );
			self::$ahead            = array();
		}
		return self::$known[ $family ];
	}

	/**
	 * Answers the line.
	 *
	 * @param float $price As the shop shows prices, with tax or without.
	 */
	private static function line( float $price ): string {
		return '<br><small class="luxebrain-lowest-price">' . str_replace( '{price}', wc_price( $price ), esc_html( self::text() ) ) . '</small>';
	}

	/**
	 * Answers what the line says, with {price} where the price goes; not escaped.
	 */
	public static function text(): string {
		$text = (string) Settings::get( 'lowest_price_text' );
		$text = '' === trim( $text ) ? __( 'Lowest price of the last 30 days: {price}', 'luxebrain' ) : $text;
		return false === strpos( $text, '{price}' ) ? "{$text} {price}" : $text;
	}

	/**
	 * Tells whether a shopper may see it: on a page, in WooCommerce's own cart and lists, and in shelves that come by our
	 * own address. Programs that read products get the price alone.
	 */
	private static function is_wanted(): bool {
		if ( '' === Settings::get( 'url' ) || ! Settings::get( 'lowest_price' ) || ( is_admin() && ! wp_doing_ajax() ) ) {
			return false;
		}
		$route = defined( 'REST_REQUEST' ) && REST_REQUEST ? (string) ( $GLOBALS['wp']->query_vars['rest_route'] ?? '' ) : '';
		return '' === $route || 1 === preg_match( '~^/(wc/store/|luxebrain/v1/(page|picture)$)~', $route );
	}
}
