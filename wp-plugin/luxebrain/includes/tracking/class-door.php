<?php
/**
 * What shoppers' browsers may ask of the shop itself.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Tracking;

use LuxeBrain\Settings;
use WP_REST_Request;
use WP_REST_Response;

defined( 'ABSPATH' ) || exit;

/**
 * Two addresses below /wp-json/luxebrain/v1: `me` and `track`. Pages are cached for days, so none asks for a nonce.
 */
class Door {

	const MOST_BYTES  = 65536;
	const MOST_EVENTS = 100;
	const TIMEOUT     = 2;
	const DAYS        = 31;

	/**
	 * What a page may say of a batch. Not here, nor in an event: `customer`, which LuxeBrain believes from servers.
	 */
	const OF_A_BATCH = array( 'sent_at', 'visitor', 'session', 'customer_token', 'consent', 'context', 'events' );

	/**
	 * Says in the signed address that a page tells this, and not this shop: LuxeBrain believes it no more than a page.
	 */
	const TRACK = '/api/v1/events/track?source=page';

	/**
	 * Opens both.
	 */
	public static function register(): void {
		if ( '' === Settings::get( 'url' ) ) {
			return;
		}
		self::open( '/me', 'POST', 'tell_who' ); // Of all that is asked with POST, caches keep nothing.
		self::open( '/track', 'POST', 'track' );
	}

	/**
	 * Opens one. Nobody has to be signed in; what is checked instead stands in the callbacks.
	 *
	 * @param string $path   Below luxebrain/v1.
	 * @param string $method HTTP method.
	 * @param string $verb   Function of this class.
	 */
	private static function open( string $path, string $method, string $verb ): void {
		register_rest_route(
			'luxebrain/v1',
			$path,
			array(
				'methods'             => $method,
				'callback'            => array( self::class, $verb ),
				'permission_callback' => '__return_true',
			)
		);
	}

	/**
	 * Gives whoever is signed in a token to show to LuxeBrain; null for everybody else, and for the shop's own people.
	 *
	 * WordPress takes a cookie without a nonce for nobody, so the cookie is checked here. Another site can neither set
	 * the header without being asked first, nor pass for this one.
	 *
	 * @param WP_REST_Request $request Request.
	 */
	public static function tell_who( WP_REST_Request $request ): WP_REST_Response {
		if ( ! $request->get_header( 'x_luxebrain' ) || ! self::is_from_here( $request ) ) {
			return self::say( 403 );
		}
		$token    = null;
		$customer = self::is_agreed() && Consent::may_know() ? (int) wp_validate_auth_cookie( '', 'logged_in' ) : 0;
		if ( $customer && ! user_can( $customer, 'edit_posts' ) && '' !== Settings::get( 'secret_key' ) ) {
			$token = Customer_Token::make( Settings::get( 'secret_key' ), $customer, time() + Customer_Token::LIFETIME );
		}
		return self::say( 200, array( 'token' => $token ) );
	}

	/**
	 * Hands a page's events on to LuxeBrain, for browsers that cannot reach it.
	 *
	 * 400 and 413 make the tracker forget the events; after anything else but 200 it sends them again.
	 *
	 * @param WP_REST_Request $request Request.
	 */
	public static function track( WP_REST_Request $request ): WP_REST_Response {
		if ( ! self::is_from_here( $request, array( 'same-origin', 'same-site' ) ) || ! self::is_agreed() ) {
			return self::say( 400 );
		}
		if ( strlen( (string) $request->get_body() ) > self::MOST_BYTES ) {
			return self::say( 413 );
		}
		if ( Rate::is_spent( 'track', 600, 3000 ) ) {
			return self::say( 429 );
		}
		$batch = self::read( (string) $request->get_body() );
		if ( ! $batch ) {
			return self::say( 400 );
		}
		$answer = Settings::client()->exchange( self::TRACK, (string) wp_json_encode( $batch + self::visitor( $request ) ), self::TIMEOUT );
		if ( is_wp_error( $answer ) ) {
			return self::say( 503 );
		}
		// What is wrong with our key is no fault of the events.
		return self::say( in_array( $answer['status'], array( 200, 400, 413, 429 ), true ) ? $answer['status'] : 503 );
	}

