<?php
/**
 * WooCommerce's orders, coupons and customers: tables by their real names (HPOS) or posts, objects, hooks, REST bodies.
 *
 * Option `woocommerce_custom_orders_table_enabled`: "no" keeps orders in posts, as shops did before HPOS.
 *
 * @package LuxeBrain
 */

defined( 'ABSPATH' ) || exit;

require_once __DIR__ . '/orders/functions.php';
require_once __DIR__ . '/orders/class-wc-datetime.php';
require_once __DIR__ . '/orders/class-orderutil.php';
require_once __DIR__ . '/orders/class-wc-order-item.php';
require_once __DIR__ . '/orders/class-wc-order-tables.php';
require_once __DIR__ . '/orders/class-wc-order.php';
require_once __DIR__ . '/orders/class-wc-order-refund.php';
require_once __DIR__ . '/orders/class-wc-orders-query.php';
require_once __DIR__ . '/orders/class-wc-coupon.php';
require_once __DIR__ . '/orders/class-wc-customer.php';
require_once __DIR__ . '/orders/refunds.php';

add_action(
	'init',
	function () {
		foreach ( array( 'shop_order', 'shop_order_refund', 'shop_order_placehold', 'shop_coupon' ) as $type ) {
			register_post_type( $type, array( 'public' => false ) );
		}
		foreach ( wc_get_order_statuses() as $status => $label ) {
			register_post_status(
				$status,
				array(
					'label'  => $label,
					'public' => false,
				)
			);
		}
	},
	9
);
add_action( 'rest_api_init', 'luxebrain_stub_rest_controllers', 1 );

/**
 * Makes WooCommerce's REST controllers known: only where REST is asked, as WooCommerce does.
 */
function luxebrain_stub_rest_controllers() {
	require_once __DIR__ . '/orders/class-wc-rest-orders-controller.php';
	require_once __DIR__ . '/orders/class-wc-rest-order-refunds-controller.php';
	require_once __DIR__ . '/orders/class-wc-rest-customers-controller.php';
	require_once __DIR__ . '/orders/class-wc-rest-coupons-controller.php';
	require_once __DIR__ . '/orders/class-wc-rest-products-controller.php';
	require_once __DIR__ . '/orders/class-wc-rest-product-variations-controller.php';
}

register_activation_hook( __DIR__ . '/woocommerce.php', array( 'WC_Order_Tables', 'make' ) );
