<?php
/**
 * Plugin Name: WooCommerce
 * Description: Stands in for WooCommerce, which no registry ships: its menu, capability and feature declarations.
 * Version:     10.5.0
 *
 * @package LuxeBrain
 */

defined( 'ABSPATH' ) || exit;

require_once __DIR__ . '/class-featuresutil.php';
require_once __DIR__ . '/products.php';
require_once __DIR__ . '/orders.php';
require_once __DIR__ . '/pages.php';
require_once __DIR__ . '/cart.php';
require_once __DIR__ . '/action-scheduler.php';
require_once __DIR__ . '/keys.php';
require_once __DIR__ . '/webhooks.php';

/**
 * WooCommerce itself.
 */
class WooCommerce {

	/**
	 * The visitor's cart; null where nobody shops.
	 *
	 * @var WC_Cart|null
	 */
	public $cart;
}

add_action(
	'plugins_loaded',
	function () {
		do_action( 'before_woocommerce_init' );
	}
);
add_action(
	'admin_menu',
	function () {
		add_menu_page( 'WooCommerce', 'WooCommerce', 'manage_woocommerce', 'woocommerce', '__return_null' );
	}
);
register_activation_hook(
	__FILE__,
	function () {
		luxebrain_stub_register_products();
		luxebrain_stub_make_options();
		luxebrain_stub_make_pages();
		get_role( 'administrator' )->add_cap( 'manage_woocommerce' );
		add_role(
			'shop_manager',
			'Shop manager',
			array(
				'read'               => true,
				'manage_woocommerce' => true,
			)
		);
	}
);
