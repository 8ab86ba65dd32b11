<?php
/**
 * Keeps one visitor, or all of them, from wearing out the shop's server.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Tracking;

use LuxeBrain\Tables;

defined( 'ABSPATH' ) || exit;

/**
 * Counts a minute at a time: in the object cache where there is one, else in a small table, with one statement a call.
 */
class Rate {

	const ALL = 'all';

	/**
	 * Answers the table. Its rows live for a minute.
	 */
	public static function schema(): string {
		return 'CREATE TABLE ' . Tables::name( 'rates' ) . " (
  what varchar(20) NOT NULL,
  who char(12) NOT NULL,
  minute int(10) unsigned NOT NULL,
  times int(10) unsigned NOT NULL,
  PRIMARY KEY  (what,who,minute),
  KEY minute (minute)
) {$GLOBALS['wpdb']->get_charset_collate()};";
	}

	/**
	 * Counts one request and tells whether it is one too many.
	 *
	 * @param string $what       What is asked for.
	 * @param int    $each       How often one address may within a minute.
	 * @param int    $altogether How often all may, whatever addresses they name.
	 */
	public static function is_spent( string $what, int $each, int $altogether ): bool {
		$minute = (int) floor( time() / MINUTE_IN_SECONDS );
		$who    = Client_Address::mark();
		if ( wp_using_ext_object_cache() ) {
			return self::add_to_cache( "{$what}:{$minute}:" . self::ALL ) > $altogether || self::add_to_cache( "{$what}:{$minute}:{$who}" ) > $each;
		}
		$times = self::times( $what, $who, $minute );
		if ( ( $times[ self::ALL ] ?? 0 ) >= $altogether || ( $times[ $who ] ?? 0 ) >= $each ) {
			return true; // Who is stopped costs no writing.
		}
		self::add( $what, $who, $minute, ! isset( $times[ self::ALL ] ) );
		return false;
	}

	/**
	 * Counts in the object cache.
	 *
	 * @param string $key What is counted.
	 * @return int How often by now.
	 */
	private static function add_to_cache( string $key ): int {
		wp_cache_add( $key, 0, 'luxebrain_rates', 2 * MINUTE_IN_SECONDS );
		return (int) wp_cache_incr( $key, 1, 'luxebrain_rates' );
	}

	/**
	 * Reads how often somebody, and everybody, asked in this minute.
	 *
	 * @param string $what   What is asked for.
	 * @param string $who    Mark of the address.
	 * @param int    $minute Minute.
	 * @return array<string, int>
	 */
	private static function times( string $what, string $who, int $minute ): array {
		global $wpdb;
		$table  = Tables::name( 'rates' );
		$silent = $wpdb->suppress_errors();
		$rows   = $wpdb->get_results( $wpdb->prepare( "SELECT who, times FROM {$table} WHERE what = %s AND minute = %d AND who IN ( %s, %s )", $what, $minute, self::ALL, $who ), ARRAY_A );
		$wpdb->suppress_errors( $silent );
		return array_map( 'intval', array_column( (array) $rows, 'times', 'who' ) );
	}

	/**
	 * Counts one for somebody and for all; the first of a minute sweeps out those before.
	 *
	 * @param string $what     What is asked for.
	 * @param string $who      Mark of the address.
	 * @param int    $minute   Minute.
	 * @param bool   $is_first Whether nobody asked in this minute.
	 */
	private static function add( string $what, string $who, int $minute, bool $is_first ): void {
		global $wpdb;
		$table  = Tables::name( 'rates' );
		$silent = $wpdb->suppress_errors();
		$wpdb->query( $wpdb->prepare( "INSERT INTO {$table} (what, who, minute, times) VALUES (%s, %s, %d, 1), (%s, %s, %d, 1) ON DUPLICATE KEY UPDATE times = times + 1", $what, self::ALL, $minute, $what, $who, $minute ) );
		if ( $is_first ) {
			$wpdb->query( $wpdb->prepare( "DELETE FROM {$table} WHERE minute < %d LIMIT 10000", $minute ) );
		}
		$wpdb->suppress_errors( $silent );
	}
}
