<?php
/**
 * Who agreed, as this request shows it.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Tracking;

defined( 'ABSPATH' ) || exit;

/**
 * The cookie is the proof: assets/start.js sets it after a yes and takes it away after a no. A banner that speaks to
 * WordPress is asked too, and a browser that says no for its owner is heard.
 */
class Consent {

	const VISITOR = 'luxebrain_visitor';
	const SESSION = 'luxebrain_session';

	/**
	 * Answers the visitor who agreed to statistics; '' without consent, and where nobody shops.
	 */
	public static function visitor(): string {
		if ( ! self::is_shopper() || '1' === ( $_SERVER['HTTP_SEC_GPC'] ?? '' ) ) {
			return '';
		}
		// Without a banner it answers yes to everything; the cookie is there for a better reason or not at all.
		if ( function_exists( 'wp_has_consent' ) && ! wp_has_consent( 'statistics' ) ) {
			return '';
		}
		return self::cookie( self::VISITOR );
	}

	/**
	 * Answers the tracker's session, so that what the server saw belongs to the same visit.
	 */
	public static function session(): string {
		return self::cookie( self::SESSION );
	}

	/**
	 * Tells whether the visitor may be known by name: whoever agreed to statistics alone may not. start.js has heard
	 * banners that do not speak to WordPress, and marks the cookie with a dot.
	 */
	public static function may_know(): bool {
		$told = $_COOKIE[ self::VISITOR ] ?? '';
		return is_string( $told ) && '.' !== substr( $told, -1 ) && ( ! function_exists( 'wp_has_consent' ) || wp_has_consent( 'marketing' ) );
	}

	/**
	 * Tells whether a shopper asks: not the shop's people in the admin, not a program, not the shop itself.
	 */
	public static function is_shopper(): bool {
		if ( wp_doing_cron() || ( defined( 'WP_CLI' ) && WP_CLI ) || self::is_callback() ) {
			return false;
		}
		if ( defined( 'REST_REQUEST' ) && REST_REQUEST ) {
			$route = $GLOBALS['wp']->query_vars['rest_route'] ?? '';
			return is_string( $route ) && preg_match( '~^/(wc/store|luxebrain)/~', $route );
		}
		// Themes fill the cart through admin-ajax.php, and the shop's people work through it.
		return ! is_admin() || ( wp_doing_ajax() && ! current_user_can( 'edit_posts' ) );
	}

	/**
	 * Tells whether a program calls WooCommerce back, as payment providers do; a shopper who agreed and comes back from
	 * one by the same address has our cookie.
	 */
	private static function is_callback(): bool {
		// phpcs:ignore WordPress.Security.NonceVerification -- only whether it is there.
		return ( isset( $_GET['wc-api'] ) || isset( $GLOBALS['wp']->query_vars['wc-api'] ) ) && '' === self::cookie( self::VISITOR );
	}

	/**
	 * Answers a cookie of the tracker's; '' for what the tracker never wrote.
	 *
	 * @param string $name Cookie.
	 */
	private static function cookie( string $name ): string {
		$value = $_COOKIE[ $name ] ?? '';
		return is_string( $value ) && preg_match( '/^([A-Za-z0-9:_-]{8,64})\.?$/D', $value, $found ) ? $found[1] : '';
	}
}
