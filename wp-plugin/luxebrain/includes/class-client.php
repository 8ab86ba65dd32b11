<?php
/**
 * The only caller of LuxeBrain's API.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain;

use WP_Error;

defined( 'ABSPATH' ) || exit;

/**
 * Signs, sends, and turns every misfortune into a WP_Error with a named reason; never prints, throws or logs.
 *
 * Reasons that heal by themselves: luxebrain_unreachable, luxebrain_failed, luxebrain_garbled, luxebrain_busy,
 * luxebrain_paused. Reasons that need a person: luxebrain_not_connected, luxebrain_clock, luxebrain_refused,
 * luxebrain_not_found, luxebrain_moved, luxebrain_rejected.
 */
class Client {

	const TIMEOUT    = 3;
	const MAX_ANSWER = 2 * MB_IN_BYTES;
	const CLOCK_SKEW = 300;

	/**
	 * Address of LuxeBrain without a slash at the end; '' when not connected.
	 *
	 * @var string
	 */
	private $url;

	/**
	 * Whole secret key; '' when not connected.
	 *
	 * @var string
	 */
	private $key;

	/**
	 * Takes the connection.
	 *
	 * @param string $url Address of LuxeBrain; may have a path.
	 * @param string $key Whole secret key.
	 */
	public function __construct( string $url, string $key ) {
		$this->url = rtrim( $url, '/' );
		$this->key = $key;
	}

	/**
	 * Asks which store this key opens.
	 *
	 * @return array|WP_Error `store_name` and more.
	 */
	public function whoami() {
		$answer = $this->get( '/api/v1/auth/whoami' );
		if ( is_wp_error( $answer ) || is_string( $answer['store_name'] ?? null ) ) {
			return $answer;
		}
		return self::garbled();
	}

	/**
	 * Reads.
	 *
	 * @param string               $path  Path below the address, without a query.
	 * @param array<string, mixed> $query Names and values, not yet encoded.
	 * @return array|WP_Error The answer.
	 */
	public function get( string $path, array $query = array() ) {
		// Percent-encoding that WordPress's own URL cleaning leaves alone; the signature is over these bytes.
		$encoded = http_build_query( $query, '', '&', PHP_QUERY_RFC3986 );
		return $this->request( 'GET', '' === $encoded ? $path : "{$path}?{$encoded}" );
	}

	/**
	 * Sends JSON.
	 *
	 * @param string $path Path below the address.
	 * @param array  $data What to send.
	 * @return array|WP_Error The answer.
	 */
	public function post( string $path, array $data ) {
		return $this->request( 'POST', $path, (string) wp_json_encode( $data ) );
	}

	/**
	 * Sends JSON from the background, where there is time. What takes too long or is too much there says nothing about
	 * the small questions of shoppers: it does not count as a failure of LuxeBrain.
	 *
	 * @param string $path    Path below the address.
	 * @param array  $data    What to send.
	 * @param int    $timeout Seconds.
	 * @return array|WP_Error The answer.
	 */
	public function post_patiently( string $path, array $data, int $timeout ) {
		return $this->request( 'POST', $path, (string) wp_json_encode( $data ), $timeout );
	}

	/**
	 * Removes.
	 *
	 * @param string $path Path below the address.
	 * @return array|WP_Error The answer; empty for 204.
	 */
	public function delete( string $path ) {
		return $this->request( 'DELETE', $path );
	}

	/**
	 * Removes, on the way out: without the breaker, whose notes would stay behind.
	 *
	 * @param string $path    Path below the address.
	 * @param int    $timeout Seconds.
	 */
	public function delete_hastily( string $path, int $timeout ): void {
		wp_remote_request( $this->url . $path, array( 'timeout' => $timeout ) + $this->arguments( 'DELETE', $path, '' ) );
	}

	/**
	 * Sends one signed request unless the breaker is open.
	 *
	 * @param string $method  HTTP method.
	 * @param string $path    Path below the address, with its query.
	 * @param string $body    Raw JSON.
	 * @param int    $timeout Seconds of patience, and then failures do not count; 0 for those of everybody.
	 * @return array|WP_Error
	 */
	private function request( string $method, string $path, string $body = '', int $timeout = 0 ) {
		$reason = $this->reason_to_wait();
		if ( $reason ) {
			return $reason;
		}
		$patience = $timeout ? array( 'timeout' => $timeout ) : array();
		$answer   = $this->read( wp_remote_request( $this->url . $path, $patience + $this->arguments( $method, $path, $body ) ) );
		if ( ! is_wp_error( $answer ) || ! self::is_failure( $answer ) ) {
			Breaker::reset();
		} elseif ( ! $timeout ) {
			Breaker::count_failure();
		}
		return $answer;
	}

	/**
	 * Posts JSON and answers whatever was said, for callers who tell one refusal from another by its content. 429 is no
	 * failure here: it may be about one visitor, of whom the others must feel nothing.
	 *
	 * @param string $path    Path below the address.
	 * @param string $body    Raw JSON.
	 * @param int    $timeout Seconds.
	 * @param bool   $counts  Whether a failure is one of the three after which nobody asks for a minute.
	 * @return array|WP_Error `status` and `data`, which is empty where it was no JSON; an error where nobody answered.
	 */
	public function exchange( string $path, string $body, int $timeout, bool $counts = true ) {
		$reason = $this->reason_to_wait();
		if ( $reason ) {
			return $reason;
		}
		$response = wp_remote_request( $this->url . $path, array( 'timeout' => $timeout ) + $this->arguments( 'POST', $path, $body ) );
		if ( is_wp_error( $response ) ) {
			$counts && Breaker::count_failure();
			return $this->read( $response );
		}
		$status = (int) wp_remote_retrieve_response_code( $response );
		$data   = json_decode( wp_remote_retrieve_body( $response ), true );
		$is_failure = $status >= 500 || ( 200 === $status && ! is_array( $data ) );
		if ( $counts && $is_failure ) {
			Breaker::count_failure();
		} elseif ( $counts ) {
			Breaker::reset();
		}
		return array(
			'status' => $status,
			'data'   => is_array( $data ) ? $data : array(),
		);
	}

