<?php
/**
 * Plugin Name:          LuxeBrain
 * Plugin URI:           https://luxebrain.example/
 * Description:          Connects a WooCommerce fashion shop to its LuxeBrain: recommendations, true prices, search by picture.
 * Version:              0.1.0
 * Requires at least:    6.1
 * Requires PHP:         7.4
 * WC requires at least: 8.0
 * Author:               LuxeBrain
 * License:              GPL-2.0-or-later
 * License URI:          https://www.gnu.org/licenses/gpl-2.0.html
 * Text Domain:          luxebrain
 * Domain Path:          /languages
 *
 * @package LuxeBrain
 */

namespace LuxeBrain;

defined( 'ABSPATH' ) || exit;

const VERSION = '0.1.0';
const FILE    = __FILE__;

/*
 * LuxeBrain\Shelves\Place_Hooks lies in includes/shelves/class-place-hooks.php. Only what a page uses is read.
 */
spl_autoload_register(
	function ( $name ) {
		if ( 0 !== strpos( $name, 'LuxeBrain\\' ) ) {
			return;
		}
		$parts = explode( '\\', strtolower( str_replace( '_', '-', substr( $name, 10 ) ) ) );
		$file  = 'class-' . array_pop( $parts ) . '.php';
		$path  = __DIR__ . '/includes/' . implode( '/', array_merge( $parts, array( $file ) ) );
		if ( is_readable( $path ) ) {
			require_once $path;
		}
	}
);

if ( ! defined( 'WP_UNINSTALL_PLUGIN' ) ) {
	Plugin::boot();
}
