<?php
/**
 * Small stand-ins for the functions of WordPress that the plugin calls.
 *
 * @package LuxeBrain
 */

use LuxeBrain\Tests\WordPress;

// phpcs:disable Squiz.Commenting.FunctionComment.Missing -- WordPress's own manual explains them.

function get_option( $name, $default = false ) {
	return WordPress::$options[ $name ] ?? $default;
}

function wp_load_alloptions() {
	return WordPress::$options;
}

function update_option( $name, $value ) {
	WordPress::$options[ $name ] = $value;
}

function delete_option( $name ) {
	unset( WordPress::$options[ $name ] );
}

function get_transient( $name ) {
	return WordPress::$transients[ $name ][0] ?? false;
}

function set_transient( $name, $value, $lifetime ) {
	WordPress::$transients[ $name ] = array( $value, $lifetime );
}

function delete_transient( $name ) {
	unset( WordPress::$transients[ $name ] );
}

function wp_remote_request( $url, $arguments ) {
	WordPress::$requests[] = array( $url, $arguments );
	return count( WordPress::$responses ) > 1 ? array_shift( WordPress::$responses ) : WordPress::$responses[0];
}

function wp_remote_retrieve_response_code( $response ) {
	return $response['status'];
}

function wp_remote_retrieve_header( $response, $name ) {
	return $response['headers'][ $name ] ?? '';
}

function wp_remote_retrieve_body( $response ) {
	return $response['body'];
}

function add_action( $hook, $callback ) {
	WordPress::$hooks[ $hook ] = $callback;
}

function register_activation_hook( $file, $callback ) {
	WordPress::$hooks[ "activate_{$file}" ] = $callback;
}

function register_deactivation_hook( $file, $callback ) {
	WordPress::$hooks[ "deactivate_{$file}" ] = $callback;
}

function add_filter( $hook, $callback ) {
	WordPress::$hooks[ $hook ] = $callback;
}

function remove_filter() {
	return false;
}

function untrailingslashit( $text ) {
	return rtrim( $text, '/' );
}

function add_settings_error( $setting, $code ) {
	WordPress::$notices[] = $code;
}

function is_multisite() {
	return array() !== WordPress::$sites;
}

function get_sites() {
	return WordPress::$sites;
}

function switch_to_blog( $id ) {
	WordPress::$visited[] = $id;
}

function restore_current_blog() {
}

function is_wp_error( $value ) {
	return $value instanceof WP_Error;
}

function wp_json_encode( $data ) {
	// phpcs:ignore Generic.PHP.ForbiddenFunctions -- stands in for it.
	return json_encode( $data );
}

function wp_parse_url( $url, $component = -1 ) {
	// phpcs:ignore Generic.PHP.ForbiddenFunctions -- stands in for it.
	return parse_url( $url, $component );
}

function esc_url_raw( $url ) {
	return preg_match( '/^(javascript|ftp):/', $url ) ? '' : $url;
}

function wp_get_environment_type() {
	return 'production';
}

function plugin_basename( $file ) {
	return basename( dirname( $file ) ) . '/' . basename( $file );
}

function __( $text ) {
	return $text;
}
