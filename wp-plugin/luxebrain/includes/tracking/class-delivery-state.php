<?php
/**
 * How telling facts goes.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Tracking;

defined( 'ABSPATH' ) || exit;

/**
 * One option, not loaded with pages; health reads it.
 */
class Delivery_State {

	const OPTION = 'luxebrain_outbox_state';

	/**
	 * Answers all of it.
	 *
	 * @return array{sent: int, dropped: int, rejected: int, sent_at: int, error: string, error_at: int}
	 */
	public static function all(): array {
		$stored = get_option( self::OPTION );
		return ( is_array( $stored ) ? $stored : array() ) + array(
			'sent'     => 0,
			'dropped'  => 0, // Too old, or too many.
			'rejected' => 0, // LuxeBrain did not understand them.
			'sent_at'  => 0,
			'error'    => '',
			'error_at' => 0,
		);
	}

	/**
	 * Adds to one of the counts.
	 *
	 * @param string $what `sent`, `dropped` or `rejected`.
	 * @param int    $more How many.
	 */
	public static function count( string $what, int $more ): void {
		if ( $more ) {
			self::keep( array( $what => self::all()[ $what ] + $more ) );
		}
	}

	/**
	 * Notes that LuxeBrain took something.
	 */
	public static function went_well(): void {
		self::keep(
			array(
				'sent_at' => time(),
				'error'   => '',
			)
		);
	}

	/**
	 * Notes why nothing was taken.
	 *
	 * @param string $code As Client's reasons.
	 */
	public static function went_wrong( string $code ): void {
		self::keep(
			array(
				'error'    => $code,
				'error_at' => time(),
			)
		);
	}

	/**
	 * Keeps changes.
	 *
	 * @param array $changes Names and values.
	 */
	private static function keep( array $changes ): void {
		update_option( self::OPTION, array_merge( self::all(), $changes ), false );
	}
}
