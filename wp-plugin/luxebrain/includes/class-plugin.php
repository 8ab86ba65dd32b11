<?php
/**
 * Where the plugin meets WordPress.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain;

use Automattic\WooCommerce\Utilities\FeaturesUtil;

defined( 'ABSPATH' ) || exit;

/**
 * Every hook that the plugin uses, in one list.
 */
class Plugin {

	/**
	 * Hooks in. Nothing here or behind it calls LuxeBrain while a shopper's page is built.
	 */
	public static function boot(): void {
		add_action( 'init', array( self::class, 'load_translations' ) );
		add_action( 'before_woocommerce_init', array( self::class, 'declare_compatibility' ) );

		add_action( 'admin_menu', array( Settings::class, 'add_page' ), 60 ); // After WooCommerce's own menu.
		add_action( 'admin_init', array( Settings::class, 'register' ) );
		add_action( 'admin_post_' . Settings::TEST, array( Settings::class, 'test_connection' ) );
		add_action( 'update_option_' . Settings::OPTION, array( Breaker::class, 'reset' ) );
		add_filter( 'option_page_capability_' . Settings::PAGE, array( Settings::class, 'capability' ) );
		add_filter( 'plugin_action_links_' . plugin_basename( FILE ), array( Settings::class, 'add_link' ) );
	}

	/**
	 * Loads the texts in the shop's language.
	 */
	public static function load_translations(): void {
		load_plugin_textdomain( 'luxebrain', false, dirname( plugin_basename( FILE ) ) . '/languages' );
	}

	/**
	 * Says that orders are only touched through CRUD objects (HPOS), and that block cart and checkout are at home here.
	 */
	public static function declare_compatibility(): void {
		if ( class_exists( FeaturesUtil::class ) ) {
			FeaturesUtil::declare_compatibility( 'custom_order_tables', FILE, true );
			FeaturesUtil::declare_compatibility( 'cart_checkout_blocks', FILE, true );
		}
	}
}
