<?php
/**
 * WooCommerce's REST keys: the table with its real columns, and how keys are made and hashed.
 *
 * @package LuxeBrain
 */

defined( 'ABSPATH' ) || exit;

register_activation_hook(
	__DIR__ . '/woocommerce.php',
	function () {
		global $wpdb;
		$wpdb->query(
			"CREATE TABLE IF NOT EXISTS {$wpdb->prefix}woocommerce_api_keys (
				key_id BIGINT UNSIGNED NOT NULL auto_increment,
				user_id BIGINT UNSIGNED NOT NULL,
				description varchar(200) NULL,
				permissions varchar(10) NOT NULL,
				consumer_key char(64) NOT NULL,
				consumer_secret char(43) NOT NULL,
				nonces longtext NULL,
				truncated_key char(7) NOT NULL,
				last_access datetime NULL default null,
				PRIMARY KEY  (key_id),
				KEY consumer_key (consumer_key),
				KEY consumer_secret (consumer_secret)
			) {$wpdb->get_charset_collate()}"
		);
	}
);

/**
 * Answers forty random letters.
 */
function wc_rand_hash() {
	return bin2hex( random_bytes( 20 ) );
}

/**
 * Hashes a key as it is stored.
 *
 * @param string $data Key.
 */
function wc_api_hash( $data ) {
	return hash_hmac( 'sha256', $data, 'wc-api' );
}
