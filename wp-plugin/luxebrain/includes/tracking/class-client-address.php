<?php
/**
 * From where somebody asks.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Tracking;

defined( 'ABSPATH' ) || exit;

/**
 * Behind a proxy every visitor comes from the proxy's address. What a proxy says is believed of those that a stranger
 * cannot pass for: the shop's own network, and Cloudflare. Others are told by the filter `luxebrain_client_address`.
 */
class Client_Address {

	const LONGEST    = 500;
	const MOST       = 10;
	const CLOUDFLARE = array(
		'173.245.48.0/20',
		'103.21.244.0/22',
		'103.22.200.0/22',
		'103.31.4.0/22',
		'141.101.64.0/18',
		'108.162.192.0/18',
		'190.93.240.0/20',
		'188.114.96.0/20',
		'197.234.240.0/22',
		'198.41.128.0/17',
		'162.158.0.0/15',
		'104.16.0.0/13',
		'104.24.0.0/14',
		'172.64.0.0/13',
		'131.0.72.0/22',
		'2400:cb00::/32',
		'2606:4700::/32',
		'2803:f800::/32',
		'2405:b500::/32',
		'2405:8100::/32',
		'2a06:98c0::/29',
		'2c0f:f248::/32',
	);

	/**
	 * Answers a mark of the address, which is not kept itself. Of IPv6 a whole connection, which has countless addresses.
	 */
	public static function mark(): string {
		$packed = self::pack( self::told() );
		return substr( wp_hash( 16 === strlen( $packed ) ? substr( $packed, 0, 8 ) : $packed ), 0, 12 );
	}

	/**
	 * Answers the visitor's address, as far as it is known.
	 */
	public static function told(): string {
		$remote = self::header( 'REMOTE_ADDR' );
		$found  = $remote;
		if ( self::is_own( $remote ) ) {
			$found = self::before( $remote );
		} elseif ( self::is_of_cloudflare( $remote ) ) {
			$named = self::header( 'HTTP_CF_CONNECTING_IP' );
			$found = '' !== self::pack( $named ) ? $named : $remote;
		}
		/**
		 * Where a shop stands behind another proxy, its owner knows which header that one writes.
		 *
		 * @param string $found  Address, as we read it.
		 * @param string $remote Who spoke to this server.
		 */
		$chosen = apply_filters( 'luxebrain_client_address', $found, $remote );
		return is_string( $chosen ) && '' !== self::pack( $chosen ) ? $chosen : $remote;
	}

	/**
	 * Answers the last address before the shop's own proxies: what stands further left, anybody may have written.
	 *
	 * @param string $remote Who spoke to this server.
	 */
	private static function before( string $remote ): string {
		$way = explode( ',', substr( self::header( 'HTTP_X_FORWARDED_FOR' ), -self::LONGEST ) );
		foreach ( array_slice( array_reverse( $way ), 0, self::MOST ) as $part ) {
			$part = trim( $part );
			if ( '' === self::pack( $part ) ) {
				return $remote;
			}
			if ( self::is_of_cloudflare( $part ) ) {
				$named = self::header( 'HTTP_CF_CONNECTING_IP' );
				return '' !== self::pack( $named ) ? $named : $part;
			}
			if ( ! self::is_own( $part ) ) {
				return $part;
			}
		}
		return $remote;
	}

	/**
	 * Tells whether an address is of this machine or of its network.
	 *
	 * @param string $address Address.
	 */
	private static function is_own( string $address ): bool {
		return '' !== self::pack( $address ) && ! filter_var( $address, FILTER_VALIDATE_IP, FILTER_FLAG_NO_PRIV_RANGE | FILTER_FLAG_NO_RES_RANGE );
	}

	/**
	 * Tells whether an address is one of Cloudflare's.
	 *
	 * @param string $address Address.
	 */
	private static function is_of_cloudflare( string $address ): bool {
		$packed = self::pack( $address );
		foreach ( self::CLOUDFLARE as $range ) {
			list( $first, $bits ) = explode( '/', $range );
			if ( self::bits( $packed, (int) $bits ) === self::bits( self::pack( $first ), (int) $bits ) ) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Answers an address's first bits, with its length before them.
	 *
	 * @param string $packed Address.
	 * @param int    $bits   How many.
	 */
	private static function bits( string $packed, int $bits ): string {
		$written = implode( '', array_map( 'sprintf', array_fill( 0, strlen( $packed ), '%08b' ), array_values( (array) unpack( 'C*', $packed ) ) ) );
		return strlen( $packed ) . ':' . substr( $written, 0, $bits );
	}

	/**
	 * Answers an address in its own bytes; '' for what is none.
	 *
	 * @param string $address Address.
	 */
	private static function pack( string $address ): string {
		return filter_var( $address, FILTER_VALIDATE_IP ) ? (string) inet_pton( $address ) : '';
	}

	/**
	 * Answers a text of the request.
	 *
	 * @param string $name Name in $_SERVER.
	 */
	private static function header( string $name ): string {
		$value = $_SERVER[ $name ] ?? '';
		return is_string( $value ) ? trim( $value ) : '';
	}
}