	/**
	 * Answers what LuxeBrain would see of the visitor, did the browser ask it itself.
	 *
	 * @param WP_REST_Request $request Request.
	 * @return array<string, string>
	 */
	private static function visitor( WP_REST_Request $request ): array {
		return array(
			'visitor_address' => Client_Address::told(),
			'visitor_browser' => mb_substr( wp_check_invalid_utf8( (string) $request->get_header( 'user_agent' ), true ), 0, 500 ),
		);
	}

	/**
	 * Reads a page's batch and leaves out what a page may not say.
	 *
	 * @param string $body Raw.
	 * @return array Empty for what is none.
	 */
	private static function read( string $body ): array {
		$said = json_decode( $body, false, 16 );
		if ( ! is_object( $said ) ) {
			return array();
		}
		$batch  = array_intersect_key( get_object_vars( $said ), array_flip( self::OF_A_BATCH ) );
		$events = isset( $said->events ) ? $said->events : array( $said );
		if ( ! is_array( $events ) || count( $events ) > self::MOST_EVENTS ) {
			return array();
		}
		$batch['events'] = array_values( array_filter( array_map( array( self::class, 'clean' ), $events ) ) );
		if ( ! Consent::may_know() ) {
			unset( $batch['customer_token'] );
			$batch['consent'] = array( 'personalization' => false );
		}
		return $batch['events'] ? $batch : array();
	}

	/**
	 * Takes from an event what only servers may say; null for what is no event, and for one older than a page's may be.
	 *
	 * @param mixed $event As the page sent it.
	 * @return object|null
	 */
	private static function clean( $event ) {
		if ( ! is_object( $event ) ) {
			return null;
		}
		unset( $event->customer );
		$at  = $event->at ?? null;
		$was = is_string( $at ) ? (float) strtotime( $at ) : (float) ( is_numeric( $at ) ? $at / 1000 : time() );
		return $was < time() - self::DAYS * DAY_IN_SECONDS ? null : $event;
	}

	/**
	 * Tells whether this site's own page asks. Browsers say so themselves, old ones by the page's origin; who says
	 * neither is no browser.
	 *
	 * @param WP_REST_Request $request Request.
	 * @param string[]        $near    What browsers may call the distance between page and shop.
	 */
	private static function is_from_here( WP_REST_Request $request, array $near = array( 'same-origin' ) ): bool {
		$site = $request->get_header( 'sec_fetch_site' );
		if ( $site ) {
			return in_array( $site, $near, true );
		}
		return untrailingslashit( (string) $request->get_header( 'origin' ) ) === self::origin();
	}

	/**
	 * Answers this site's origin.
	 */
	private static function origin(): string {
		$parts = (array) wp_parse_url( home_url() );
		return strtolower( ( $parts['scheme'] ?? '' ) . '://' . ( $parts['host'] ?? '' ) . ( isset( $parts['port'] ) ? ":{$parts['port']}" : '' ) );
	}

	/**
	 * Tells whether the visitor said yes.
	 */
	private static function is_agreed(): bool {
		return '' !== Consent::visitor();
	}

	/**
	 * Answers; nobody in between may keep it.
	 *
	 * @param int   $status HTTP status.
	 * @param array $data   What to say.
	 */
	private static function say( int $status, array $data = array() ): WP_REST_Response {
		if ( ! defined( 'DONOTCACHEPAGE' ) ) {
			define( 'DONOTCACHEPAGE', true );
		}
		$answer = new WP_REST_Response( (object) $data, $status );
		$answer->header( 'Cache-Control', 'no-store, private' );
		$answer->header( 'Vary', 'Cookie' );
		if ( $status >= 429 ) {
			$answer->header( 'Retry-After', '60' );
		}
		return $answer;
	}
}
