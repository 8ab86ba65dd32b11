<?php
/**
 * Where orders are kept: HPOS's tables by their real columns, or posts.
 *
 * @package LuxeBrain
 */

use Automattic\WooCommerce\Utilities\OrderUtil;

defined( 'ABSPATH' ) || exit;

/**
 * Reads and writes the rows of orders and refunds.
 */
class WC_Order_Tables {

	const ADDRESS = array( 'first_name', 'last_name', 'company', 'address_1', 'address_2', 'city', 'state', 'postcode', 'country', 'email', 'phone' );
	const MAIN    = array(
		'status'               => 'status',
		'currency'             => 'currency',
		'tax_amount'           => 'total_tax',
		'total_amount'         => 'total',
		'customer_id'          => 'customer_id',
		'parent_order_id'      => 'parent_id',
		'payment_method'       => 'payment_method',
		'payment_method_title' => 'payment_method_title',
		'transaction_id'       => 'transaction_id',
		'ip_address'           => 'customer_ip_address',
		'user_agent'           => 'customer_user_agent',
		'customer_note'        => 'customer_note',
	);
	const BESIDE  = array(
		'created_via'           => 'created_via',
		'woocommerce_version'   => 'version',
		'cart_hash'             => 'cart_hash',
		'order_key'             => 'order_key',
		'shipping_tax_amount'   => 'shipping_tax',
		'shipping_total_amount' => 'shipping_total',
		'discount_tax_amount'   => 'discount_tax',
		'discount_total_amount' => 'discount_total',
	);
	const POST    = array(
		'_order_currency'       => 'currency',
		'_order_tax'            => 'total_tax',
		'_order_total'          => 'total',
		'_customer_user'        => 'customer_id',
		'_payment_method'       => 'payment_method',
		'_payment_method_title' => 'payment_method_title',
		'_created_via'          => 'created_via',
		'_order_key'            => 'order_key',
		'_order_shipping'       => 'shipping_total',
		'_order_shipping_tax'   => 'shipping_tax',
		'_cart_discount'        => 'discount_total',
		'_cart_discount_tax'    => 'discount_tax',
		'_order_version'        => 'version',
	);

	/**
	 * Makes the tables, as WooCommerce does when it is activated.
	 */
	public static function make() {
		global $wpdb;
		$p = $wpdb->prefix;
		foreach ( self::schema( $p ) as $sql ) {
			$wpdb->query( $sql );
		}
	}

