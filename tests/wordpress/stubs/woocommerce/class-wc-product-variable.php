<?php
/**
 * A product of several sizes or colors.
 *
 * @package LuxeBrain
 */

/**
 * Its prices are those of its variations, kept in a transient as in WooCommerce.
 */
class WC_Product_Variable extends WC_Product {

	/**
	 * Answers the kind.
	 */
	public function get_type() {
		return 'variable';
	}

	/**
	 * Answers the ids of variations.
	 */
	public function get_children() {
		$kept = get_transient( "wc_product_children_{$this->id}" );
		if ( ! is_array( $kept ) ) {
			$kept = get_posts(
				array(
					'post_parent' => $this->id,
					'post_type'   => 'product_variation',
					'fields'      => 'ids',
					'numberposts' => -1,
					'orderby'     => 'ID',
					'order'       => 'ASC',
				)
			);
			set_transient( "wc_product_children_{$this->id}", $kept, 30 * DAY_IN_SECONDS );
		}
		return $kept;
	}

	/**
	 * Answers the prices of all variations, cheapest first.
	 *
	 * @param bool $for_display With or without tax, as the shop shows it.
	 * @return array<string, array<int, string>>
	 */
	public function get_variation_prices( $for_display = false ) {
		$kept = get_transient( "wc_var_prices_{$this->id}" );
		if ( ! is_array( $kept ) ) {
			$kept = array(
				'price'         => array(),
				'regular_price' => array(),
				'sale_price'    => array(),
			);
			foreach ( array_map( 'wc_get_product', $this->get_children() ) as $variation ) {
				$kept['price'][ $variation->get_id() ]         = $variation->get_price();
				$kept['regular_price'][ $variation->get_id() ] = $variation->get_regular_price();
				$kept['sale_price'][ $variation->get_id() ]    = $variation->get_price();
			}
			set_transient( "wc_var_prices_{$this->id}", $kept, 30 * DAY_IN_SECONDS );
		}
		foreach ( $kept as $name => $prices ) {
			foreach ( $prices as $id => $price ) {
				$kept[ $name ][ $id ] = $for_display ? wc_get_price_to_display( $this, array( 'price' => $price ) ) : $price;
			}
			asort( $kept[ $name ] );
		}
		return $kept;
	}

	/**
	 * Answers the cheapest or the dearest price.
	 *
	 * @param string $min_or_max  Which end.
	 * @param bool   $for_display With or without tax, as the shop shows it.
	 */
	public function get_variation_price( $min_or_max = 'min', $for_display = false ) {
		$prices = $this->get_variation_prices( $for_display )['price'];
		return 'min' === $min_or_max ? current( $prices ) : end( $prices );
	}

	/**
	 * Answers the lowest or the highest regular price.
	 *
	 * @param string $min_or_max  Which end.
	 * @param bool   $for_display With or without tax, as the shop shows it.
	 */
	public function get_variation_regular_price( $min_or_max = 'min', $for_display = false ) {
		$prices = $this->get_variation_prices( $for_display )['regular_price'];
		return 'min' === $min_or_max ? current( $prices ) : end( $prices );
	}

	/**
	 * Tells whether one of its variations is sold below its regular price.
	 *
	 * @param string $context What for.
	 */
	public function is_on_sale( $context = 'view' ) {
		$prices = $this->get_variation_prices();
		$is_on  = $prices['regular_price'] !== $prices['sale_price'] && $prices['sale_price'] === $prices['price'];
		return 'view' === $context ? apply_filters( 'woocommerce_product_is_on_sale', $is_on, $this ) : $is_on;
	}

	/**
	 * Answers the price as HTML.
	 */
	public function get_price_html() {
		$prices  = $this->get_variation_prices( true );
		$min     = current( $prices['price'] );
		$max     = end( $prices['price'] );
		$regular = end( $prices['regular_price'] );
		if ( ! $prices['price'] ) {
			$html = apply_filters( 'woocommerce_variable_empty_price_html', '', $this );
		} elseif ( $min !== $max ) {
			$html = wc_format_price_range( $min, $max );
		} elseif ( $this->is_on_sale() && current( $prices['regular_price'] ) === $regular ) {
			$html = wc_format_sale_price( wc_price( $regular ), wc_price( $min ) );
		} else {
			$html = wc_price( $min );
		}
		return apply_filters( 'woocommerce_get_price_html', apply_filters( 'woocommerce_variable_price_html', $html, $this ), $this );
	}

	/**
	 * The parent's price is never set by hand.
	 */
	protected function work_out_price() {
	}

	/**
	 * Takes over the prices of the variations.
	 *
	 * @param int $id Parent.
	 */
	public static function sync( $id ) {
		delete_transient( "wc_product_children_{$id}" );
		delete_transient( "wc_var_prices_{$id}" );
		delete_post_meta( $id, '_price' );
		$product = new self( $id );
		foreach ( array_unique( $product->get_variation_prices()['price'] ) as $price ) {
			add_post_meta( $id, '_price', $price );
		}
	}
}
