<?php
/**
 * Who may call from LuxeBrain's side.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Connection;

use LuxeBrain\Settings;
use LuxeBrain\Signature;
use WP_Error;
use WP_REST_Request;

defined( 'ABSPATH' ) || exit;

/**
 * Checks LuxeBrain's signature on calls to /wp-json/wc-luxebrain/v1/…
 *
 * The signed path is the route behind /wp-json with its query, sorted: `/wc-luxebrain/v1/digest?kind=orders`. So it is
 * the same in a subfolder, with plain permalinks, behind a proxy that changes the path, and for WooCommerce's OAuth,
 * which adds to the query.
 */
class Gate {

	const SKEW   = 300;
	const NONCE  = 'luxebrain_nonce_';
	const LASTS  = 600; // Longer than a signature may be early and late together.
	const IGNORE = array( 'rest_route', 'consumer_key', 'consumer_secret' );

	/**
	 * Tells whether LuxeBrain sent this request: a permission_callback.
	 *
	 * @param WP_REST_Request $request What came.
	 * @return true|WP_Error
	 */
	public static function permit( WP_REST_Request $request ) {
		$key  = (string) Settings::get( 'secret_key' );
		$time = (string) $request->get_header( 'luxebrain-timestamp' );
		$once = (string) $request->get_header( 'luxebrain-nonce' );
		if ( '' === $key || ! hash_equals( Signature::prefix( $key ), (string) $request->get_header( 'luxebrain-key' ) ) ) {
			return self::refuse( 'luxebrain_unknown_key', __( 'This shop is not connected with this key.', 'luxebrain' ) );
		}
		if ( ! preg_match( '/^[0-9]{1,12}$/D', $time ) || ! preg_match( '/^[A-Za-z0-9_-]{16,64}$/D', $once ) ) {
			return self::refuse( 'luxebrain_unsigned', __( 'This request is not signed.', 'luxebrain' ) );
		}
		$text = Signature::canonical( $request->get_method(), self::path( $request ), (int) $time, $once, (string) $request->get_body() );
		if ( ! hash_equals( Signature::sign( $key, $text ), (string) $request->get_header( 'luxebrain-signature' ) ) ) {
			return self::refuse( 'luxebrain_bad_signature', __( 'The signature is not right.', 'luxebrain' ) );
		}
		if ( abs( time() - (int) $time ) > self::SKEW ) {
			return self::refuse( 'luxebrain_clock', __( 'The clocks of this shop and of LuxeBrain differ by more than five minutes.', 'luxebrain' ) );
		}
		if ( ! self::is_first( $once ) ) {
			return self::refuse( 'luxebrain_repeated', __( 'This request came before.', 'luxebrain' ) );
		}
		return true;
	}

	/**
	 * Answers the path that is signed.
	 *
	 * @param WP_REST_Request $request What came.
	 */
	public static function path( WP_REST_Request $request ): string {
		$query = array();
		foreach ( $request->get_query_params() as $name => $value ) {
			if ( ! in_array( $name, self::IGNORE, true ) && 0 !== strpos( $name, 'oauth_' ) ) {
				$query[ $name ] = $value;
			}
		}
		ksort( $query, SORT_STRING );
		$encoded = http_build_query( $query, '', '&', PHP_QUERY_RFC3986 );
		return '' === $encoded ? $request->get_route() : $request->get_route() . "?{$encoded}";
	}

	/**
	 * Takes a nonce; of two requests at the same moment one gets it.
	 *
	 * A row of its own and not a transient: those may live in a cache that forgets, and add_option() overwrites.
	 *
	 * @param string $nonce Nonce of a request whose signature is right.
	 */
	private static function is_first( string $nonce ): bool {
		global $wpdb;
		$wpdb->query( $wpdb->prepare( "DELETE FROM {$wpdb->options} WHERE option_name LIKE %s AND option_value < %d", $wpdb->esc_like( self::NONCE ) . '%', time() ) );
		$taken = $wpdb->query( $wpdb->prepare( "INSERT IGNORE INTO {$wpdb->options} (option_name, option_value, autoload) VALUES (%s, %s, 'no')", self::NONCE . md5( $nonce ), time() + self::LASTS ) );
		return 1 === $taken;
	}

	/**
	 * Answers a refusal.
	 *
	 * @param string $code   Its name.
	 * @param string $reason In words.
	 */
	private static function refuse( string $code, string $reason ): WP_Error {
		return new WP_Error( $code, $reason, array( 'status' => 401 ) );
	}
}
