<?php
/**
 * Settings of the WordPress under test. Names in double braces are filled in by site.py.
 *
 * @package LuxeBrain
 */

define( 'DB_NAME', 'wordpress' );
define( 'DB_USER', 'root' );
define( 'DB_PASSWORD', '' );
define( 'DB_HOST', 'localhost:{{ socket }}' );
define( 'DB_CHARSET', 'utf8mb4' );
define( 'WP_HOME', '{{ url }}' );
define( 'WP_SITEURL', '{{ url }}' );

define( 'WP_DEBUG', true );
define( 'WP_DEBUG_LOG', '{{ log }}' );
define( 'WP_DEBUG_DISPLAY', false );
define( 'SCRIPT_DEBUG', true );

// Nothing of WordPress's own goes out, by itself or later.
define( 'DISABLE_WP_CRON', true );
define( 'AUTOMATIC_UPDATER_DISABLED', true );
define( 'WP_HTTP_BLOCK_EXTERNAL', true );

define( 'AUTH_KEY', 'tests-only-auth' );
define( 'SECURE_AUTH_KEY', 'tests-only-secure-auth' );
define( 'LOGGED_IN_KEY', 'tests-only-logged-in' );
define( 'NONCE_KEY', 'tests-only-nonce' );
define( 'AUTH_SALT', 'tests-only-auth-salt' );
define( 'SECURE_AUTH_SALT', 'tests-only-secure-auth-salt' );
define( 'LOGGED_IN_SALT', 'tests-only-logged-in-salt' );
define( 'NONCE_SALT', 'tests-only-nonce-salt' );

$table_prefix = 'wp_';

require_once __DIR__ . '/wp-settings.php';