	/**
	 * Answers why nobody is to be called now; null when somebody may be.
	 */
	private function reason_to_wait(): ?WP_Error {
		if ( '' === $this->url || '' === $this->key ) {
			return new WP_Error( 'luxebrain_not_connected', __( 'LuxeBrain is not connected yet: its address or the secret key is missing.', 'luxebrain' ) );
		}
		if ( Breaker::is_open() ) {
			return new WP_Error( 'luxebrain_paused', __( 'LuxeBrain did not answer three times in a row, so no call is made for a minute.', 'luxebrain' ) );
		}
		return null;
	}

	/**
	 * Answers what wp_remote_request() shall do.
	 *
	 * @param string $method HTTP method.
	 * @param string $path   Path below the address, with its query.
	 * @param string $body   Raw JSON.
	 */
	private function arguments( string $method, string $path, string $body ): array {
		$base    = rtrim( (string) wp_parse_url( $this->url, PHP_URL_PATH ), '/' );
		$headers = Signature::headers( $this->key, $method, $base . $path, $body );
		if ( '' !== $body ) {
			$headers['Content-Type'] = 'application/json';
		}
		return array(
			'method'              => $method,
			'headers'             => $headers + array( 'Accept' => 'application/json' ),
			'body'                => $body,
			'timeout'             => self::TIMEOUT,
			'redirection'         => 0, // A signature holds for one address; another one must not get it.
			'limit_response_size' => self::MAX_ANSWER,
			'user-agent'          => 'LuxeBrain-WordPress/' . VERSION,
		);
	}

	/**
	 * Tells LuxeBrain's misfortunes, which the breaker counts, from its clear answers, which it does not.
	 *
	 * @param WP_Error $error What went wrong.
	 */
	private static function is_failure( WP_Error $error ): bool {
		return in_array( $error->get_error_code(), array( 'luxebrain_unreachable', 'luxebrain_failed', 'luxebrain_garbled', 'luxebrain_busy' ), true );
	}

	/**
	 * Turns an HTTP response into data or a named reason.
	 *
	 * @param array|WP_Error $response What wp_remote_request() answered.
	 * @return array|WP_Error
	 */
	private function read( $response ) {
		if ( is_wp_error( $response ) ) {
			return new WP_Error( 'luxebrain_unreachable', __( 'LuxeBrain does not answer at this address.', 'luxebrain' ), $response->get_error_message() );
		}
		$status = (int) wp_remote_retrieve_response_code( $response );
		if ( $status < 200 || $status > 299 ) {
			return $this->reason( $status, (string) wp_remote_retrieve_header( $response, 'date' ) );
		}
		if ( 204 === $status ) {
			return array();
		}
		$data = json_decode( wp_remote_retrieve_body( $response ), true );
		if ( ! is_array( $data ) ) {
			return self::garbled();
		}
		return $data;
	}

	/**
	 * Answers the reason for what LuxeBrain would never say.
	 */
	private static function garbled(): WP_Error {
		return new WP_Error( 'luxebrain_garbled', __( 'What answers at this address does not speak like LuxeBrain.', 'luxebrain' ) );
	}

	/**
	 * Names the reason of a refusal in words that a merchant can act on.
	 *
	 * @param int    $status HTTP status outside 200 to 299.
	 * @param string $date   The response's Date header; '' when absent.
	 */
	private function reason( int $status, string $date ): WP_Error {
		if ( 401 === $status && '' !== $date && abs( time() - (int) strtotime( $date ) ) > self::CLOCK_SKEW ) {
			return new WP_Error( 'luxebrain_clock', __( 'The clocks of this server and of LuxeBrain differ by more than five minutes, so signatures are refused. Please set this server\'s clock.', 'luxebrain' ), $status );
		}
		if ( $status >= 500 ) {
			return new WP_Error( 'luxebrain_failed', __( 'LuxeBrain has a problem of its own.', 'luxebrain' ), $status );
		}
		if ( $status >= 300 && $status < 400 ) {
			return new WP_Error( 'luxebrain_moved', __( 'This address points elsewhere. Please enter LuxeBrain\'s final address, with https.', 'luxebrain' ), $status );
		}
		$reasons = array(
			401 => array( 'luxebrain_refused', __( 'LuxeBrain does not accept this secret key. Was it copied whole, or has it been revoked?', 'luxebrain' ) ),
			403 => array( 'luxebrain_refused', __( 'This secret key may not do that in LuxeBrain.', 'luxebrain' ) ),
			404 => array( 'luxebrain_not_found', __( 'LuxeBrain does not know this. Is the address complete?', 'luxebrain' ) ),
			429 => array( 'luxebrain_busy', __( 'LuxeBrain gets too many requests from this shop for now.', 'luxebrain' ) ),
		);
		$known   = $reasons[ $status ] ?? array( 'luxebrain_rejected', __( 'LuxeBrain did not understand this request.', 'luxebrain' ) );
		return new WP_Error( $known[0], $known[1], $status );
	}
}
