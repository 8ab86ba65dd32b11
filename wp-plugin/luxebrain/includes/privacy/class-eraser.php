<?php
/**
 * WordPress's "Erase personal data", for what LuxeBrain and this plugin hold.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Privacy;

use LuxeBrain\Settings;
use LuxeBrain\Tables;
use WP_Error;

defined( 'ABSPATH' ) || exit;

/**
 * Never says that it is done before LuxeBrain says so. What could not be asked is asked again in the background.
 */
class Eraser {

	const PATH    = '/api/v1/privacy/erase/';
	const REQUEST = 'luxebrain_erasing_';
	const RETRY   = 'luxebrain_retry_erasures';
	const PAGES   = 15; // Of two seconds each: then a person presses again.
	const ROWS    = 500;

	/**
	 * Adds ours to WordPress's erasers.
	 *
	 * @param array $erasers Those that are there.
	 */
	public static function add( array $erasers ): array {
		$erasers['luxebrain'] = array(
			'eraser_friendly_name' => __( 'LuxeBrain', 'luxebrain' ),
			'callback'             => array( self::class, 'erase' ),
		);
		return $erasers;
	}

	/**
	 * Erases; WordPress calls page after page until it is done.
	 *
	 * @param string $email Whom.
	 * @param int    $page  From 1.
	 * @return array|WP_Error An error stops WordPress, which then offers to try again.
	 */
	public static function erase( $email, $page = 1 ) {
		$note  = self::REQUEST . md5( $email );
		$count = 1 === (int) $page ? self::empty_own( $email ) : 0;
		if ( '' === Settings::get( 'url' ) ) {
			return self::answer( $count > 0, false, array(), true );
		}
		$known = $page > 1 ? (int) get_transient( $note ) : 0;
		$told  = $known ? Settings::client()->get( self::PATH . "{$known}/" ) : Settings::client()->post( self::PATH, Person::question( $email ) );
		if ( is_wp_error( $told ) || ! isset( $told['id'], $told['is_over'] ) ) {
			return self::put_off( $email, is_wp_error( $told ) ? $told->get_error_message() : '' );
		}
		Waiting::drop( $email ); // LuxeBrain took it, and goes on by itself.
		if ( true === $told['is_over'] ) {
			delete_transient( $note );
			return self::over( $told, $count > 0 );
		}
		set_transient( $note, (int) $told['id'], HOUR_IN_SECONDS );
		if ( $page >= self::PAGES ) {
			return new WP_Error( 'luxebrain_erasing', __( 'LuxeBrain has taken the request and is still erasing. Please press again in some minutes, to see that it is done.', 'luxebrain' ) );
		}
		sleep( (int) apply_filters( 'luxebrain_erase_wait', 2 ) );
		return self::answer( $count > 0, false, array(), false );
	}

	/**
	 * Asks again for those who could not be asked for.
	 */
	public static function retry(): void {
		Waiting::tell(
			function ( string $email ): bool {
				self::empty_own( $email ); // Else what waited meanwhile is told after the erasing.
				return ! is_wp_error( Settings::client()->post( self::PATH, Person::question( $email ) ) );
			}
		);
	}

	/**
	 * Remembers whom LuxeBrain was not told of, and says so.
	 *
	 * @param string $email Whom.
	 * @param string $why   What went wrong.
	 */
	private static function put_off( string $email, string $why ): WP_Error {
		Waiting::add( $email );
		return new WP_Error( 'luxebrain_erase', trim( __( 'LuxeBrain could not be reached, so what it holds about this person is not erased yet. It will be asked again by itself. Press again later, to see that it is done.', 'luxebrain' ) . " {$why}" ) );
	}

	/**
	 * Answers what LuxeBrain did.
	 *
	 * @param array $told    Its request.
	 * @param bool  $did_own Whether something went here, too.
	 */
	private static function over( array $told, bool $did_own ): array {
		$counts   = array_filter( array_map( 'intval', (array) ( $told['counts'] ?? array() ) ) );
		$messages = array();
		if ( ! empty( $counts['orders'] ) ) {
			$messages[] = __( 'LuxeBrain keeps what was sold, without the person.', 'luxebrain' );
		}
		$is_left = 'done' !== ( $told['status'] ?? '' );
		if ( $is_left ) {
			$messages[] = __( 'LuxeBrain found something that still names the person. Its admin says where, under Privacy requests.', 'luxebrain' );
		}
		return self::answer( $did_own || (bool) $counts, $is_left, $messages, true );
	}

	/**
	 * Removes what this plugin itself holds: facts that wait to be told, of the account, of the orders, and of the
	 * browsers that such a fact names. What a browser did before anybody knew whose it is, goes with them.
	 *
	 * @param string $email Whom.
	 * @return int How many.
	 */
	private static function empty_own( string $email ): int {
		$account  = Person::account( $email );
		$orders   = array_fill_keys( Person::orders( $email ), true );
		$visitors = array();
		self::each_fact(
			function ( array $event ) use ( $account, $orders, &$visitors ) {
				if ( self::is_of( $event, $account, $orders ) && ! empty( $event['visitor'] ) ) {
					$visitors[ $event['visitor'] ] = true;
				}
			}
		);
		$count = 0;
		self::each_fact(
			function ( array $event, int $id ) use ( $account, $orders, $visitors, &$count ) {
				global $wpdb;
				if ( self::is_of( $event, $account, $orders ) || isset( $visitors[ $event['visitor'] ?? '' ] ) ) {
					$count += (int) $wpdb->delete( Tables::name( 'outbox' ), array( 'id' => $id ) );
				}
			}
		);
		return $count;
	}

	/**
	 * Tells whether a fact names the person.
	 *
	 * @param array            $event   Fact.
	 * @param int              $account Number; 0 for none.
	 * @param array<int, bool> $orders  By number.
	 */
	private static function is_of( array $event, int $account, array $orders ): bool {
		return ( $account && (int) ( $event['customer'] ?? 0 ) === $account ) || isset( $orders[ (int) ( $event['order'] ?? 0 ) ] );
	}

	/**
	 * Shows every fact that waits, some hundred at a time.
	 *
	 * @param callable $verb Called with the fact and its row's number.
	 */
	private static function each_fact( callable $verb ): void {
		global $wpdb;
		$table = Tables::name( 'outbox' );
		$after = 0;
		do {
			$rows = (array) $wpdb->get_results( $wpdb->prepare( "SELECT id, event FROM {$table} WHERE id > %d ORDER BY id LIMIT %d", $after, self::ROWS ) );
			foreach ( $rows as $row ) {
				$after = (int) $row->id;
				$verb( (array) json_decode( $row->event, true ), $after );
			}
		} while ( count( $rows ) === self::ROWS );
	}

	/**
	 * Answers as WordPress wants it.
	 *
	 * @param bool     $removed  Whether something was removed.
	 * @param bool     $retained Whether something stays that names the person.
	 * @param string[] $messages What the merchant reads.
	 * @param bool     $done     Whether it is over.
	 */
	private static function answer( bool $removed, bool $retained, array $messages, bool $done ): array {
		return array(
			'items_removed'  => $removed,
			'items_retained' => $retained,
			'messages'       => $messages,
			'done'           => $done,
		);
	}
}