	/**
	 * Answers how the tables are made.
	 *
	 * @param string $p Prefix.
	 */
	private static function schema( $p ) {
		$address = implode( ' text null, ', self::ADDRESS ) . ' text null';
		return array(
			"CREATE TABLE IF NOT EXISTS {$p}wc_orders (id bigint unsigned NOT NULL, status varchar(20) NULL, currency varchar(10) NULL, type varchar(20) NULL, tax_amount decimal(26,8) NULL, total_amount decimal(26,8) NULL, customer_id bigint unsigned NULL, billing_email varchar(320) NULL, date_created_gmt datetime NULL, date_updated_gmt datetime NULL, parent_order_id bigint unsigned NULL, payment_method varchar(100) NULL, payment_method_title text NULL, transaction_id varchar(100) NULL, ip_address varchar(100) NULL, user_agent text NULL, customer_note text NULL, PRIMARY KEY (id), KEY status (status), KEY date_created (date_created_gmt), KEY customer_id_billing_email (customer_id, billing_email(171)), KEY billing_email (billing_email(191)), KEY type_status_date (type, status, date_created_gmt), KEY parent_order_id (parent_order_id), KEY date_updated (date_updated_gmt))",
			"CREATE TABLE IF NOT EXISTS {$p}wc_order_addresses (id bigint unsigned NOT NULL AUTO_INCREMENT, order_id bigint unsigned NOT NULL, address_type varchar(20) NULL, {$address}, PRIMARY KEY (id), UNIQUE KEY address_type_order_id (address_type, order_id), KEY order_id (order_id))",
			"CREATE TABLE IF NOT EXISTS {$p}wc_order_operational_data (id bigint unsigned NOT NULL AUTO_INCREMENT, order_id bigint unsigned NULL, created_via varchar(100) NULL, woocommerce_version varchar(20) NULL, prices_include_tax tinyint(1) NULL, coupon_usages_are_counted tinyint(1) NULL, download_permission_granted tinyint(1) NULL, cart_hash varchar(100) NULL, new_order_email_sent tinyint(1) NULL, order_key varchar(100) NULL, order_stock_reduced tinyint(1) NULL, date_paid_gmt datetime NULL, date_completed_gmt datetime NULL, shipping_tax_amount decimal(26,8) NULL, shipping_total_amount decimal(26,8) NULL, discount_tax_amount decimal(26,8) NULL, discount_total_amount decimal(26,8) NULL, recorded_sales tinyint(1) NULL, PRIMARY KEY (id), UNIQUE KEY order_id (order_id), KEY order_key (order_key))",
			"CREATE TABLE IF NOT EXISTS {$p}wc_orders_meta (id bigint unsigned NOT NULL AUTO_INCREMENT, order_id bigint unsigned NULL, meta_key varchar(255) NULL, meta_value text NULL, PRIMARY KEY (id), KEY meta_key_value (meta_key(100), meta_value(82)), KEY order_id_meta_key_meta_value (order_id, meta_key(100), meta_value(82)))",
			"CREATE TABLE IF NOT EXISTS {$p}woocommerce_order_items (order_item_id bigint unsigned NOT NULL AUTO_INCREMENT, order_item_name text NOT NULL, order_item_type varchar(200) NOT NULL DEFAULT '', order_id bigint unsigned NOT NULL, PRIMARY KEY (order_item_id), KEY order_id (order_id))",
			"CREATE TABLE IF NOT EXISTS {$p}woocommerce_order_itemmeta (meta_id bigint unsigned NOT NULL AUTO_INCREMENT, order_item_id bigint unsigned NOT NULL, meta_key varchar(255) DEFAULT NULL, meta_value longtext NULL, PRIMARY KEY (meta_id), KEY order_item_id (order_item_id), KEY meta_key (meta_key(32)))",
		);
	}

	/**
	 * Answers the type of an order; '' for none.
	 *
	 * @param int $id Order or refund.
	 */
	public static function type_of( $id ) {
		global $wpdb;
		$sql  = OrderUtil::custom_orders_table_usage_is_enabled() ? "SELECT type FROM {$wpdb->prefix}wc_orders WHERE id = %d" : "SELECT post_type FROM {$wpdb->posts} WHERE ID = %d";
		$type = (string) $wpdb->get_var( $wpdb->prepare( $sql, $id ) );
		return 0 === strpos( $type, 'shop_order' ) && 'shop_order_placehold' !== $type ? $type : '';
	}

	/**
	 * Answers whose key this is.
	 *
	 * @param string $key Order's key.
	 */
	public static function id_of_key( $key ) {
		global $wpdb;
		$sql = OrderUtil::custom_orders_table_usage_is_enabled() ? "SELECT order_id FROM {$wpdb->prefix}wc_order_operational_data WHERE order_key = %s" : "SELECT post_id FROM {$wpdb->postmeta} WHERE meta_key = '_order_key' AND meta_value = %s";
		return (int) $wpdb->get_var( $wpdb->prepare( $sql, $key ) );
	}

	/**
	 * Answers an id for a new order; HPOS keeps an empty post under it.
	 *
	 * @param string $type Type of order.
	 */
	public static function new_id( $type ) {
		return wp_insert_post(
			array(
				'post_type'   => OrderUtil::custom_orders_table_usage_is_enabled() ? 'shop_order_placehold' : $type,
				'post_status' => 'draft',
				'post_title'  => 'Order',
			)
		);
	}

	/**
	 * Answers what is kept of an order.
	 *
	 * @param int $id Order.
	 * @return array{0: array, 1: array} Fields, meta.
	 */
	public static function read( $id ) {
		return OrderUtil::custom_orders_table_usage_is_enabled() ? self::read_tables( $id ) : self::read_post( $id );
	}

