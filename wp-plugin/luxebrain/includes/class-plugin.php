<?php
/**
 * Where the plugin meets WordPress.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain;

use Automattic\WooCommerce\Utilities\FeaturesUtil;
use LuxeBrain\Cli\Commands;
use LuxeBrain\Connection\Actions;
use LuxeBrain\Connection\Button;
use LuxeBrain\Connection\Status;
use LuxeBrain\Connection\Woo_Hooks;
use LuxeBrain\Health\Site_Health;

defined( 'ABSPATH' ) || exit;

/**
 * Every hook that the plugin uses, in one list.
 */
class Plugin {

	/**
	 * Hooks in. Nothing here or behind it calls LuxeBrain while a shopper's page is built.
	 */
	public static function boot(): void {
		register_activation_hook( FILE, array( Tables::class, 'activate' ) );
		register_deactivation_hook( FILE, array( Schedule::class, 'deactivate' ) );
		register_activation_hook( FILE, array( Prices\Caches::class, 'purge_all' ) );
		register_deactivation_hook( FILE, array( Prices\Caches::class, 'purge_all' ) );
		add_action( 'admin_init', array( Tables::class, 'keep_up' ), 5 );
		add_action( 'admin_init', array( Schedule::class, 'set_up' ), 20 );
		add_action( 'action_scheduler_ensure_recurring_actions', array( Schedule::class, 'set_up' ) );
		add_action( Schedule::WORK, array( Schedule::class, 'work' ) );
		add_filter( 'cron_schedules', array( Schedule::class, 'add_intervals' ) );
		add_action( 'wp_initialize_site', array( Tables::class, 'make_in' ), 200 ); // After WordPress made the site's own.
		add_filter( 'wpmu_drop_tables', array( Tables::class, 'give_away' ), 10, 2 );

		// Tracking: the script that waits for a yes, and what the server sees of who said it.
		add_action( 'wp_enqueue_scripts', array( Tracking\Start::class, 'enqueue' ) );
		add_filter( 'script_loader_tag', array( Tracking\Start::class, 'describe' ), 10, 2 );
		add_filter( 'script_loader_tag', array( Tracking\Packers::class, 'mark' ), 20, 2 );
		foreach ( array( 'rocket_exclude_js', 'rocket_exclude_defer_js', 'rocket_delay_js_exclusions' ) as $packer ) {
			add_filter( $packer, array( Tracking\Packers::class, 'add_pattern' ) );
		}
		foreach ( array( 'litespeed_optimize_js_excludes', 'litespeed_optm_js_defer_exc', 'litespeed_optm_gm_js_exc' ) as $packer ) {
			add_filter( $packer, array( Tracking\Packers::class, 'add_folder' ) );
		}
		foreach ( array( 'sgo_js_minify_exclude', 'sgo_javascript_combine_exclude', 'sgo_js_async_exclude' ) as $packer ) {
			add_filter( $packer, array( Tracking\Packers::class, 'add_handles' ) );
		}
		add_filter( 'autoptimize_filter_js_exclude', array( Tracking\Packers::class, 'add_to_autoptimize' ) );
		add_filter( 'w3tc_minify_js_do_tag_minification', array( Tracking\Packers::class, 'may_pack' ), 10, 2 );
		add_action( 'set_logged_in_cookie', array( Tracking\Turn::class, 'next' ), 10, 0 );
		add_action( 'clear_auth_cookie', array( Tracking\Turn::class, 'next' ), 10, 0 );
		add_action( 'rest_api_init', array( Tracking\Door::class, 'register' ) );
		add_action( 'woocommerce_add_to_cart', array( Tracking\Facts::class, 'note_cart' ) );
		add_action( 'woocommerce_cart_item_removed', array( Tracking\Facts::class, 'note_cart' ) );
		add_action( 'woocommerce_cart_item_restored', array( Tracking\Facts::class, 'note_cart' ) );
		add_action( 'woocommerce_after_cart_item_quantity_update', array( Tracking\Facts::class, 'note_cart' ) );
		add_action( 'woocommerce_before_checkout_form', array( Tracking\Facts::class, 'tell_checkout' ) );
		add_action( 'woocommerce_blocks_checkout_enqueue_data', array( Tracking\Facts::class, 'tell_checkout' ) );
		add_action( 'wp_login', array( Tracking\Facts::class, 'tell_login' ), 10, 2 );
		add_action( 'comment_post', array( Tracking\Facts::class, 'tell_review' ), 20, 3 ); // After WooCommerce kept the stars.
		add_action( 'woocommerce_checkout_order_processed', array( Tracking\Order_Facts::class, 'take_classic' ), 10, 3 );
		add_action( 'woocommerce_store_api_checkout_order_processed', array( Tracking\Order_Facts::class, 'take_block' ) );
		add_action( 'woocommerce_new_order', array( Tracking\Order_Facts::class, 'note_new' ) );
		add_action( 'woocommerce_order_status_changed', array( Tracking\Order_Facts::class, 'tell_status' ), 10, 3 );
		add_action( 'shutdown', array( Tracking\Facts::class, 'tell_cart' ) );
		add_action( 'shutdown', array( Tracking\Order_Facts::class, 'tell_rest' ) );
		add_action( Tracking\Outbox::FLUSH, array( Tracking\Outbox::class, 'flush' ) );

		// Prices: what they were, and pages built anew where they changed.
		add_action( 'woocommerce_new_product', array( Prices\Watch::class, 'note' ) );
		add_action( 'woocommerce_update_product', array( Prices\Watch::class, 'note' ) );
		add_action( 'woocommerce_new_product_variation', array( Prices\Watch::class, 'note' ) );
		add_action( 'woocommerce_update_product_variation', array( Prices\Watch::class, 'note' ) );
		add_action( 'transition_post_status', array( Prices\Watch::class, 'note_status' ), 10, 3 );
		add_action( 'deleted_post', array( Prices\Watch::class, 'forget' ), 10, 2 );
		add_action( 'shutdown', array( Prices\Watch::class, 'settle' ), 20 ); // After WooCommerce took over variations' prices.
		add_action( 'woocommerce_product_set_stock_status', array( Shelves\Shown::class, 'note' ) );
		add_action( 'woocommerce_variation_set_stock_status', array( Shelves\Shown::class, 'note' ) );
		add_action( 'shutdown', array( Shelves\Shown::class, 'settle' ), 20 );
		add_action( Shelves\Shown::HOOK, array( Shelves\Shown::class, 'purge' ) );
		foreach ( array( 'luxebrain_connected', 'luxebrain_disconnected', 'add_option_' . Settings::OPTION, 'update_option_' . Settings::OPTION ) as $change ) {
			add_action( $change, array( Prices\Caches::class, 'purge_all' ), 20, 0 ); // Now other things stand on the pages.
		}
		add_action( Prices\Watch::SWEEP, array( Prices\Watch::class, 'sweep' ) );
		add_action( Prices\Watch::SWEEP_ON, array( Prices\Watch::class, 'sweep' ) );
		add_filter( 'woocommerce_get_price_html', array( Prices\Lowest_Line::class, 'append' ), 20, 2 );
		add_filter( 'update_post_metadata_cache', array( Prices\Lowest_Line::class, 'look_ahead' ), 10, 2 );

		add_action( 'init', array( self::class, 'load_translations' ) );
		add_action( 'before_woocommerce_init', array( self::class, 'declare_compatibility' ) );

		// Settings and connection.
		add_action( 'admin_menu', array( Settings_Screen::class, 'add_page' ), 60 ); // After WooCommerce's own menu.
		add_action( 'admin_init', array( Settings::class, 'register' ) );
		add_action( 'admin_post_' . Settings_Screen::TEST, array( Settings_Screen::class, 'test_connection' ) );
		add_action( 'admin_enqueue_scripts', array( Settings_Screen::class, 'add_styles' ) );
		add_action( 'admin_init', array( Button::class, 'come_back' ), 30 );
		add_action( 'admin_post_' . Actions::CONNECT, array( Actions::class, 'connect' ) );
		add_action( 'admin_post_' . Actions::BEGIN, array( Actions::class, 'begin' ) );
		add_action( 'admin_post_' . Actions::DISCONNECT, array( Actions::class, 'disconnect' ) );
		add_action( Status::JOB, array( Status::class, 'ask' ) );
		add_filter( 'site_status_tests', array( Site_Health::class, 'add_test' ) );
		add_filter( 'debug_information', array( Site_Health::class, 'add_information' ) );
		add_action( 'cli_init', array( Commands::class, 'add' ) );
		add_filter( 'woocommerce_webhook_should_deliver', array( Woo_Hooks::class, 'hold_back' ), 10, 2 );
		add_action( 'update_option_' . Settings::OPTION, array( Shelves\Copies::class, 'forget_others' ), 10, 2 );
		add_action( 'update_option_' . Settings::OPTION, array( Breaker::class, 'reset' ) );
		add_filter( 'option_page_capability_' . Settings::PAGE, array( Settings::class, 'capability' ) );
		add_filter( 'plugin_action_links_' . plugin_basename( FILE ), array( Settings_Screen::class, 'add_link' ) );

		// What LuxeBrain asks of the shop.
		add_action( 'rest_api_init', array( Digest\Routes::class, 'register' ) );
		add_filter( 'rest_pre_serve_request', array( Digest\Export::class, 'serve' ), 10, 3 );

		// Privacy: WordPress's own tools reach what LuxeBrain holds.
		add_filter( 'wp_privacy_personal_data_exporters', array( Privacy\Exporter::class, 'add' ), 5 ); // Before WooCommerce takes the names off the orders.
		add_filter( 'wp_privacy_personal_data_erasers', array( Privacy\Eraser::class, 'add' ), 5 );
		add_action( Privacy\Eraser::RETRY, array( Privacy\Eraser::class, 'retry' ) );
		add_action( 'admin_init', array( Privacy\Policy::class, 'add' ) );

		// Shelves.
		add_action( 'init', array( Shelves\Shortcodes::class, 'register' ) );
		add_action( 'init', array( Shelves\Blocks::class, 'register' ) );
		add_filter( 'block_categories_all', array( Shelves\Blocks::class, 'add_category' ) );
		add_action( 'wp_enqueue_scripts', array( Shelves\Assets::class, 'expect' ) );
		add_filter( 'script_loader_tag', array( Shelves\Assets::class, 'add_data' ), 10, 2 );
		add_action( 'rest_api_init', array( Shelves\Page_Route::class, 'register' ) );
		add_action( 'rest_api_init', array( Shelves\Picture_Route::class, 'register' ) );
		add_action( 'woocommerce_single_product_summary', array( Shelves\Place_Hooks::class, 'price_line' ), 11 ); // After the price.
		add_action( 'woocommerce_after_single_product_summary', array( Shelves\Place_Hooks::class, 'product' ), 12 ); // After the tabs.
		add_action( 'woocommerce_before_main_content', array( Shelves\Place_Hooks::class, 'shop_as_home' ), 30 );
		add_action( 'woocommerce_before_shop_loop', array( Shelves\Place_Hooks::class, 'above_list' ), 5 );
		add_action( 'woocommerce_after_shop_loop', array( Shelves\Place_Hooks::class, 'below_list' ), 20 );
		add_action( 'woocommerce_after_cart', array( Shelves\Place_Hooks::class, 'cart' ) );
		add_action( 'woocommerce_cart_is_empty', array( Shelves\Place_Hooks::class, 'cart' ), 20 );
		add_action( 'woocommerce_after_checkout_form', array( Shelves\Place_Hooks::class, 'checkout' ), 20 );
		add_action( 'woocommerce_thankyou', array( Shelves\Place_Hooks::class, 'thanks' ), 20 );
		add_filter( 'render_block_woocommerce/cart', array( Shelves\Place_Hooks::class, 'after_cart_block' ) );
		add_filter( 'render_block_woocommerce/checkout', array( Shelves\Place_Hooks::class, 'after_checkout_block' ) );
		add_filter( 'the_content', array( Shelves\Place_Hooks::class, 'around_home' ), 20 );
		add_action( 'shutdown', array( Shelves\Copies::class, 'note' ) ); // What this page lacked, once it is sent.
		add_action( Shelves\Refresh::HOOK, array( Shelves\Refresh::class, 'run' ) );
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
