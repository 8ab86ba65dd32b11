<?php
/**
 * How the connection is.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Connection;

use Automattic\WooCommerce\Utilities\OrderUtil;
use LuxeBrain\Prices\History;
use LuxeBrain\Privacy\Waiting;
use LuxeBrain\Schedule;
use LuxeBrain\Settings;
use LuxeBrain\Tables;
use LuxeBrain\Tracking\Consent_Signs;
use LuxeBrain\Tracking\Delivery_State;

defined( 'ABSPATH' ) || exit;

/**
 * Checks, each with a name, a state (good, warning, bad or info) and one sentence. None of them calls LuxeBrain.
 */
class Health {

	const LATE       = 900;
	const MOST_WAITS = 5000;
	const QUIET_DAYS = 3;
	const CACHES     = array(
		'WP Rocket'        => 'WP_ROCKET_VERSION',
		'W3 Total Cache'   => 'W3TC',
		'WP Super Cache'   => 'WPCACHEHOME',
		'LiteSpeed Cache'  => 'LSCWP_V',
		'WP Fastest Cache' => 'WPFC_MAIN_PATH',
		'Cache Enabler'    => 'CACHE_ENABLER_VERSION',
		'WP-Optimize'      => 'WPO_VERSION',
		'SG Optimizer'     => 'SiteGround_Optimizer\\VERSION',
	);

	/**
	 * Answers every check.
	 *
	 * @param array $status What Status::last() answers.
	 * @return array<int, array{name: string, state: string, text: string}>
	 */
	public static function checks( array $status ): array {
		return array_merge(
			array( self::answer( $status ), self::clock( $status ), self::sync( $status ), self::webhooks(), self::key() ),
			array( self::outbox(), self::copies(), self::cron(), self::permalinks(), self::orders(), self::caches() ),
			array( self::consent(), self::other_address() ),
			self::erasures(),
			self::prices(),
			self::troubles( $status )
		);
	}

	/**
	 * Answers the worst state of some checks.
	 *
	 * @param array $checks What checks() answers.
	 */
	public static function worst( array $checks ): string {
		foreach ( array( 'bad', 'warning' ) as $state ) {
			if ( in_array( $state, array_column( $checks, 'state' ), true ) ) {
				return $state;
			}
		}
		return 'good';
	}

	/**
	 * Whether LuxeBrain answers.
	 *
	 * @param array $status What Status::last() answers.
	 */
	private static function answer( array $status ): array {
		$name = __( 'LuxeBrain', 'luxebrain' );
		if ( '' !== $status['error'] ) {
			return self::check( $name, 'luxebrain_paused' === $status['code'] ? 'warning' : 'bad', $status['error'] );
		}
		if ( ! $status['answered_at'] ) {
			return self::check( $name, 'info', __( 'Not asked yet.', 'luxebrain' ) );
		}
		/* translators: %s: how long ago, like "5 minutes". */
		return self::check( $name, 'good', sprintf( __( 'Answered %s ago.', 'luxebrain' ), human_time_diff( $status['answered_at'] ) ) );
	}

	/**
	 * Whether the clocks agree: signatures are refused beyond five minutes.
	 *
	 * @param array $status What Status::last() answers.
	 */
	private static function clock( array $status ): array {
		$name = __( 'Clock', 'luxebrain' );
		if ( 'luxebrain_clock' === $status['code'] || abs( $status['skew'] ) > 60 ) {
			/* translators: %d: seconds. */
			return self::check( $name, 'luxebrain_clock' === $status['code'] ? 'bad' : 'warning', sprintf( __( 'This server\'s clock differs from LuxeBrain\'s by %d seconds. Please set it; your host can.', 'luxebrain' ), abs( $status['skew'] ) ) );
		}
		return self::check( $name, 'good', __( 'Right.', 'luxebrain' ) );
	}

	/**
	 * How far LuxeBrain's copy of the shop is.
	 *
	 * @param array $status What Status::last() answers.
	 */
	private static function sync( array $status ): array {
		$sync  = is_array( $status['answer']['sync'] ?? null ) ? $status['answer']['sync'] : array();
		$text  = is_string( $sync['text'] ?? null ) ? $sync['text'] : __( 'Not known yet.', 'luxebrain' );
		$state = 'failed' === ( $sync['state'] ?? '' ) ? 'bad' : ( 'done' === ( $sync['state'] ?? '' ) ? 'good' : 'info' );
		return self::check( __( 'Copy of the shop', 'luxebrain' ), $state, $text );
	}

