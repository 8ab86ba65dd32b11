<?php
/**
 * The key by which LuxeBrain reads and changes the shop.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Connection;

defined( 'ABSPATH' ) || exit;

/**
 * Made as WooCommerce's own approval page makes one: the key is kept as a hash, and seen under Advanced, REST API.
 */
class Woo_Keys {

	/**
	 * Makes a key that acts as this user.
	 *
	 * @param int $user User who may manage the shop.
	 * @return array{id: int, key: string, secret: string}|null Null where WooCommerce takes none.
	 */
	public static function make( int $user ): ?array {
		global $wpdb;
		if ( ! function_exists( 'wc_rand_hash' ) || ! function_exists( 'wc_api_hash' ) ) {
			return null;
		}
		$key    = 'ck_' . wc_rand_hash();
		$secret = 'cs_' . wc_rand_hash();
		$is_new = $wpdb->insert(
			$wpdb->prefix . 'woocommerce_api_keys',
			array(
				'user_id'         => $user,
				'description'     => 'LuxeBrain - ' . gmdate( 'Y-m-d H:i' ),
				'permissions'     => 'read_write',
				'consumer_key'    => wc_api_hash( $key ),
				'consumer_secret' => $secret,
				'truncated_key'   => substr( $key, -7 ),
			),
			array( '%d', '%s', '%s', '%s', '%s', '%s' )
		);
		return $is_new ? array(
			'id'     => (int) $wpdb->insert_id,
			'key'    => $key,
			'secret' => $secret,
		) : null;
	}

	/**
	 * Takes one key away.
	 *
	 * @param int $id Its number; 0 for none.
	 */
	public static function remove( int $id ): void {
		global $wpdb;
		if ( $id && self::has_table() ) {
			$wpdb->delete( $wpdb->prefix . 'woocommerce_api_keys', array( 'key_id' => $id ), array( '%d' ) );
		}
	}

	/**
	 * Tells whether the key is still there.
	 *
	 * @param int $id Its number.
	 */
	public static function is_there( int $id ): bool {
		global $wpdb;
		return self::has_table()
			&& null !== $wpdb->get_var( $wpdb->prepare( "SELECT key_id FROM {$wpdb->prefix}woocommerce_api_keys WHERE key_id = %d", $id ) );
	}

	/**
	 * Tells whether WooCommerce was ever installed here; it may be gone by now.
	 */
	private static function has_table(): bool {
		global $wpdb;
		$table = $wpdb->prefix . 'woocommerce_api_keys';
		return $table === $wpdb->get_var( $wpdb->prepare( 'SHOW TABLES LIKE %s', $wpdb->esc_like( $table ) ) );
	}
}
