<?php
/**
 * What LuxeBrain says about the connection.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Connection;

use LuxeBrain\Settings;
use WP_Error;

defined( 'ABSPATH' ) || exit;

/**
 * Asked on our own screen and by a job now and then, never on another page; the last answer is kept.
 */
class Status {

	const OPTION = 'luxebrain_status';
	const JOB    = 'luxebrain_ask_status';
	const FRESH  = 60;

	/**
	 * Answers the last answer, after asking anew where it is more than a minute old.
	 */
	public static function recent(): array {
		$last = self::last();
		return time() - $last['asked_at'] < self::FRESH ? $last : self::ask();
	}

	/**
	 * Answers the last answer.
	 *
	 * @return array{asked_at: int, answered_at: int, skew: int, code: string, error: string, answer: array}
	 */
	public static function last(): array {
		$stored = get_option( self::OPTION );
		return ( is_array( $stored ) ? $stored : array() ) + array(
			'asked_at'    => 0,
			'answered_at' => 0,
			'skew'        => 0,
			'code'        => '',
			'error'       => '',
			'answer'      => array(),
		);
	}

	/**
	 * Asks now.
	 */
	public static function ask(): array {
		$last   = self::last();
		$before = time();
		$answer = Settings::client()->get( Connect::ADDRESS );
		$now    = array( 'asked_at' => time() );
		if ( is_wp_error( $answer ) ) {
			$now += self::failure( $answer );
		} else {
			$theirs = strtotime( is_string( $answer['now'] ?? null ) ? $answer['now'] : '' );
			$now   += array(
				'answered_at' => time(),
				'skew'        => $theirs ? (int) round( $theirs - ( $before + time() ) / 2 ) : 0,
				'code'        => '',
				'error'       => '',
				'answer'      => $answer,
			);
		}
		$status = $now + $last;
		update_option( self::OPTION, $status, false );
		return $status;
	}

	/**
	 * Notes why there is no answer.
	 *
	 * @param WP_Error $error What went wrong.
	 */
	private static function failure( WP_Error $error ): array {
		return array(
			'code'  => (string) $error->get_error_code(),
			'error' => $error->get_error_message(),
		);
	}
}
