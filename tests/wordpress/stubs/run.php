<?php
/**
 * Runs a piece of code inside WordPress: `php run.php ROOT`, with {"code", "given"} on standard input.
 *
 * The last line printed is what the code returns, as JSON.
 *
 * @package LuxeBrain
 */

// phpcs:disable Generic.PHP.ForbiddenFunctions -- the code comes from a test, before WordPress is there.

$run = json_decode( file_get_contents( 'php://stdin' ), true );

$_SERVER['HTTP_HOST']      = '127.0.0.1';
$_SERVER['REQUEST_METHOD'] = 'GET';
if ( false !== strpos( $run['code'], 'wp_install(' ) ) {
	define( 'WP_INSTALLING', true );
}
require $argv[1] . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/admin.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';

$given  = $run['given'];
$result = eval( $run['code'] );
echo "\n", wp_json_encode( $result );
