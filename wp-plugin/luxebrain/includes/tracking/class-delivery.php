<?php
/**
 * Empties the outbox.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Tracking;

use LuxeBrain\Settings;

defined( 'ABSPATH' ) || exit;

/**
 * Batches, signed, until nothing is due or LuxeBrain does not take them. Several may run at once.
 */
class Delivery {

	const MOST_EVENTS = 500;
	const MOST_BYTES  = 1048576;
	const TIMEOUT     = 10;
	const SECONDS     = 20;

	/**
	 * Sends what is due.
	 *
	 * @param int $seconds For how long new batches are begun.
	 * @return array{sent: int, rejected: int, error: string} Of this run; `error` as Client's reasons, '' for none.
	 */
	public static function run( int $seconds = self::SECONDS ): array {
		$ran = array(
			'sent'     => 0,
			'rejected' => 0,
			'error'    => '',
		);
		if ( '' === Settings::get( 'url' ) ) {
			return array( 'error' => 'luxebrain_not_connected' ) + $ran;
		}
		Outbox::trim();
		$until = time() + $seconds;
		foreach ( array( true, false ) as $is_personal ) {
			do {
				$rows = Outbox::claim( $is_personal, self::MOST_EVENTS );
				$ran  = self::send( $rows, $is_personal, $ran );
			} while ( count( $rows ) === self::MOST_EVENTS && '' === $ran['error'] && time() < $until );
			if ( '' !== $ran['error'] ) {
				break;
			}
		}
		self::note( $ran );
		return $ran;
	}

	/**
	 * Sends rows as one batch, or in halves where that is too much or not understood as a whole.
	 *
	 * @param array $rows        What Outbox::claim() answered.
	 * @param bool  $is_personal Whether with names.
	 * @param array $ran         What this run did so far.
	 */
	private static function send( array $rows, bool $is_personal, array $ran ): array {
		if ( ! $rows || '' !== $ran['error'] ) {
			Outbox::give_back( $rows );
			return $ran;
		}
		$body = self::body( $rows, $is_personal );
		if ( strlen( $body ) > self::MOST_BYTES && count( $rows ) > 1 ) {
			return self::halve( $rows, $is_personal, $ran );
		}
		$answer = Settings::client()->exchange( '/api/v1/events/track', $body, self::TIMEOUT );
		$error  = is_wp_error( $answer ) ? $answer->get_error_code() : self::trouble( $answer['status'], $answer['data'] );
		if ( '' !== $error ) {
			Outbox::give_back( $rows );
			return array( 'error' => $error ) + $ran;
		}
		$refused = isset( $answer['data']['rejected'] ) ? count( (array) $answer['data']['rejected'] ) : 0;
		if ( 200 !== $answer['status'] && ! $refused ) {
			if ( count( $rows ) > 1 ) {
				return self::halve( $rows, $is_personal, $ran );
			}
			$refused = 1;
		}
		Outbox::drop( $rows );
		$ran['sent']     += count( $rows ) - min( $refused, count( $rows ) );
		$ran['rejected'] += $refused;
		return $ran;
	}

	/**
	 * Sends the halves one after the other.
	 *
	 * @param array $rows        Two rows or more.
	 * @param bool  $is_personal Whether with names.
	 * @param array $ran         What this run did so far.
	 */
	private static function halve( array $rows, bool $is_personal, array $ran ): array {
		foreach ( array_chunk( $rows, (int) ceil( count( $rows ) / 2 ) ) as $half ) {
			$ran = self::send( $half, $is_personal, $ran );
		}
		return $ran;
	}

	/**
	 * Answers why these rows have to wait; '' where LuxeBrain has said what it thinks of them.
	 *
	 * @param int   $status HTTP status.
	 * @param array $data   What was answered.
	 */
	private static function trouble( int $status, array $data ): string {
		if ( 200 === $status ) {
			return isset( $data['accepted'] ) ? '' : 'luxebrain_garbled';
		}
		if ( in_array( $status, array( 400, 413, 422 ), true ) ) {
			return '';
		}
		$known = array(
			401 => 'luxebrain_refused',
			403 => 'luxebrain_refused',
			404 => 'luxebrain_not_found',
			429 => 'luxebrain_busy',
		);
		return $known[ $status ] ?? ( $status >= 300 && $status < 400 ? 'luxebrain_moved' : 'luxebrain_failed' );
	}

	/**
	 * Answers the batch. Without consent to be known, LuxeBrain is told so and looks nobody up.
	 *
	 * @param array $rows        Rows.
	 * @param bool  $is_personal Whether with names.
	 */
	private static function body( array $rows, bool $is_personal ): string {
		$head = wp_json_encode(
			array(
				'sent_at' => (int) ( microtime( true ) * 1000 ),
				'consent' => array(
					'statistics'      => true,
					'personalization' => $is_personal,
				),
			)
		);
		return substr( (string) $head, 0, -1 ) . ',"events":[' . implode( ',', array_column( $rows, 'event' ) ) . ']}';
	}

	/**
	 * Notes how it went, for health.
	 *
	 * @param array $ran What this run did.
	 */
	private static function note( array $ran ): void {
		Delivery_State::count( 'sent', $ran['sent'] );
		Delivery_State::count( 'rejected', $ran['rejected'] );
		if ( '' !== $ran['error'] ) {
			Delivery_State::went_wrong( $ran['error'] );
		} elseif ( $ran['sent'] ) {
			Delivery_State::went_well();
		}
	}
}
