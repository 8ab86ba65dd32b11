<?php
/**
 * How a request shows that it comes from the holder of a secret key.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain;

defined( 'ABSPATH' ) || exit;

/**
 * HMAC-SHA256 over what is sent; the key itself never travels.
 */
class Signature {

	/**
	 * Answers the headers that sign one request.
	 *
	 * @param string $key    Whole secret key.
	 * @param string $method GET, POST, PUT, PATCH or DELETE.
	 * @param string $path   Path with query, exactly as it goes over the wire.
	 * @param string $body   Raw body; '' for none.
	 * @return array<string, string>
	 */
	public static function headers( string $key, string $method, string $path, string $body ): array {
		$timestamp = time();
		$nonce     = bin2hex( random_bytes( 16 ) );
		$canonical = self::canonical( $method, $path, $timestamp, $nonce, $body );
		return array(
			'LuxeBrain-Key'       => self::prefix( $key ),
			'LuxeBrain-Timestamp' => (string) $timestamp,
			'LuxeBrain-Nonce'     => $nonce,
			'LuxeBrain-Signature' => self::sign( $key, $canonical ),
		);
	}

	/**
	 * Answers the text that is signed, one fact a line.
	 *
	 * @param string $method    HTTP method.
	 * @param string $path      Path with query.
	 * @param int    $timestamp Unix seconds; LuxeBrain accepts 300 s to each side.
	 * @param string $nonce     16 to 64 of [A-Za-z0-9_-], accepted once.
	 * @param string $body      Raw body.
	 */
	public static function canonical( string $method, string $path, int $timestamp, string $nonce, string $body ): string {
		return implode( "\n", array( $method, $path, $timestamp, $nonce, hash( 'sha256', $body ) ) );
	}

	/**
	 * Signs with a key derived from the secret, so that LuxeBrain need not store the secret itself.
	 *
	 * @param string $key       Whole secret key.
	 * @param string $canonical What canonical() answered.
	 */
	public static function sign( string $key, string $canonical ): string {
		$signing_key = hash_hmac( 'sha256', 'luxebrain-signing-v1', $key, true );
		return hash_hmac( 'sha256', $canonical, $signing_key );
	}

	/**
	 * Answers the public part of a secret key, `sk_<id>`: the only part that may be shown or sent.
	 *
	 * @param string $key Whole secret key.
	 */
	public static function prefix( string $key ): string {
		return substr( $key, 0, 15 );
	}
}