	/**
	 * Whether the shop tells LuxeBrain of changes.
	 */
	private static function webhooks(): array {
		$hooks  = Woo_Hooks::ours( Settings::all()['url'] );
		$active = count( array_keys( $hooks, 'active', true ) );
		$name   = __( 'Webhooks', 'luxebrain' );
		if ( array() === $hooks ) {
			return self::check( $name, time() - (int) Link::all()['connected_at'] > HOUR_IN_SECONDS ? 'warning' : 'info', __( 'None yet. LuxeBrain makes them in the first minutes; until then it looks for changes by itself.', 'luxebrain' ) );
		}
		/* translators: 1: number of active webhooks, 2: number of all. */
		$text = sprintf( __( '%1$d of %2$d active.', 'luxebrain' ), $active, count( $hooks ) );
		if ( count( $hooks ) === $active ) {
			return self::check( $name, 'good', $text );
		}
		return self::check( $name, 'warning', $text . ' ' . __( 'LuxeBrain makes the others anew within minutes.', 'luxebrain' ) );
	}

	/**
	 * Whether LuxeBrain's key of WooCommerce is still there.
	 */
	private static function key(): array {
		$id   = (int) Link::all()['woo_key'];
		$name = __( 'Key in WooCommerce', 'luxebrain' );
		if ( ! $id ) {
			return self::check( $name, 'info', __( 'Made elsewhere.', 'luxebrain' ) );
		}
		return Woo_Keys::is_there( $id )
			? self::check( $name, 'good', __( 'There.', 'luxebrain' ) )
			: self::check( $name, 'bad', __( 'Somebody revoked it, so LuxeBrain cannot read the shop. Connect again.', 'luxebrain' ) );
	}

	/**
	 * How many facts wait to be told.
	 */
	private static function outbox(): array {
		$waits = self::count( 'outbox' );
		/* translators: %s: number. */
		$text = sprintf( _n( '%s fact waits to be told.', '%s facts wait to be told.', $waits, 'luxebrain' ), number_format_i18n( $waits ) );
		if ( class_exists( Delivery_State::class ) && Delivery_State::all()['dropped'] ) {
			/* translators: %s: number. */
			$text .= ' ' . sprintf( __( '%s were given up as too old.', 'luxebrain' ), number_format_i18n( Delivery_State::all()['dropped'] ) );
		}
		$error = Delivery_State::all()['error'];
		if ( '' !== $error && $waits ) {
			/* translators: %s: a short code, like luxebrain_refused. */
			$text .= ' ' . sprintf( __( 'LuxeBrain did not take them the last time (%s); they are told again by themselves.', 'luxebrain' ), $error );
		}
		return self::check( __( 'Outbox', 'luxebrain' ), $waits > self::MOST_WAITS || ( '' !== $error && $waits ) ? 'warning' : 'good', $text );
	}

	/**
	 * How many shelves are kept.
	 */
	private static function copies(): array {
		$kept = self::count( 'shelves' );
		/* translators: %s: number. */
		return self::check( __( 'Shelves kept', 'luxebrain' ), 'info', sprintf( _n( '%s copy.', '%s copies.', $kept, 'luxebrain' ), number_format_i18n( $kept ) ) );
	}

	/**
	 * Whether work in the background is done.
	 */
	private static function cron(): array {
		$name  = __( 'Work in the background', 'luxebrain' );
		$plans = array_filter( array_keys( (array) _get_cron_array() ), 'is_int' );
		$late  = $plans ? time() - min( $plans ) : 0;
		if ( $late > self::LATE ) {
			/* translators: %s: how long, like "2 hours". */
			return self::check( $name, 'warning', sprintf( __( 'WP-Cron is late by %s, so shelves grow old and facts wait. Ask your host to call wp-cron.php every minute.', 'luxebrain' ), human_time_diff( time() - $late ) ) );
		}
		return self::check( $name, 'good', function_exists( 'as_schedule_recurring_action' ) ? __( 'Done by Action Scheduler.', 'luxebrain' ) : __( 'Done by WP-Cron.', 'luxebrain' ) );
	}

	/**
	 * Whether LuxeBrain can ask the shop at all.
	 */
	private static function permalinks(): array {
		return '' === (string) get_option( 'permalink_structure' )
			? self::check( __( 'Permalinks', 'luxebrain' ), 'bad', __( 'They are “Plain”, so the shop\'s REST interface has no address. Choose another structure under Settings, Permalinks.', 'luxebrain' ) )
			: self::check( __( 'Permalinks', 'luxebrain' ), 'good', __( 'Right.', 'luxebrain' ) );
	}

	/**
	 * Where orders are kept: both ways are fine.
	 */
	private static function orders(): array {
		$is_new = class_exists( OrderUtil::class ) && OrderUtil::custom_orders_table_usage_is_enabled();
		return self::check( __( 'Orders', 'luxebrain' ), 'info', $is_new ? __( 'In tables of their own (HPOS).', 'luxebrain' ) : __( 'Among the posts.', 'luxebrain' ) );
	}

