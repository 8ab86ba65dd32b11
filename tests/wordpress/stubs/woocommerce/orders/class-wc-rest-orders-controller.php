<?php
/**
 * How REST shows an order.
 *
 * @package LuxeBrain
 */

defined( 'ABSPATH' ) || exit;

/**
 * Bodies as recorded.
 */
class WC_REST_Orders_Controller {

	/**
	 * Answers the body of an order.
	 *
	 * @param WC_Order        $order   Order.
	 * @param WP_REST_Request $request Request; `dp` decimals.
	 */
	public function prepare_object_for_response( $order, $request ) {
		$dp    = null === $request['dp'] ? wc_get_price_decimals() : absint( $request['dp'] );
		$money = fn( $amount ) => wc_format_decimal( '' === $amount ? 0 : $amount, $dp );
		$body  = array(
			'id'                   => $order->get_id(),
			'parent_id'            => $order->get_parent_id(),
			'status'               => $order->get_status(),
			'currency'             => $order->get_currency(),
			'version'              => $order->get_version(),
			'prices_include_tax'   => false,
			'date_created'         => wc_rest_prepare_date_response( $order->get_date_created(), false ),
			'date_modified'        => wc_rest_prepare_date_response( $order->get_date_modified(), false ),
			'discount_total'       => $money( $order->get_discount_total() ),
			'discount_tax'         => $money( $order->get_discount_tax() ),
			'shipping_total'       => $money( $order->get_shipping_total() ),
			'shipping_tax'         => $money( $order->get_shipping_tax() ),
			'cart_tax'             => $money( $order->get_cart_tax() ),
			'total'                => $money( $order->get_total() ),
			'total_tax'            => $money( $order->get_total_tax() ),
			'customer_id'          => $order->get_customer_id(),
			'order_key'            => $order->get_order_key(),
			'billing'              => $order->get_address( 'billing' ),
			'shipping'             => $order->get_address( 'shipping' ),
			'payment_method'       => $order->get_payment_method(),
			'payment_method_title' => $order->get_payment_method_title(),
			'transaction_id'       => $order->get_transaction_id(),
			'customer_ip_address'  => $order->get_customer_ip_address(),
			'customer_user_agent'  => $order->get_customer_user_agent(),
			'created_via'          => $order->get_created_via(),
			'customer_note'        => $order->get_customer_note(),
			'date_completed'       => wc_rest_prepare_date_response( $order->get_date_completed(), false ),
			'date_paid'            => wc_rest_prepare_date_response( $order->get_date_paid(), false ),
			'cart_hash'            => $order->get_cart_hash(),
			'number'               => $order->get_order_number(),
			'meta_data'            => $order->get_meta_data(),
			'line_items'           => self::lines( $order, $money ),
			'tax_lines'            => array(),
			'shipping_lines'       => self::extras( $order, 'shipping', $money ),
			'fee_lines'            => self::extras( $order, 'fee', $money ),
			'coupon_lines'         => self::coupons( $order ),
			'refunds'              => array(),
			'payment_url'          => '',
			'is_editable'          => false,
			'needs_payment'        => $order->has_status( array( 'pending', 'failed' ) ),
			'needs_processing'     => true,
			'date_created_gmt'     => wc_rest_prepare_date_response( $order->get_date_created() ),
			'date_modified_gmt'    => wc_rest_prepare_date_response( $order->get_date_modified() ),
			'date_completed_gmt'   => wc_rest_prepare_date_response( $order->get_date_completed() ),
			'date_paid_gmt'        => wc_rest_prepare_date_response( $order->get_date_paid() ),
			'currency_symbol'      => '',
		);
		foreach ( $order->get_refunds() as $refund ) {
			$body['refunds'][] = array(
				'id'     => $refund->get_id(),
				'reason' => $refund->get_reason(),
				'total'  => '-' . $money( $refund->get_amount() ),
			);
		}
		return apply_filters( 'woocommerce_rest_prepare_shop_order_object', new WP_REST_Response( $body ), $order, $request );
	}

	/**
	 * Answers the products of an order or a refund.
	 *
	 * @param WC_Abstract_Order $order Order or refund.
	 * @param callable          $money How amounts are written.
	 */
	public static function lines( $order, $money ) {
		$lines = array();
		foreach ( $order->get_items() as $id => $item ) {
			$meta = array();
			foreach ( $item->get_meta() as $key => $value ) {
				$meta[] = array(
					'id'            => count( $meta ) + 1,
					'key'           => $key,
					'value'         => $value,
					'display_key'   => $key,
					'display_value' => $value,
				);
			}
			$product = $item->get_product();
			$lines[] = array(
				'id'           => $id,
				'name'         => $item->get_name(),
				'product_id'   => $item->get_product_id(),
				'variation_id' => $item->get_variation_id(),
				'quantity'     => $item->get_quantity(),
				'tax_class'    => '',
				'subtotal'     => $money( $item->get_subtotal() ),
				'subtotal_tax' => $money( $item->get_subtotal_tax() ),
				'total'        => $money( $item->get_total() ),
				'total_tax'    => $money( $item->get_total_tax() ),
				'taxes'        => array(),
				'meta_data'    => $meta,
				'sku'          => $product ? $product->get_sku() : null,
				'price'        => $item->get_quantity() ? (float) $item->get_total() / $item->get_quantity() : 0,
				'parent_name'  => null,
			);
		}
		return $lines;
	}

	/**
	 * Answers shipping or fees.
	 *
	 * @param WC_Abstract_Order $order Order or refund.
	 * @param string            $type  shipping or fee.
	 * @param callable          $money How amounts are written.
	 */
	public static function extras( $order, $type, $money ) {
		$lines = array();
		foreach ( $order->get_items( $type ) as $id => $item ) {
			$lines[] = array(
				'id'        => $id,
				'name'      => $item->get_name(),
				'total'     => $money( $item->get_total() ),
				'total_tax' => $money( $item->get_total_tax() ),
				'meta_data' => array(),
			);
		}
		return $lines;
	}

	/**
	 * Answers the coupons.
	 *
	 * @param WC_Order $order Order.
	 */
	private static function coupons( $order ) {
		$lines = array();
		foreach ( $order->get_items( 'coupon' ) as $id => $item ) {
			$lines[] = array(
				'id'       => $id,
				'code'     => $item->get_code(),
				'discount' => $item->get_discount(),
			);
		}
		return $lines;
	}
}