	/**
	 * Keeps an order.
	 *
	 * @param int    $id   Order.
	 * @param string $type Type of order.
	 * @param array  $data Fields.
	 * @param array  $meta Meta.
	 */
	public static function write( $id, $type, $data, $meta ) {
		if ( OrderUtil::custom_orders_table_usage_is_enabled() ) {
			self::write_tables( $id, $type, $data, $meta );
		} else {
			self::write_post( $id, $type, $data, $meta );
		}
	}

	/**
	 * Removes an order for good.
	 *
	 * @param int $id Order.
	 */
	public static function remove( $id ) {
		global $wpdb;
		$wpdb->delete( "{$wpdb->prefix}wc_orders", array( 'id' => $id ) );
		foreach ( array( 'wc_order_addresses', 'wc_order_operational_data', 'wc_orders_meta', 'woocommerce_order_items' ) as $table ) {
			$wpdb->delete( $wpdb->prefix . $table, array( 'order_id' => $id ) );
		}
		wp_delete_post( $id, true );
	}

	/**
	 * Answers what HPOS's tables say.
	 *
	 * @param int $id Order.
	 */
	private static function read_tables( $id ) {
		global $wpdb;
		$p    = $wpdb->prefix;
		$row  = (array) $wpdb->get_row( $wpdb->prepare( "SELECT * FROM {$p}wc_orders WHERE id = %d", $id ), ARRAY_A );
		$data = array(
			'date_created'  => luxebrain_stub_moment( $row['date_created_gmt'] ?? '' ),
			'date_modified' => luxebrain_stub_moment( $row['date_updated_gmt'] ?? '' ),
		);
		$data  += self::named( self::MAIN, $row );
		$beside = (array) $wpdb->get_row( $wpdb->prepare( "SELECT * FROM {$p}wc_order_operational_data WHERE order_id = %d", $id ), ARRAY_A );
		$data  += self::named( self::BESIDE, $beside );

		$data['date_paid']      = luxebrain_stub_moment( $beside['date_paid_gmt'] ?? '' );
		$data['date_completed'] = luxebrain_stub_moment( $beside['date_completed_gmt'] ?? '' );
		$addresses              = $wpdb->get_results( $wpdb->prepare( "SELECT * FROM {$p}wc_order_addresses WHERE order_id = %d", $id ), ARRAY_A );
		foreach ( $addresses as $address ) {
			foreach ( self::ADDRESS as $field ) {
				$data[ "{$address['address_type']}_{$field}" ] = (string) $address[ $field ];
			}
		}
		$meta = $wpdb->get_results( $wpdb->prepare( "SELECT meta_key, meta_value FROM {$p}wc_orders_meta WHERE order_id = %d ORDER BY id", $id ), ARRAY_A );
		return array( $data, array_column( $meta, 'meta_value', 'meta_key' ) );
	}

	/**
	 * Writes HPOS's tables.
	 *
	 * @param int    $id   Order.
	 * @param string $type Type of order.
	 * @param array  $data Fields.
	 * @param array  $meta Meta.
	 */
	private static function write_tables( $id, $type, $data, $meta ) {
		global $wpdb;
		$p   = $wpdb->prefix;
		$row = self::moments( $data, array( 'date_created' => 'date_created_gmt', 'date_modified' => 'date_updated_gmt' ) ) + array(
			'id'            => $id,
			'type'          => $type,
			'billing_email' => $data['billing_email'] ?? '',
		);
		$row += self::named( array_flip( self::MAIN ), $data );
		$wpdb->replace( "{$p}wc_orders", $row );
		$beside = self::moments( $data, array( 'date_paid' => 'date_paid_gmt', 'date_completed' => 'date_completed_gmt' ) ) + array( 'order_id' => $id );
		$beside += self::named( array_flip( self::BESIDE ), $data );
		$wpdb->replace( "{$p}wc_order_operational_data", $beside );
		foreach ( 'shop_order' === $type ? array( 'billing', 'shipping' ) : array() as $which ) {
			$address = array(
				'order_id'     => $id,
				'address_type' => $which,
			);
			$wpdb->replace( "{$p}wc_order_addresses", $address + self::named( self::columns( $which, '' ), $data ) );
		}
		$wpdb->delete( "{$p}wc_orders_meta", array( 'order_id' => $id ) );
		foreach ( $meta as $key => $value ) {
			$wpdb->insert(
				"{$p}wc_orders_meta",
				array(
					'order_id'   => $id,
					'meta_key'   => $key,
					'meta_value' => maybe_serialize( $value ),
				)
			);
		}
	}

