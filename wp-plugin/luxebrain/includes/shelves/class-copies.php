<?php
/**
 * The last good answers, so that a page needs no request.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Shelves;

use LuxeBrain\Tables;

defined( 'ABSPATH' ) || exit;

/**
 * One row for each context and language. A page reads its row with one query, and after it is sent notes there what is
 * missing or old. The background (Refresh) claims what is wanted, so that two workers never ask for the same.
 */
class Copies {

	const FRESH = HOUR_IN_SECONDS;
	const CLAIM = 120; // Seconds after which a claim that brought nothing is free again.
	const REST  = 900; // Seconds until what LuxeBrain could not answer is asked for again.
	const MOST  = 5000;

	/**
	 * Rows read for this page: key => row; false for one that is not there.
	 *
	 * @var array<string, array<string, mixed>|false>
	 */
	private static $read = array();

	/**
	 * Placements that this page asked for, each with how many picks were asked for there, 0 for none in particular:
	 * key => place => number.
	 *
	 * @var array<string, array<string, int>>
	 */
	private static $asked = array();

	/**
	 * Picks that are to be kept for each of a context's placements: key => number.
	 *
	 * @var array<string, int>
	 */
	private static $most = array();

	/**
	 * Answers the table as dbDelta() wants it.
	 */
	public static function schema(): string {
		$collate = $GLOBALS['wpdb']->get_charset_collate();
		return 'CREATE TABLE ' . Tables::name( 'shelves' ) . " (
			context varchar(40) NOT NULL,
			language varchar(12) NOT NULL,
			places varchar(400) NOT NULL DEFAULT '',
			most tinyint(3) unsigned NOT NULL DEFAULT 0,
			answer longtext NOT NULL,
			made_at bigint(20) unsigned NOT NULL DEFAULT 0,
			asked_at bigint(20) unsigned NOT NULL DEFAULT 0,
			wanted tinyint(1) unsigned NOT NULL DEFAULT 0,
			claimed_at bigint(20) unsigned NOT NULL DEFAULT 0,
			claim varchar(36) NOT NULL DEFAULT '',
			PRIMARY KEY  (context,language),
			KEY wanted (wanted,claimed_at),
			KEY asked_at (asked_at),
			KEY claim (claim)
		) {$collate};";
	}

	/**
	 * Answers the language that this page is in.
	 */
	public static function language(): string {
		return substr( strtok( determine_locale(), '_' ), 0, 12 );
	}

	/**
	 * Answers the kept answer for a context, and remembers that a place of it was asked for.
	 *
	 * @param Context $context What the page is about.
	 * @param string  $place   Placement.
	 * @param int     $most    Picks that are to be kept for it.
	 * @param int     $own     So many were asked for at this very place; 0: as LuxeBrain is set.
	 * @return array<string, mixed> Cleaned by Answer; empty when there is none.
	 */
	public static function of( Context $context, string $place, int $most, int $own = 0 ): array {
		$key = $context->key();
		if ( ! isset( self::$read[ $key ] ) ) {
			self::$read[ $key ] = self::read( $key );
		}
		self::$asked[ $key ][ $place ] = max( $own, self::$asked[ $key ][ $place ] ?? 0 );
		self::$most[ $key ]            = max( $most, self::$most[ $key ] ?? 0 );
		return self::$read[ $key ]['answer'] ?? array();
	}

	/**
	 * Reads one row.
	 *
	 * @param string $key Context.
	 * @return array<string, mixed>|false
	 */
	private static function read( string $key ) {
		global $wpdb;
		$table  = Tables::name( 'shelves' );
		$silent = $wpdb->suppress_errors(); // A shop whose tables are not made yet shows no shelf, and says nothing.
		$row    = $wpdb->get_row( $wpdb->prepare( "SELECT places, most, answer, made_at, wanted FROM {$table} WHERE context = %s AND language = %s", $key, self::language() ), ARRAY_A );
		$wpdb->suppress_errors( $silent );
		if ( ! $row ) {
			return false;
		}
		$row['answer'] = (array) json_decode( $row['answer'], true );
		return $row;
	}

	/**
	 * Notes what this page lacked, once the page is sent. A page whose copies are fresh writes nothing.
	 */
	public static function note(): void {
		foreach ( self::$asked as $key => $places ) {
			$row   = self::$read[ $key ];
			$known = self::numbers( (string) ( $row['places'] ?? '' ) );
			$all   = $known;
			foreach ( $places as $place => $own ) {
				$all[ $place ] = max( $own, $all[ $place ] ?? 0 );
			}
			$most  = max( (int) ( $row['most'] ?? 0 ), self::$most[ $key ] );
			$lacks = $all !== $known || $most > (int) ( $row['most'] ?? 0 );
			if ( $lacks || ( ! $row['wanted'] && time() - (int) $row['made_at'] > self::FRESH ) ) {
				self::want( $key, self::written( $all ), $most );
			}
		}
		self::$asked = array();
		self::$most  = array();
		self::$read  = array();
	}

	/**
	 * Reads placements as a row keeps them, and as LuxeBrain is asked: trending:17,home-picks.
	 *
	 * @param string $places Written.
	 * @return array<string, int> Placement => number, 0 for none.
	 */
	private static function numbers( string $places ): array {
		$numbers = array();
		foreach ( array_filter( explode( ',', $places ) ) as $one ) {
			$parts                = explode( ':', "{$one}:0" );
			$numbers[ $parts[0] ] = (int) $parts[1];
		}
		return $numbers;
	}

	/**
	 * Writes placements as numbers() reads them.
	 *
	 * @param array<string, int> $numbers Placement => number.
	 */
	private static function written( array $numbers ): string {
		$places = array();
		foreach ( $numbers as $place => $own ) {
			$places[] = $own ? "{$place}:{$own}" : $place;
		}
		return implode( ',', $places );
	}

	/**
	 * Writes that an answer is wanted.
	 *
	 * @param string $key    Context.
	 * @param string $places Placements, with commas.
	 * @param int    $most   Picks for each.
	 */
	private static function want( string $key, string $places, int $most ): void {
		global $wpdb;
		$table  = Tables::name( 'shelves' );
		$silent = $wpdb->suppress_errors();
		$wpdb->query(
			$wpdb->prepare(
				"INSERT INTO {$table} (context, language, places, most, answer, asked_at, wanted) VALUES (%s, %s, %s, %d, '', %d, 1)
				ON DUPLICATE KEY UPDATE places = VALUES(places), most = VALUES(most), asked_at = VALUES(asked_at), wanted = 1",
				$key,
				self::language(),
				$places,
				$most,
				time()
			)
		);
		$wpdb->suppress_errors( $silent );
	}

	/**
	 * Wants every answer anew: a person asks, who has changed something in LuxeBrain.
	 */
	public static function want_all(): void {
		global $wpdb;
		$table = Tables::name( 'shelves' );
		$wpdb->query( "UPDATE {$table} SET wanted = 1" );
	}

	/**
	 * Takes some of what is wanted, so that nobody else takes it: all in one language.
	 *
	 * @param int $most How many at most.
	 * @return array<int, array<string, mixed>> Rows.
	 */
	public static function claim( int $most ): array {
		global $wpdb;
		$table    = Tables::name( 'shelves' );
		$claim    = wp_generate_uuid4();
		$free     = time() - self::CLAIM;
		$language = $wpdb->get_var( $wpdb->prepare( "SELECT language FROM {$table} WHERE wanted = 1 AND claimed_at < %d ORDER BY made_at, asked_at LIMIT 1", $free ) );
		if ( null === $language ) {
			return array();
		}
		$wpdb->query( $wpdb->prepare( "UPDATE {$table} SET claim = %s, claimed_at = %d WHERE wanted = 1 AND claimed_at < %d AND language = %s ORDER BY made_at, asked_at LIMIT %d", $claim, time(), $free, $language, $most ) );
		return (array) $wpdb->get_results( $wpdb->prepare( "SELECT context, language, places, most, answer, made_at, claim FROM {$table} WHERE claim = %s ORDER BY context", $claim ), ARRAY_A );
	}

	/**
	 * Keeps an answer, unless somebody else claimed the row since.
	 *
	 * @param array<string, mixed> $row    What claim() answered.
	 * @param array<string, mixed> $answer Cleaned.
	 * @return bool Whether it was kept.
	 */
	public static function keep( array $row, array $answer ): bool {
		global $wpdb;
		$table = Tables::name( 'shelves' );
		// Who noted another place meanwhile still wants it.
		return (bool) $wpdb->query(
			$wpdb->prepare(
				"UPDATE {$table} SET answer = %s, made_at = %d, wanted = IF( places = %s AND most = %d, 0, 1 ), claimed_at = 0, claim = '' WHERE context = %s AND language = %s AND claim = %s",
				wp_json_encode( $answer ),
				time(),
				$row['places'],
				$row['most'],
				$row['context'],
				$row['language'],
				$row['claim']
			)
		);
	}

	/**
	 * Has a row that cannot be had wait, so that it is not always first.
	 *
	 * @param array<string, mixed> $row What claim() answered.
	 */
	public static function rest( array $row ): void {
		global $wpdb;
		$table = Tables::name( 'shelves' );
		$wpdb->query( $wpdb->prepare( "UPDATE {$table} SET claimed_at = %d WHERE context = %s AND language = %s AND claim = %s", time() + self::REST - self::CLAIM, $row['context'], $row['language'], $row['claim'] ) );
	}

	/**
	 * Forgets those that nobody has asked for longest, beyond what may be kept.
	 */
	public static function forget(): void {
		global $wpdb;
		$table = Tables::name( 'shelves' );
		$most  = max( 1, (int) apply_filters( 'luxebrain_most_copies', self::MOST ) );
		$over  = (int) $wpdb->get_var( "SELECT COUNT(*) FROM {$table}" ) - $most;
		if ( $over > 0 ) {
			$wpdb->query( $wpdb->prepare( "DELETE FROM {$table} ORDER BY asked_at LIMIT %d", $over ) );
		}
	}

	/**
	 * Forgets everything when the shop is connected to another LuxeBrain, or to none.
	 *
	 * @param mixed $before Settings.
	 * @param mixed $after  Settings.
	 */
	public static function forget_others( $before = null, $after = null ): void {
		global $wpdb;
		foreach ( array( 'url', 'publishable_key' ) as $name ) {
			if ( ( ( (array) $before )[ $name ] ?? '' ) !== ( ( (array) $after )[ $name ] ?? '' ) ) {
				$table  = Tables::name( 'shelves' );
				$silent = $wpdb->suppress_errors();
				$wpdb->query( "DELETE FROM {$table}" );
				$wpdb->suppress_errors( $silent );
				return;
			}
		}
	}
}
