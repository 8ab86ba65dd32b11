<?php
/**
 * Fetches what pages were found to lack.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Shelves;

use LuxeBrain\Prices\Caches;
use LuxeBrain\Settings;

defined( 'ABSPATH' ) || exit;

/**
 * Runs in the background, never while a page is built.
 */
class Refresh {

	const HOOK    = 'luxebrain_refresh_shelves';
	const BATCH   = 8; // More could be too long or too much for one answer.
	const SECONDS = 20;
	const TIMEOUT = 15;

	/**
	 * Misfortunes that may be one page's alone: then the others are asked for without it.
	 */
	const OF_SOME = array( 'luxebrain_unreachable', 'luxebrain_failed', 'luxebrain_garbled', 'luxebrain_rejected' );

	/**
	 * When to stop, in seconds since 1970.
	 *
	 * @var int
	 */
	private static $end = 0;

	/**
	 * Rows that could not be had, each asked for alone.
	 *
	 * @var array<int, array<string, mixed>>
	 */
	private static $failed = array();

	/**
	 * Asks LuxeBrain for what is wanted, batch by batch, as long as it answers and time is left.
	 */
	public static function run(): void {
		if ( '' === Settings::get( 'url' ) ) {
			return;
		}
		self::$end    = time() + self::SECONDS;
		self::$failed = array();
		$is_there     = false;
		do {
			$rows     = Copies::claim( self::BATCH );
			$goes_on  = $rows && self::fetch( $rows );
			$is_there = $is_there || $goes_on;
		} while ( $goes_on && time() < self::$end );
		// Where nothing could be had, it is not theirs: their claims run out, and they are asked for again at once.
		array_map( array( Copies::class, 'rest' ), $is_there ? self::$failed : array() );
		Copies::forget();
	}

	/**
	 * Fetches one batch; where that fails, its halves.
	 *
	 * @param array<int, array<string, mixed>> $rows Claimed; the same language.
	 * @return bool Whether to go on.
	 */
	private static function fetch( array $rows ): bool {
		$pages = array();
		foreach ( $rows as $row ) {
			$page    = array( 'places' => explode( ',', $row['places'] ) ) + Context::from_key( $row['context'] )->question();
			$pages[] = $row['most'] ? $page + array( 'limit' => (int) $row['most'] ) : $page;
		}
		$answer = Settings::client()->post_patiently(
			'/api/v1/storefront/pages',
			array(
				'pages'    => $pages,
				'language' => $rows[0]['language'],
			),
			self::TIMEOUT
		);
		if ( is_wp_error( $answer ) ) {
			return in_array( $answer->get_error_code(), self::OF_SOME, true ) && self::halve( $rows );
		}
		if ( ! is_array( $answer['pages'] ?? null ) || count( $answer['pages'] ) !== count( $rows ) ) {
			return false; // The claim runs out, and with it the pause.
		}
		$changed = array();
		foreach ( array_values( $answer['pages'] ) as $at => $page ) {
			$changed = array_merge( $changed, self::keep( $rows[ $at ], Answer::clean( $page ) ) );
		}
		Caches::purge_urls( $changed );
		return true;
	}

	/**
	 * Fetches a batch in two parts, until what cannot be had is alone.
	 *
	 * @param array<int, array<string, mixed>> $rows Claimed.
	 * @return bool Whether to go on.
	 */
	private static function halve( array $rows ): bool {
		if ( 1 === count( $rows ) ) {
			self::$failed[] = $rows[0];
			return false;
		}
		$is_any = false;
		foreach ( array_chunk( $rows, (int) ceil( count( $rows ) / 2 ) ) as $half ) {
			$is_any = ( time() < self::$end && self::fetch( $half ) ) || $is_any;
		}
		return $is_any;
	}

	/**
	 * Keeps one answer; what is not to be trusted leaves the last good one in its place.
	 *
	 * @param array<string, mixed>      $row    Claimed.
	 * @param array<string, mixed>|null $answer Cleaned.
	 * @return string[] Addresses of pages that cannot have shown it yet.
	 */
	private static function keep( array $row, ?array $answer ): array {
		if ( null === $answer || ! Copies::keep( $row, $answer ) ) {
			return array();
		}
		$before = (array) json_decode( $row['answer'], true );
		$is_new = $answer['off'] !== ( $before['off'] ?? array() ) || self::limits( $answer ) !== self::limits( $before )
			|| array_diff_key( array_filter( $answer['shelves'], array( self::class, 'has_products' ) ), $before['shelves'] ?? array() )
			|| ( $answer['hero'] && empty( $before['hero'] ) );
		return $is_new ? Context::from_key( $row['context'] )->urls( $row['language'] ) : array();
	}

	/**
	 * Answers how much room shelves want.
	 *
	 * @param array<string, mixed> $answer Cleaned, or empty.
	 * @return array<string, int> By placement.
	 */
	private static function limits( array $answer ): array {
		return array_filter( array_column( $answer['shelves'] ?? array(), 'limit', 'place' ) );
	}

	/**
	 * Tells whether there is something to show.
	 *
	 * @param array<string, mixed> $shelf Cleaned.
	 */
	private static function has_products( array $shelf ): bool {
		return (bool) $shelf['products'];
	}
}
