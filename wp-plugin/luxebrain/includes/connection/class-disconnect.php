<?php
/**
 * Leaving LuxeBrain.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Connection;

use LuxeBrain\Breaker;
use LuxeBrain\Client;
use LuxeBrain\Prices\Watch;
use LuxeBrain\Schedule;
use LuxeBrain\Settings;
use LuxeBrain\Tables;

defined( 'ABSPATH' ) || exit;

/**
 * Undoes what connecting did, also where LuxeBrain cannot be reached. What the merchant set on the screen stays, and so
 * does what products were sold for: the law asks for thirty days of it, whoever shows it. Only deleting the plugin forgets.
 */
class Disconnect {

	/**
	 * Disconnects this site.
	 *
	 * @return bool Whether LuxeBrain heard of it.
	 */
	public static function run(): bool {
		$is_told = self::tell();
		self::here();
		return $is_told;
	}

	/**
	 * Answers how LuxeBrain is told that this site leaves; null where there is nothing to tell. A copy of the shop must not
	 * end the shop's keys.
	 */
	public static function farewell(): ?Client {
		return Settings::is_copy() || ! Settings::is_connected() ? null : Settings::client();
	}

	/**
	 * Undoes what connecting did in this site.
	 */
	public static function here(): void {
		$url     = Settings::all()['url'];
		Woo_Hooks::remove_all( $url );
		$link = Link::all();
		array_map( array( Woo_Keys::class, 'remove' ), array_map( 'intval', array_merge( array( $link['woo_key'] ), $link['woo_keys_tried'] ) ) );
		Settings::store( Settings::CONNECTION );
		Schedule::clear_all();
		self::empty_tables();
		update_option( Watch::KEPT, 1, false );
		delete_option( Link::OPTION );
		delete_option( Status::OPTION );
		delete_metadata( 'user', 0, Button::STATE, '', true );
		Breaker::reset();
		/**
		 * After leaving: pages that show shelves are built anew.
		 */
		do_action( 'luxebrain_disconnected' );
	}

	/**
	 * Tells LuxeBrain, which ends the keys.
	 */
	private static function tell(): bool {
		$client = self::farewell();
		if ( null === $client ) {
			return true;
		}
		Breaker::reset(); // A person asks: once more, whatever happened before.
		$answer = $client->delete( Connect::ADDRESS );
		// A key that LuxeBrain knows no more is what was wanted.
		return ! is_wp_error( $answer ) || in_array( $answer->get_error_code(), array( 'luxebrain_refused', 'luxebrain_not_found' ), true );
	}

	/**
	 * Empties what was kept for LuxeBrain, or from it. Prices are the shop's own.
	 */
	private static function empty_tables(): void {
		global $wpdb;
		foreach ( array( 'shelves', 'outbox', 'rates' ) as $table ) {
			$name = Tables::name( $table );
			if ( $name === $wpdb->get_var( $wpdb->prepare( 'SHOW TABLES LIKE %s', $wpdb->esc_like( $name ) ) ) ) {
				$wpdb->query( "DELETE FROM `{$name}`" );
			}
		}
	}
}
