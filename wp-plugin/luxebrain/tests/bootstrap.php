<?php
/**
 * Loads the plugin over a WordPress of a few lines.
 *
 * @package LuxeBrain
 */

define( 'ABSPATH', __DIR__ . '/' );
define( 'MB_IN_BYTES', 1048576 );

require_once __DIR__ . '/class-wp-error.php';
require_once __DIR__ . '/class-wordpress.php';
require_once __DIR__ . '/wordpress-functions.php';
require_once dirname( __DIR__ ) . '/luxebrain.php';
require_once __DIR__ . '/class-plugin-test-case.php';
