<?php
/**
 * Stops calling a LuxeBrain that does not answer.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain;

defined( 'ABSPATH' ) || exit;

/**
 * A circuit breaker: after three failures in a row, no call for a minute.
 *
 * A transient counts the failures. Each failure starts its minute anew, so it expires by itself a minute
 * after the last one, and with it the pause.
 */
class Breaker {

	const TRANSIENT = 'luxebrain_failures';
	const FAILURES  = 3;
	const PAUSE     = 60;

	/**
	 * Tells whether calls wait for now.
	 */
	public static function is_open(): bool {
		return (int) get_transient( self::TRANSIENT ) >= self::FAILURES;
	}

	/**
	 * Counts one failure.
	 */
	public static function count_failure(): void {
		set_transient( self::TRANSIENT, (int) get_transient( self::TRANSIENT ) + 1, self::PAUSE );
	}

	/**
	 * Forgets the failures: LuxeBrain answered, or a person wants to try again.
	 */
	public static function reset(): void {
		if ( get_transient( self::TRANSIENT ) ) {
			delete_transient( self::TRANSIENT );
		}
	}
}
