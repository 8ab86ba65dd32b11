<?php
/**
 * Facts that wait to be told.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Tracking;

use LuxeBrain\Settings;
use LuxeBrain\Tables;

defined( 'ABSPATH' ) || exit;

/**
 * A row per fact, written with the request in which it happened. LuxeBrain is called later, by whoever empties it.
 *
 * A row is claimed by one conditional update that also says when it is due again. Whoever claimed it and was killed
 * simply does not delete it: then it is sent again under the same id, and LuxeBrain keeps one.
 */
class Outbox {

	const FLUSH     = 'luxebrain_flush';
	const LEASE     = 120;
	const LONGEST   = 900;
	const LOOK_EACH = 100;

	/**
	 * Answers the table.
	 */
	public static function schema(): string {
		return 'CREATE TABLE ' . Tables::name( 'outbox' ) . " (
  id bigint(20) unsigned NOT NULL AUTO_INCREMENT,
  event_id char(36) NOT NULL,
  is_personal tinyint(1) NOT NULL,
  event mediumtext NOT NULL,
  made_at int(10) unsigned NOT NULL,
  due_at int(10) unsigned NOT NULL,
  attempts smallint(5) unsigned NOT NULL DEFAULT 0,
  claim char(16) NOT NULL DEFAULT '',
  PRIMARY KEY  (id),
  UNIQUE KEY event_id (event_id),
  KEY due_at (due_at),
  KEY claim (claim)
) {$GLOBALS['wpdb']->get_charset_collate()};";
	}

	/**
	 * Keeps a fact. An id that waits already is the same fact.
	 *
	 * @param array $event       As docs/events.md says, with `id` and `at`.
	 * @param bool  $is_personal Whether the visitor agreed to be known.
	 */
	public static function add( array $event, bool $is_personal ): void {
		$json = wp_json_encode( $event );
		if ( '' === Settings::get( 'url' ) || ! $json ) {
			return;
		}
		self::ask(
			'INSERT IGNORE INTO ' . Tables::name( 'outbox' ) . ' (event_id, is_personal, event, made_at, due_at) VALUES (%s, %d, %s, %d, %d)',
			array( $event['id'], (int) $is_personal, $json, time(), time() )
		);
		// Where nobody empties it, it must not grow for ever.
		$number = (int) $GLOBALS['wpdb']->insert_id; // 0 where nothing was kept.
		if ( $number && 0 === $number % self::LOOK_EACH ) {
			self::trim( $number );
		}
	}

	/**
	 * Takes up to so many due rows for one sender; nobody else gets them for two minutes.
	 *
	 * @param bool $is_personal Whose: what may be told with a name, or what may not.
	 * @param int  $most        How many.
	 * @return array<int, array{id: string, event: string, attempts: string}>
	 */
	public static function claim( bool $is_personal, int $most ): array {
		global $wpdb;
		$table   = Tables::name( 'outbox' );
		$claim   = bin2hex( random_bytes( 8 ) );
		$claimed = self::ask(
			"UPDATE {$table} SET claim = %s, due_at = %d, attempts = attempts + 1 WHERE due_at <= %d AND is_personal = %d ORDER BY due_at, id LIMIT %d",
			array( $claim, time() + self::LEASE, time(), (int) $is_personal, $most )
		);
		if ( ! $claimed ) {
			return array();
		}
		return (array) $wpdb->get_results( $wpdb->prepare( "SELECT id, event, attempts FROM {$table} WHERE claim = %s ORDER BY id", $claim ), ARRAY_A );
	}

	/**
	 * Forgets rows.
	 *
	 * @param array $rows What claim() answered.
	 */
	public static function drop( array $rows ): void {
		if ( $rows ) {
			$ids = implode( ',', array_map( 'intval', array_column( $rows, 'id' ) ) );
			self::ask( 'DELETE FROM ' . Tables::name( 'outbox' ) . " WHERE id IN ({$ids})" );
		}
	}

	/**
	 * Gives rows back for later: a minute, two, four, up to a quarter of an hour.
	 *
	 * @param array $rows What claim() answered.
	 */
	public static function give_back( array $rows ): void {
		if ( $rows ) {
			$ids = implode( ',', array_map( 'intval', array_column( $rows, 'id' ) ) );
			self::ask(
				'UPDATE ' . Tables::name( 'outbox' ) . " SET claim = '', due_at = %d + LEAST(%d, 60 * POW(2, LEAST(attempts, 10) - 1)) WHERE id IN ({$ids})",
				array( time(), self::LONGEST )
			);
		}
	}

	/**
	 * Drops what is too old or too much, oldest first, and counts it.
	 *
	 * @param int $newest The newest row's number; 0 for asking.
	 */
	public static function trim( int $newest = 0 ): void {
		global $wpdb;
		$table   = Tables::name( 'outbox' );
		$newest  = $newest ? $newest : (int) $wpdb->get_var( "SELECT MAX(id) FROM {$table}" );
		$days    = max( 1, (int) Settings::get( 'outbox_days' ) );
		$dropped = (int) self::ask( "DELETE FROM {$table} WHERE id <= %d ORDER BY id LIMIT 10000", array( $newest - max( 1000, (int) Settings::get( 'outbox_rows' ) ) ) );
		// Numbers grow with time, so the oldest come first and the look ends early.
		$oldest   = (int) $wpdb->get_var( "SELECT made_at FROM {$table} ORDER BY id LIMIT 1" );
		$is_late  = $oldest && $oldest < time() - $days * DAY_IN_SECONDS;
		$dropped += $is_late ? (int) self::ask( "DELETE FROM {$table} WHERE made_at < %d ORDER BY id LIMIT 10000", array( time() - $days * DAY_IN_SECONDS ) ) : 0;
		if ( $dropped ) {
			Delivery_State::count( 'dropped', $dropped );
		}
	}

	/**
	 * Answers how many wait and since when, for the health page and the command line.
	 *
	 * @return array{waiting: int, oldest_at: int}
	 */
	public static function status(): array {
		global $wpdb;
		$found = (array) $wpdb->get_row( 'SELECT COUNT(*) AS waiting, COALESCE(MIN(made_at), 0) AS oldest_at FROM ' . Tables::name( 'outbox' ), ARRAY_A );
		return array_map( 'intval', $found + array( 'waiting' => 0, 'oldest_at' => 0 ) ) + Delivery_State::all();
	}

	/**
	 * Sends what is due. The scheduled job; the command line calls Delivery::run() with more time.
	 */
	public static function flush(): array {
		return Delivery::run();
	}

	/**
	 * Changes rows without ever printing an error: shoppers must not see ours.
	 *
	 * @param string $sql   Statement.
	 * @param array  $given Values.
	 * @return int|false Rows.
	 */
	private static function ask( string $sql, array $given = array() ) {
		global $wpdb;
		$was   = $wpdb->suppress_errors();
		$found = $wpdb->query( $given ? $wpdb->prepare( $sql, $given ) : $sql );
		$wpdb->suppress_errors( $was );
		return $found;
	}
}
