<?php
/**
 * What is done in the background, and when.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain;

use Throwable;

defined( 'ABSPATH' ) || exit;

/**
 * WooCommerce's Action Scheduler where it is, WordPress's own cron otherwise.
 */
class Schedule {

	const GROUP          = 'luxebrain';
	const CHECKED        = 'luxebrain_schedule_checked';
	const WORK           = 'luxebrain_work';
	const DONE           = 'luxebrain_work_done';
	const SEEN_ELSEWHERE = 'luxebrain_seen_elsewhere';

	/**
	 * What is done again and again while the shop is connected: hooks, each with its seconds. Action Scheduler keeps a
	 * row for a month of each time it did something, so it is asked for one thing a minute, which does what is due.
	 */
	const JOBS = array(
		Tracking\Outbox::FLUSH => MINUTE_IN_SECONDS,
		Prices\Watch::SWEEP    => DAY_IN_SECONDS,
		Shelves\Refresh::HOOK  => MINUTE_IN_SECONDS,
		Connection\Status::JOB => HOUR_IN_SECONDS,
	);

	/**
	 * Sees to it that every job is planned. Looks once an hour, on admin pages only.
	 */
	public static function set_up(): void {
		if ( '' === Settings::get( 'url' ) || time() - (int) get_option( self::CHECKED ) < HOUR_IN_SECONDS ) {
			return;
		}
		update_option( self::CHECKED, time() );
		self::every( self::WORK, MINUTE_IN_SECONDS );
	}

	/**
	 * Does what is due. What fails does not stop the rest.
	 */
	public static function work(): void {
		self::note_address();
		if ( '' === Settings::get( 'url' ) ) {
			return;
		}
		$done = (array) get_option( self::DONE, array() );
		foreach ( self::JOBS as $hook => $seconds ) {
			// Half a minute early is better than a whole one late.
			if ( $seconds > MINUTE_IN_SECONDS && time() - (int) ( $done[ $hook ] ?? 0 ) < $seconds - MINUTE_IN_SECONDS / 2 ) {
				continue;
			}
			if ( $seconds > MINUTE_IN_SECONDS ) {
				$done[ $hook ] = time();
				update_option( self::DONE, $done, false );
			}
			try {
				do_action( $hook );
			} catch ( Throwable $error ) {
				do_action( 'luxebrain_work_failed', $hook, $error );
			}
		}
	}

	/**
	 * Notes where the shop takes itself for a copy only here, in the background: then its own pages would never tell.
	 */
	private static function note_address(): void {
		$seen = Settings::is_copy() && Settings::all()['site'] === Settings::stored_site() ? Settings::site() : '';
		if ( self::other_address() !== $seen ) {
			update_option( self::SEEN_ELSEWHERE, $seen, false );
		}
	}

	/**
	 * Answers the other address as which work in the background last saw this shop; '' where it is the same.
	 */
	public static function other_address(): string {
		$seen = get_option( self::SEEN_ELSEWHERE, '' );
		return is_string( $seen ) ? $seen : '';
	}

	/**
	 * Plans a hook again and again, unless it is planned so already.
	 *
	 * @param string $hook    Hook, called without arguments.
	 * @param int    $seconds From one time to the next.
	 */
	public static function every( string $hook, int $seconds ): void {
		if ( self::has_action_scheduler() ) {
			wp_clear_scheduled_hook( $hook ); // Of the time before WooCommerce was here: not twice.
			if ( ! as_next_scheduled_action( $hook, array(), self::GROUP ) ) {
				as_schedule_recurring_action( time(), $seconds, $hook, array(), self::GROUP );
			}
			return;
		}
		if ( ! wp_next_scheduled( $hook ) ) {
			wp_schedule_event( time(), "luxebrain_{$seconds}", $hook );
		}
	}

	/**
	 * Plans a hook for one time, unless it waits with the same arguments already.
	 *
	 * @param string $hook  Hook.
	 * @param array  $args  What it is called with: a list of plain values.
	 * @param int    $delay Seconds from now, at the earliest.
	 */
	public static function once( string $hook, array $args = array(), int $delay = 0 ): void {
		if ( self::has_action_scheduler() ) {
			// A number is the time of one that waits; true is one that runs, which may have read too early.
			if ( ! is_int( as_next_scheduled_action( $hook, $args, self::GROUP ) ) ) {
				as_schedule_single_action( time() + $delay, $hook, $args, self::GROUP );
			}
			return;
		}
		if ( ! wp_next_scheduled( $hook, $args ) ) {
			wp_schedule_single_event( time() + $delay, $hook, $args );
		}
	}

	/**
	 * Takes back all that is planned when the plugin is switched off.
	 *
	 * @param bool $in_network Whether in every site of a network.
	 */
	public static function deactivate( bool $in_network = false ): void {
		Network::visit( $in_network, array( self::class, 'clear_all' ) );
	}

	/**
	 * Takes back all that is planned.
	 */
	public static function clear_all(): void {
		delete_option( self::CHECKED );
		delete_option( self::DONE );
		if ( self::has_action_scheduler() ) {
			as_unschedule_all_actions( '', array(), self::GROUP );
		}
		foreach ( (array) _get_cron_array() as $planned ) {
			foreach ( array_keys( (array) $planned ) as $hook ) {
				if ( 0 === strpos( $hook, 'luxebrain_' ) ) {
					wp_unschedule_hook( $hook );
				}
			}
		}
	}

	/**
	 * Tells WordPress's cron the distance that it does not know.
	 *
	 * @param array $known Names, each with its interval.
	 */
	public static function add_intervals( array $known ): array {
		$seconds                         = MINUTE_IN_SECONDS;
		$known[ "luxebrain_{$seconds}" ] = array(
			'interval' => $seconds,
			'display'  => "LuxeBrain {$seconds} s",
		);
		return $known;
	}

	/**
	 * Tells whether Action Scheduler is here and has its tables; before `init` it does not take anything.
	 */
	private static function has_action_scheduler(): bool {
		return function_exists( 'as_schedule_recurring_action' ) && did_action( 'action_scheduler_init' );
	}
}
