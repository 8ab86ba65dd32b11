<?php
/**
 * Whom LuxeBrain could not be asked to erase yet.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Privacy;

use LuxeBrain\Schedule;

defined( 'ABSPATH' ) || exit;

/**
 * LuxeBrain must be told the address in the end, so it is kept, but locked with the site's own keys, which are not in the
 * database, under a keyed digest; and no longer than until LuxeBrain took it.
 */
class Waiting {

	const OPTION = 'luxebrain_erasures';
	const MOST   = 100;
	const AGAIN  = 900;

	/**
	 * Adds somebody; once.
	 *
	 * @param string $email Whom.
	 */
	public static function add( string $email ): void {
		$all = self::all();
		if ( count( $all ) < self::MOST ) {
			$all[ self::mark( $email ) ] = self::lock( $email );
		}
		self::keep( $all );
	}

	/**
	 * Forgets somebody: LuxeBrain took it.
	 *
	 * @param string $email Whom.
	 */
	public static function drop( string $email ): void {
		$all = self::all();
		if ( isset( $all[ self::mark( $email ) ] ) ) {
			self::keep( array_diff_key( $all, array( self::mark( $email ) => 1 ) ) );
		}
	}

	/**
	 * Tells everybody who waits to somebody else; whoever cannot be told does not stop those behind.
	 *
	 * @param callable $verb Called with an address; answers whether LuxeBrain took it.
	 */
	public static function tell( callable $verb ): void {
		$left = self::all();
		foreach ( $left as $mark => $locked ) {
			$email = self::unlock( $locked );
			if ( '' !== $email && $verb( $email ) ) {
				unset( $left[ $mark ] );
			}
		}
		self::keep( $left );
	}

	/**
	 * Answers how many wait.
	 */
	public static function count(): int {
		return count( self::all() );
	}

	/**
	 * Answers everybody, locked, by mark.
	 *
	 * @return array<string, string>
	 */
	private static function all(): array {
		return array_filter( (array) get_option( self::OPTION, array() ), 'is_string' );
	}

	/**
	 * Keeps who waits; where somebody does, there is a next time.
	 *
	 * @param array<string, string> $all Locked.
	 */
	private static function keep( array $all ): void {
		if ( ! $all ) {
			delete_option( self::OPTION );
			return;
		}
		update_option( self::OPTION, $all, false );
		Schedule::once( Eraser::RETRY, array(), self::AGAIN );
	}

	/**
	 * Answers a mark by which nobody finds the address.
	 *
	 * @param string $email Address.
	 */
	private static function mark( string $email ): string {
		return wp_hash( 'luxebrain-erase:' . strtolower( trim( $email ) ) );
	}

	/**
	 * Locks an address.
	 *
	 * @param string $email Address.
	 */
	private static function lock( string $email ): string {
		$nonce = random_bytes( SODIUM_CRYPTO_SECRETBOX_NONCEBYTES );
		return bin2hex( $nonce . sodium_crypto_secretbox( $email, $nonce, self::key() ) );
	}

	/**
	 * Opens what lock() locked; '' where the site's keys are others by now.
	 *
	 * @param string $locked Locked.
	 */
	private static function unlock( string $locked ): string {
		$bytes = ctype_xdigit( $locked ) && 0 === strlen( $locked ) % 2 ? (string) hex2bin( $locked ) : '';
		if ( strlen( $bytes ) <= SODIUM_CRYPTO_SECRETBOX_NONCEBYTES + SODIUM_CRYPTO_SECRETBOX_MACBYTES ) {
			return '';
		}
		$nonce = substr( $bytes, 0, SODIUM_CRYPTO_SECRETBOX_NONCEBYTES );
		$email = sodium_crypto_secretbox_open( substr( $bytes, SODIUM_CRYPTO_SECRETBOX_NONCEBYTES ), $nonce, self::key() );
		return is_string( $email ) ? $email : '';
	}

	/**
	 * Answers the key, made of the site's own.
	 */
	private static function key(): string {
		return hash( 'sha256', 'luxebrain-erase' . wp_salt(), true );
	}
}
