<?php
/**
 * A connection code.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Connection;

use LuxeBrain\Settings;
use WP_Error;

defined( 'ABSPATH' ) || exit;

/**
 * `lbc1_` and base64url of {"url": where LuxeBrain is, "code": what connects once}.
 */
class Code {

	const BEGINNING = 'lbc1_';
	const LONGEST   = 1000;

	/**
	 * Reads what was pasted.
	 *
	 * @param string $text As it came, with whatever spaces.
	 * @return array{url: string, code: string}|WP_Error
	 */
	public static function read( string $text ) {
		$text = (string) preg_replace( '/\s+/', '', $text );
		if ( 0 !== strpos( $text, self::BEGINNING ) || strlen( $text ) > self::LONGEST ) {
			return self::unreadable();
		}
		// phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions -- a code is letters for JSON.
		$json = base64_decode( strtr( substr( $text, strlen( self::BEGINNING ) ), '-_', '+/' ), true );
		$told = json_decode( (string) $json, true );
		if ( ! is_array( $told ) || ! is_string( $told['url'] ?? null ) || ! preg_match( '/^[A-Za-z0-9_-]{20,100}$/D', (string) ( $told['code'] ?? '' ) ) ) {
			return self::unreadable();
		}
		$url = rtrim( esc_url_raw( $told['url'], array( 'http', 'https' ) ), '/' );
		if ( ! Settings::is_safe_url( $url ) ) {
			return new WP_Error( 'luxebrain_unsafe', __( 'This code leads to an address without https, so the keys would travel in the open. Give LuxeBrain an https address first.', 'luxebrain' ) );
		}
		return array(
			'url'  => $url,
			'code' => $told['code'],
		);
	}

	/**
	 * Says that this is no code.
	 */
	private static function unreadable(): WP_Error {
		return new WP_Error( 'luxebrain_no_code', __( 'This is no connection code. It begins with lbc1_; copy it whole from LuxeBrain.', 'luxebrain' ) );
	}
}
