<?php
/**
 * Ids of events.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Tracking;

defined( 'ABSPATH' ) || exit;

/**
 * UUIDs of version 7: they begin with their moment.
 */
class Event_Id {

	/**
	 * Answers an id that nothing else has.
	 *
	 * @param int $milliseconds Moment, since 1970.
	 */
	public static function make( int $milliseconds ): string {
		return self::with( $milliseconds, bin2hex( random_bytes( 10 ) ) );
	}

	/**
	 * Answers the one id of a thing that happens once: told again, it is the same event.
	 *
	 * @param int    $milliseconds Moment, since 1970.
	 * @param string $what         What happened, unique in this site.
	 */
	public static function of( int $milliseconds, string $what ): string {
		return self::with( $milliseconds, substr( hash_hmac( 'sha256', $what, (string) get_option( 'home' ) ), 0, 20 ) );
	}

	/**
	 * Puts version and variant between moment and rest.
	 *
	 * @param int    $milliseconds Moment.
	 * @param string $rest         Twenty hexadecimal digits.
	 */
	private static function with( int $milliseconds, string $rest ): string {
		$hex     = sprintf( '%012x', $milliseconds ) . '7' . substr( $rest, 0, 3 );
		$variant = dechex( 8 + hexdec( $rest[3] ) % 4 );
		return substr( $hex, 0, 8 ) . '-' . substr( $hex, 8, 4 ) . '-' . substr( $hex, 12, 4 ) . '-' . $variant . substr( $rest, 4, 3 ) . '-' . substr( $rest . $rest, 7, 12 );
	}
}