	/**
	 * Answers what has a name there under its name here; '' for what is not there.
	 *
	 * @param array $names Name here by name there.
	 * @param array $row   Values by their names there.
	 */
	private static function named( $names, $row ) {
		$found = array();
		foreach ( $names as $there => $here ) {
			$found[ $here ] = $row[ $there ] ?? '';
		}
		return $found;
	}

	/**
	 * Answers how the fields of an address are called, by the order's names.
	 *
	 * @param string $which  billing or shipping.
	 * @param string $prefix Of the names.
	 */
	private static function columns( $which, $prefix ) {
		$found = array();
		foreach ( self::ADDRESS as $field ) {
			$found[ "{$which}_{$field}" ] = $prefix . $field;
		}
		return $found;
	}

	/**
	 * Answers moments as columns.
	 *
	 * @param array $data  Fields.
	 * @param array $names Column of each field.
	 */
	private static function moments( $data, $names ) {
		$found = array();
		foreach ( $names as $field => $column ) {
			$found[ $column ] = empty( $data[ $field ] ) ? null : gmdate( 'Y-m-d H:i:s', $data[ $field ]->getTimestamp() );
		}
		return $found;
	}

	/**
	 * Answers what a post says.
	 *
	 * @param int $id Order.
	 */
	private static function read_post( $id ) {
		$post = get_post( $id );
		$kept = array_map( 'current', (array) get_post_meta( $id ) );
		$data = array(
			'status'        => $post->post_status,
			'parent_id'     => $post->post_parent,
			'customer_note' => $post->post_excerpt,
			'date_created'  => luxebrain_stub_moment( $post->post_date_gmt ),
			'date_modified' => luxebrain_stub_moment( $post->post_modified_gmt ),
		);
		$data += self::named( self::POST + array_flip( self::columns( 'billing', '_billing_' ) ) + array_flip( self::columns( 'shipping', '_shipping_' ) ), $kept );
		$data['date_paid']      = luxebrain_stub_moment( $kept['_date_paid'] ?? '' );
		$data['date_completed'] = luxebrain_stub_moment( $kept['_date_completed'] ?? '' );
		return array( $data, $kept );
	}

	/**
	 * Writes a post.
	 *
	 * @param int    $id   Order.
	 * @param string $type Type of order.
	 * @param array  $data Fields.
	 * @param array  $meta Meta.
	 */
	private static function write_post( $id, $type, $data, $meta ) {
		global $wpdb;
		$wpdb->update(
			$wpdb->posts,
			array(
				'post_type'         => $type,
				'post_status'       => $data['status'],
				'post_parent'       => (int) ( $data['parent_id'] ?? 0 ),
				'post_excerpt'      => $data['customer_note'] ?? '',
				'post_date_gmt'     => gmdate( 'Y-m-d H:i:s', $data['date_created']->getTimestamp() ),
				'post_date'         => $data['date_created']->date( 'Y-m-d H:i:s' ),
				'post_modified_gmt' => gmdate( 'Y-m-d H:i:s', $data['date_modified']->getTimestamp() ),
				'post_modified'     => $data['date_modified']->date( 'Y-m-d H:i:s' ),
			),
			array( 'ID' => $id )
		);
		clean_post_cache( $id );
		$meta = self::named( array_flip( self::POST ), $data ) + $meta;
		foreach ( 'shop_order' === $type ? array( 'billing', 'shipping' ) : array() as $which ) {
			$meta = self::named( self::columns( $which, "_{$which}_" ), $data ) + $meta;
		}
		foreach ( array( 'date_paid', 'date_completed' ) as $field ) {
			$meta[ "_{$field}" ] = empty( $data[ $field ] ) ? '' : $data[ $field ]->getTimestamp();
		}
		foreach ( $meta as $key => $value ) {
			update_post_meta( $id, $key, $value );
		}
	}
}