	/**
	 * Whether a shopper's yes ever comes through: a banner that does not tell us looks like a shop without visitors.
	 */
	private static function consent(): array {
		$name = __( 'Consent', 'luxebrain' );
		$seen = Consent_Signs::all();
		if ( ! Settings::get( 'tracking' ) ) {
			return self::check( $name, 'info', __( 'Learning from visits is switched off.', 'luxebrain' ) );
		}
		if ( $seen['yes_at'] ) {
			/* translators: %s: how long ago, like "5 minutes". */
			return self::check( $name, 'good', sprintf( __( 'A shopper who agreed was last seen %s ago.', 'luxebrain' ), human_time_diff( $seen['yes_at'] ) ) );
		}
		if ( ! $seen['none_at'] ) {
			return self::check( $name, 'info', __( 'No shopper has used the cart since the shop was connected.', 'luxebrain' ) );
		}
		$is_late = time() - (int) Link::all()['connected_at'] > self::QUIET_DAYS * DAY_IN_SECONDS;
		return self::check( $name, $is_late ? 'warning' : 'info', __( 'Shoppers come, and none of them is known to have agreed, so nothing is learned from visits. Your cookie banner has to tell: by the WP Consent API, by luxebrain.consent(true), or by the event luxe:consent. Or choose “My shop needs no consent” below, under Tracking, Consent, if that is so.', 'luxebrain' ) );
	}

	/**
	 * Whether work in the background takes the shop for a copy, since it sees another address than visitors do.
	 */
	private static function other_address(): array {
		$name = __( 'Address in the background', 'luxebrain' );
		$seen = Schedule::other_address();
		if ( '' === $seen ) {
			return self::check( $name, 'good', __( 'The same.', 'luxebrain' ) );
		}
		/* translators: %s: address. */
		return self::check( $name, 'bad', sprintf( __( 'Work in the background sees this shop as %s, takes it for a copy, and rests. Write the shop\'s address into WP_HOME as it is, or call WP-CLI with --url.', 'luxebrain' ), $seen ) );
	}

	/**
	 * Whether somebody is still to be erased.
	 */
	private static function erasures(): array {
		$waits = Waiting::count();
		if ( ! $waits ) {
			return array();
		}
		/* translators: %s: number. */
		$text = sprintf( _n( '%s person is still to be erased in LuxeBrain. It is asked again every quarter of an hour.', '%s people are still to be erased in LuxeBrain. It is asked again every quarter of an hour.', $waits, 'luxebrain' ), number_format_i18n( $waits ) );
		return array( self::check( __( 'Erasing', 'luxebrain' ), 'warning', $text ) );
	}

	/**
	 * Whether prices are reduced of which nobody knows what they were before.
	 */
	private static function prices(): array {
		$count = Settings::get( 'lowest_price' ) && self::count( 'prices' ) ? History::count_unknown() : 0;
		if ( ! $count ) {
			return array();
		}
		/* translators: %s: number. */
		$text = sprintf( _n( '%s reduced product stands without its lowest price of the 30 days before, since prices are not known for all of them. The next reduction after 30 days of known prices names it.', '%s reduced products stand without their lowest price of the 30 days before, since prices are not known for all of them. The next reduction after 30 days of known prices names it.', $count, 'luxebrain' ), number_format_i18n( $count ) );
		return array( self::check( __( 'Reduced prices', 'luxebrain' ), 'warning', $text ) );
	}

	/**
	 * Which page caches are here: good to know when something looks old.
	 */
	private static function caches(): array {
		$seen = array_keys( array_filter( self::CACHES, 'defined' ) );
		return self::check( __( 'Page cache', 'luxebrain' ), 'info', $seen ? implode( ', ', $seen ) : __( 'None seen.', 'luxebrain' ) );
	}

	/**
	 * What LuxeBrain says is wrong.
	 *
	 * @param array $status What Status::last() answers.
	 */
	private static function troubles( array $status ): array {
		$told = array_filter( (array) ( $status['answer']['troubles'] ?? array() ), 'is_string' );
		return array_map(
			function ( string $trouble ): array {
				return self::check( __( 'LuxeBrain says', 'luxebrain' ), 'warning', $trouble );
			},
			array_values( $told )
		);
	}

	/**
	 * Counts the rows of a table of ours.
	 *
	 * @param string $table `shelves`, `outbox` or `prices`.
	 */
	public static function count( string $table ): int {
		global $wpdb;
		$name = Tables::name( $table );
		$is   = $wpdb->get_var( $wpdb->prepare( 'SHOW TABLES LIKE %s', $wpdb->esc_like( $name ) ) ) === $name;
		return $is ? (int) $wpdb->get_var( "SELECT COUNT(*) FROM `{$name}`" ) : 0;
	}

	/**
	 * Makes one check.
	 *
	 * @param string $name  What was looked at.
	 * @param string $state good, warning, bad or info.
	 * @param string $text  One sentence, plain text.
	 */
	private static function check( string $name, string $state, string $text ): array {
		return compact( 'name', 'state', 'text' );
	}
}
