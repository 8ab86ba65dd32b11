<?php
/**
 * What is done when the plugin is deleted.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain;

use LuxeBrain\Connection\Connect;
use LuxeBrain\Connection\Disconnect;

defined( 'ABSPATH' ) || exit;

/**
 * Leaves every site as it was before: disconnected, without a table, an option, a plan or a note of ours.
 */
class Removal {

	/**
	 * Seconds for telling LuxeBrain, for all sites together.
	 */
	const PATIENCE = 10;

	/**
	 * Removes everything, in every site of a network. LuxeBrain is told when all is clean: however slow it is, no site is
	 * left half cleaned.
	 */
	public static function everywhere(): void {
		self::tell( is_multisite() ? self::in_all_sites() : array( self::here() ) );
	}

	/**
	 * Removes what every site of the network holds.
	 *
	 * @return array<int, Client|null> What here() answers.
	 */
	private static function in_all_sites(): array {
		$told  = array();
		$sites = get_sites(
			array(
				'fields' => 'ids',
				'number' => 0,
			)
		);
		foreach ( $sites as $site ) {
			switch_to_blog( $site );
			$told[] = self::here();
			restore_current_blog();
		}
		self::remove_network_options();
		return $told;
	}

	/**
	 * Tells LuxeBrain that sites left, as long as patience lasts; those that it does not hear of, it can disconnect itself.
	 *
	 * @param array<int, Client|null> $clients One for each site that was connected.
	 */
	private static function tell( array $clients ): void {
		$end = microtime( true ) + self::PATIENCE;
		foreach ( array_filter( $clients ) as $client ) {
			$left = $end - microtime( true );
			if ( $left < 1 ) {
				return;
			}
			$client->delete_hastily( Connect::ADDRESS, min( 3, (int) $left ) );
		}
	}

	/**
	 * Removes what one site holds.
	 *
	 * @return Client|null By which LuxeBrain is to be told; null where it is not.
	 */
	public static function here(): ?Client {
		$client = Disconnect::farewell();
		Disconnect::here();
		Schedule::clear_all();
		self::remove_planned();
		Tables::drop_all();
		self::remove_options();
		self::remove_notes();
		return $client;
	}

	/**
	 * Removes options and transients: all whose name begins with ours.
	 */
	private static function remove_options(): void {
		global $wpdb;
		foreach ( array( 'luxebrain_', '_transient_luxebrain_', '_transient_timeout_luxebrain_', '_site_transient_luxebrain_', '_site_transient_timeout_luxebrain_' ) as $start ) {
			$names = $wpdb->get_col( $wpdb->prepare( "SELECT option_name FROM {$wpdb->options} WHERE option_name LIKE %s", $wpdb->esc_like( $start ) . '%' ) );
			array_map( 'delete_option', $names );
		}
	}

	/**
	 * Removes what a network keeps for all its sites.
	 */
	private static function remove_network_options(): void {
		global $wpdb;
		foreach ( array( 'luxebrain_', '_site_transient_luxebrain_', '_site_transient_timeout_luxebrain_' ) as $start ) {
			$names = $wpdb->get_col( $wpdb->prepare( "SELECT meta_key FROM {$wpdb->sitemeta} WHERE meta_key LIKE %s", $wpdb->esc_like( $start ) . '%' ) );
			array_map( 'delete_site_option', $names );
		}
	}

	/**
	 * Removes notes at users, orders, products and terms.
	 */
	private static function remove_notes(): void {
		global $wpdb;
		foreach ( array( 'user', 'post', 'term', 'comment' ) as $kind ) {
			$table = _get_meta_table( $kind );
			foreach ( array( 'luxebrain_', '_luxebrain_' ) as $start ) {
				$keys = $wpdb->get_col( $wpdb->prepare( "SELECT DISTINCT meta_key FROM {$table} WHERE meta_key LIKE %s", $wpdb->esc_like( $start ) . '%' ) );
				foreach ( $keys as $key ) {
					delete_metadata( $kind, 0, $key, '', true );
				}
			}
		}
		$orders = $wpdb->prefix . 'wc_orders_meta';
		if ( self::is_table( $orders ) ) {
			$wpdb->query( $wpdb->prepare( "DELETE FROM {$orders} WHERE meta_key LIKE %s", $wpdb->esc_like( '_luxebrain_' ) . '%' ) );
		}
	}

	/**
	 * Removes what Action Scheduler remembers of our work: it only marks what is taken back.
	 */
	private static function remove_planned(): void {
		global $wpdb;
		$start = $wpdb->prefix . 'actionscheduler_';
		if ( ! self::is_table( "{$start}groups" ) || ! self::is_table( "{$start}actions" ) ) {
			return;
		}
		$group = (int) $wpdb->get_var( $wpdb->prepare( "SELECT group_id FROM {$start}groups WHERE slug = %s", Schedule::GROUP ) );
		if ( ! $group ) {
			return;
		}
		if ( self::is_table( "{$start}logs" ) ) {
			$wpdb->query( $wpdb->prepare( "DELETE l FROM {$start}logs l JOIN {$start}actions a ON a.action_id = l.action_id WHERE a.group_id = %d", $group ) );
		}
		$wpdb->query( $wpdb->prepare( "DELETE FROM {$start}actions WHERE group_id = %d", $group ) );
		$wpdb->query( $wpdb->prepare( "DELETE FROM {$start}groups WHERE group_id = %d", $group ) );
	}

	/**
	 * Tells whether there is such a table.
	 *
	 * @param string $name Whole name.
	 */
	private static function is_table( string $name ): bool {
		global $wpdb;
		return $name === $wpdb->get_var( $wpdb->prepare( 'SHOW TABLES LIKE %s', $wpdb->esc_like( $name ) ) );
	}
}
