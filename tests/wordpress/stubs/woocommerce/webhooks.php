<?php
/**
 * WooCommerce's webhooks: the table with its real columns, and one webhook as an object.
 *
 * @package LuxeBrain
 */

defined( 'ABSPATH' ) || exit;

register_activation_hook(
	__DIR__ . '/woocommerce.php',
	function () {
		global $wpdb;
		$wpdb->query(
			"CREATE TABLE IF NOT EXISTS {$wpdb->prefix}wc_webhooks (
				webhook_id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
				status varchar(200) NOT NULL,
				name text NOT NULL,
				user_id BIGINT UNSIGNED NOT NULL,
				delivery_url text NOT NULL,
				secret text NOT NULL,
				topic varchar(200) NOT NULL,
				date_created datetime NOT NULL DEFAULT '0000-00-00 00:00:00',
				date_created_gmt datetime NOT NULL DEFAULT '0000-00-00 00:00:00',
				date_modified datetime NOT NULL DEFAULT '0000-00-00 00:00:00',
				date_modified_gmt datetime NOT NULL DEFAULT '0000-00-00 00:00:00',
				api_version smallint(4) NOT NULL,
				failure_count smallint(10) NOT NULL DEFAULT '0',
				pending_delivery tinyint(1) NOT NULL DEFAULT '0',
				PRIMARY KEY  (webhook_id),
				KEY user_id (user_id)
			) {$wpdb->get_charset_collate()}"
		);
	}
);

/**
 * One webhook.
 */
class WC_Webhook {

	/**
	 * Its row.
	 *
	 * @var array
	 */
	private $row;

	/**
	 * Reads it.
	 *
	 * @param array $row Row of the table.
	 */
	public function __construct( array $row ) {
		$this->row = $row;
	}

	/**
	 * Answers where it delivers to.
	 */
	public function get_delivery_url() {
		return $this->row['delivery_url'];
	}

	/**
	 * Removes it, and what WooCommerce remembers of it.
	 *
	 * @param bool $force Webhooks know no trash.
	 */
	public function delete( $force = false ) {
		global $wpdb;
		$wpdb->delete( "{$wpdb->prefix}wc_webhooks", array( 'webhook_id' => $this->row['webhook_id'] ) );
		do_action( 'woocommerce_webhook_deleted', (int) $this->row['webhook_id'], $this );
		return true;
	}
}

/**
 * Answers a webhook.
 *
 * @param int $id Number.
 */
function wc_get_webhook( $id ) {
	global $wpdb;
	$row = $wpdb->get_row( $wpdb->prepare( "SELECT * FROM {$wpdb->prefix}wc_webhooks WHERE webhook_id = %d", $id ), ARRAY_A );
	return $row ? new WC_Webhook( $row ) : null;
}

/**
 * Makes a webhook, as LuxeBrain does over REST.
 *
 * @param string $delivery_url Where it delivers to.
 * @param string $status       active, paused or disabled.
 */
function luxebrain_stub_make_webhook( $delivery_url, $status = 'active' ) {
	global $wpdb;
	$wpdb->insert(
		"{$wpdb->prefix}wc_webhooks",
		array(
			'status'       => $status,
			'name'         => 'LuxeBrain order.created',
			'user_id'      => 1,
			'delivery_url' => $delivery_url,
			'secret'       => 'secret',
			'topic'        => 'order.created',
			'api_version'  => 3,
		)
	);
	return (int) $wpdb->insert_id;
}
