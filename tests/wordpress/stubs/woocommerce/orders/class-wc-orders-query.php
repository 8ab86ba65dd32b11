<?php
/**
 * Asking for orders.
 *
 * @package LuxeBrain
 */

use Automattic\WooCommerce\Utilities\OrderUtil;

defined( 'ABSPATH' ) || exit;

/**
 * What wc_get_orders() does, for the arguments that are used here.
 */
class WC_Order_Query {

	/**
	 * What is asked for.
	 *
	 * @var array
	 */
	private $args;

	/**
	 * Takes the question.
	 *
	 * @param array $args limit, page, offset, orderby, order, type, status, customer, customer_id, billing_email, parent, include, return, paginate.
	 */
	public function __construct( $args = array() ) {
		$this->args = $args + array(
			'limit'   => get_option( 'posts_per_page' ),
			'orderby' => 'date',
			'order'   => 'DESC',
			'type'    => array( 'shop_order', 'shop_order_refund' ),
			'status'  => array_keys( wc_get_order_statuses() ),
			'return'  => 'objects',
		);
	}

	/**
	 * Answers orders, or their ids.
	 */
	public function get_orders() {
		global $wpdb;
		$pieces = $this->pieces();
		if ( OrderUtil::custom_orders_table_usage_is_enabled() ) {
			$pieces = apply_filters_ref_array( 'woocommerce_orders_table_query_clauses', array( $pieces, &$this, $this->args ) );
		}
		$table = OrderUtil::get_table_for_orders();
		$ids   = array_map( 'intval', $wpdb->get_col( "SELECT {$pieces['fields']} FROM {$table} {$pieces['join']} WHERE {$pieces['where']} GROUP BY {$pieces['groupby']} ORDER BY {$pieces['orderby']} {$pieces['limits']}" ) );
		$found = 'ids' === $this->args['return'] ? $ids : array_values( array_filter( array_map( 'wc_get_order', $ids ) ) );
		if ( empty( $this->args['paginate'] ) ) {
			return $found;
		}
		$total = (int) $wpdb->get_var( "SELECT COUNT(*) FROM {$table} {$pieces['join']} WHERE {$pieces['where']}" );
		return (object) array(
			'orders'        => $found,
			'total'         => $total,
			'max_num_pages' => (int) ceil( $total / max( 1, (int) $this->args['limit'] ) ),
		);
	}

	/**
	 * Answers the parts of the question, as WooCommerce's filter gets them.
	 */
	private function pieces() {
		$table   = OrderUtil::get_table_for_orders();
		$is_new  = OrderUtil::custom_orders_table_usage_is_enabled();
		$id      = $is_new ? "{$table}.id" : "{$table}.ID";
		$columns = array(
			'id'       => $id,
			'ID'       => $id,
			'date'     => $is_new ? "{$table}.date_created_gmt" : "{$table}.post_date_gmt",
			'modified' => $is_new ? "{$table}.date_updated_gmt" : "{$table}.post_modified_gmt",
		);
		$limit   = (int) $this->args['limit'];
		$offset  = (int) ( $this->args['offset'] ?? ( max( 1, (int) ( $this->args['page'] ?? 1 ) ) - 1 ) * $limit );
		return array(
			'fields'  => $id,
			'join'    => '',
			'where'   => $this->where( $table, $is_new, $id ),
			'groupby' => $id,
			'orderby' => ( $columns[ $this->args['orderby'] ] ?? $columns['date'] ) . ( 'ASC' === strtoupper( $this->args['order'] ) ? ' ASC' : ' DESC' ),
			'limits'  => $limit < 0 ? '' : "LIMIT {$offset}, {$limit}",
		);
	}

	/**
	 * Answers the condition.
	 *
	 * @param string $table  Table.
	 * @param bool   $is_new Whether it is HPOS's.
	 * @param string $id     Column.
	 */
	private function where( $table, $is_new, $id ) {
		$columns = array(
			'type'   => $is_new ? 'type' : 'post_type',
			'status' => $is_new ? 'status' : 'post_status',
			'parent' => $is_new ? 'parent_order_id' : 'post_parent',
		);
		$parts   = array( '1=1' );
		$wanted  = array(
			'type'   => (array) $this->args['type'],
			'status' => $this->statuses(),
			'parent' => (array) ( $this->args['parent'] ?? array() ),
		);
		foreach ( array_filter( $wanted ) as $name => $values ) {
			$parts[] = $this->one_of( "{$table}.{$columns[ $name ]}", $values );
		}
		if ( ! empty( $this->args['include'] ) || ! empty( $this->args['post__in'] ) ) {
			$parts[] = $this->one_of( $id, (array) ( $this->args['include'] ?? $this->args['post__in'] ) );
		}
		foreach ( array( 'customer', 'customer_id', 'billing_email' ) as $name ) {
			if ( isset( $this->args[ $name ] ) ) {
				$parts[] = $this->of_customer( $table, $is_new, $id, $this->args[ $name ] );
			}
		}
		return implode( ' AND ', $parts );
	}

	/**
	 * Answers the statuses that are asked for; none for all.
	 */
	private function statuses() {
		$known = array_keys( wc_get_order_statuses() );
		$asked = array_filter( (array) $this->args['status'] );
		if ( in_array( 'all', $asked, true ) ) {
			return array();
		}
		$asked = in_array( 'any', $asked, true ) ? $known : $asked;
		return array_map( fn( $status ) => in_array( "wc-{$status}", $known, true ) ? "wc-{$status}" : $status, $asked );
	}

	/**
	 * Answers the condition on whose order it is: an id, an address, or some of both.
	 *
	 * @param string $table  Table.
	 * @param bool   $is_new Whether it is HPOS's.
	 * @param string $id     Column.
	 * @param mixed  $who    Whom.
	 */
	private function of_customer( $table, $is_new, $id, $who ) {
		global $wpdb;
		$parts = array();
		foreach ( (array) $who as $one ) {
			$is_id = is_numeric( $one );
			if ( $is_new ) {
				$parts[] = $wpdb->prepare( $is_id ? "{$table}.customer_id = %d" : "{$table}.billing_email = %s", $one );
			} else {
				$parts[] = $wpdb->prepare( "EXISTS (SELECT 1 FROM {$wpdb->postmeta} m WHERE m.post_id = {$id} AND m.meta_key = %s AND m.meta_value = %s)", $is_id ? '_customer_user' : '_billing_email', $one );
			}
		}
		return '(' . implode( ' OR ', $parts ) . ')';
	}

	/**
	 * Answers a condition.
	 *
	 * @param string $column Column.
	 * @param array  $values What it may be.
	 */
	private function one_of( $column, $values ) {
		global $wpdb;
		return "{$column} IN (" . implode( ', ', array_map( fn( $value ) => $wpdb->prepare( '%s', $value ), $values ) ) . ')';
	}
}
