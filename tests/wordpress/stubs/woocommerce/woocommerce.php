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

/**
 * Only its name is asked for.
 */
class WooCommerce {
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
