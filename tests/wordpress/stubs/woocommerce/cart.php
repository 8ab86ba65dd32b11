<?php
/**
 * Ways into the cart and out of it: forms, wc-ajax and the Store API, with the actions that hooks_matrix.json saw.
 *
 * @package LuxeBrain
 */

defined( 'ABSPATH' ) || exit;

require_once __DIR__ . '/class-wc-cart.php';

add_action( 'wp_loaded', 'luxebrain_stub_take_form', 20 );
add_action( 'template_redirect', 'luxebrain_stub_take_ajax', 0 );
add_action( 'rest_api_init', 'luxebrain_stub_open_store_api' );

/**
 * Answers WooCommerce's one object. There is a cart where somebody shops.
 */
function WC() {
	static $shop = null;
	if ( ! $shop ) {
		$shop = new WooCommerce();
	}
	if ( null === $shop->cart && did_action( 'init' ) && ( ! is_admin() || wp_doing_ajax() ) && ! wp_doing_cron() ) {
		$shop->cart = new WC_Cart();
	}
	return $shop;
}

/**
 * Takes what a page's form or a link says.
 */
function luxebrain_stub_take_form() {
	if ( isset( $_GET['wc-ajax'] ) || ! WC()->cart ) {
		return;
	}
	if ( isset( $_REQUEST['add-to-cart'] ) ) {
		WC()->cart->add_to_cart( absint( $_REQUEST['add-to-cart'] ), absint( $_REQUEST['quantity'] ?? 1 ), absint( $_REQUEST['variation_id'] ?? 0 ) );
	} elseif ( isset( $_REQUEST['remove_item'] ) ) {
		WC()->cart->remove_cart_item( sanitize_key( $_REQUEST['remove_item'] ) );
		wp_safe_redirect( wc_get_cart_url() );
		exit;
	} elseif ( isset( $_REQUEST['undo_item'] ) ) {
		WC()->cart->restore_cart_item( sanitize_key( $_REQUEST['undo_item'] ) );
		wp_safe_redirect( wc_get_cart_url() );
		exit;
	} elseif ( isset( $_REQUEST['update_cart'], $_REQUEST['cart'] ) ) {
		foreach ( $_REQUEST['cart'] as $key => $line ) {
			WC()->cart->set_quantity( sanitize_key( $key ), absint( $line['qty'] ) );
		}
	}
}

/**
 * Takes ?wc-ajax=add_to_cart, remove_from_cart and checkout.
 */
function luxebrain_stub_take_ajax() {
	$verb = $_GET['wc-ajax'] ?? '';
	if ( 'add_to_cart' === $verb ) {
		WC()->cart->add_to_cart( absint( $_POST['product_id'] ), absint( $_POST['quantity'] ?? 1 ) );
		do_action( 'woocommerce_ajax_added_to_cart', absint( $_POST['product_id'] ) );
		wp_send_json( array( 'fragments' => array() ) );
	}
	if ( 'remove_from_cart' === $verb ) {
		WC()->cart->remove_cart_item( sanitize_key( $_POST['cart_item_key'] ) );
		wp_send_json( array( 'fragments' => array() ) );
	}
	if ( 'checkout' === $verb ) {
		$order = luxebrain_stub_place_classic();
		wp_send_json(
			array(
				'result'   => 'success',
				'order_id' => $order->get_id(),
				'redirect' => $order->get_checkout_order_received_url(),
			)
		);
	}
}

/**
 * Places an order as the classic checkout does.
 */
function luxebrain_stub_place_classic() {
	do_action( 'woocommerce_checkout_process' );
	$order = new WC_Order();
	$order->set_props(
		array(
			'created_via' => 'checkout',
			'customer_id' => get_current_user_id(),
			'status'      => 'pending',
		)
	);
	luxebrain_stub_fill( $order );
	do_action( 'woocommerce_checkout_create_order', $order, $_POST );
	$order->save();
	do_action( 'woocommerce_checkout_update_order_meta', $order->get_id(), $_POST );
	do_action( 'woocommerce_checkout_order_created', $order );
	do_action( 'woocommerce_checkout_order_processed', $order->get_id(), $_POST, $order );
	$order->update_status( 'on-hold' );
	WC()->cart->empty_cart();
	return $order;
}

/**
 * Puts the cart's lines into an order.
 *
 * @param WC_Order $order Order.
 */
function luxebrain_stub_fill( $order ) {
	foreach ( WC()->cart->get_cart() as $line ) {
		$order->add_product( $line['data'], $line['quantity'] );
	}
	$order->calculate_totals();
}

/**
 * Opens the Store API's addresses.
 */
function luxebrain_stub_open_store_api() {
	$routes = array(
		'/cart/add-item'    => fn( $request ) => WC()->cart->add_to_cart( (int) $request['id'], (int) ( $request['quantity'] ?? 1 ) ),
		'/cart/remove-item' => fn( $request ) => WC()->cart->remove_cart_item( $request['key'] ),
		'/cart/update-item' => fn( $request ) => WC()->cart->set_quantity( $request['key'], (int) $request['quantity'] ),
		'/checkout'         => 'luxebrain_stub_place_block',
	);
	foreach ( $routes as $route => $verb ) {
		register_rest_route(
			'wc/store/v1',
			$route,
			array(
				'methods'             => 'POST',
				'permission_callback' => '__return_true',
				'callback'            => function ( $request ) use ( $verb ) {
					$found = $verb( $request );
					return $found instanceof WP_REST_Response ? $found : array( 'items' => array_values( WC()->cart->cart_contents ) );
				},
			)
		);
	}
}

/**
 * Places an order as the checkout block does: a draft first, which then becomes an order.
 */
function luxebrain_stub_place_block() {
	$order = new WC_Order();
	$order->set_props(
		array(
			'created_via' => 'store-api',
			'status'      => 'checkout-draft',
		)
	);
	luxebrain_stub_fill( $order );
	$order->save();
	do_action( 'woocommerce_store_api_checkout_update_order_meta', $order );
	do_action( 'woocommerce_store_api_checkout_update_order_from_request', $order, null );
	$order->update_status( 'pending' );
	do_action( 'woocommerce_store_api_checkout_order_processed', $order );
	$order->update_status( 'processing' );
	WC()->cart->empty_cart();
	return new WP_REST_Response( array( 'order_id' => $order->get_id() ) );
}
