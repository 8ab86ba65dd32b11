<?php
/**
 * Rows of the shop, a thousand at a time.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Digest;

use Automattic\WooCommerce\Utilities\OrderUtil;

defined( 'ABSPATH' ) || exit;

/**
 * Goes through a kind by rising id, each page after the last id of the one before: the memory it needs does not grow
 * with the shop, and what is added or removed meanwhile moves nothing.
 *
 * Orders are read where WooCommerce says that they are: in the tables of HPOS, or in posts.
 */
class Rows {

	const PAGE   = 1000;
	const TYPES  = array(
		'orders'     => 'shop_order',
		'refunds'    => 'shop_order_refund',
		'products'   => 'product',
		'variations' => 'product_variation',
		'coupons'    => 'shop_coupon',
		'customers'  => '',
	);
	const DRAFTS = array( 'trash', 'auto-draft', 'draft', 'checkout-draft', 'wc-checkout-draft' );

	/**
	 * Tells whether orders are in tables of their own.
	 */
	public static function has_order_tables(): bool {
		return class_exists( OrderUtil::class ) && OrderUtil::custom_orders_table_usage_is_enabled();
	}

	/**
	 * Answers the next rows: id, made, changed, and more by kind.
	 *
	 * @param string $kind  One of TYPES.
	 * @param int    $after Only ids above.
	 * @param int    $most  How many.
	 * @return object[]
	 */
	public static function page( string $kind, int $after, int $most = self::PAGE ): array {
		global $wpdb;
		list( $columns, $from, $where, $id ) = self::source( $kind );
		$found = $wpdb->get_results( $wpdb->prepare( "SELECT {$columns} FROM {$from} WHERE {$id} > %d AND {$where} ORDER BY {$id} LIMIT %d", $after, $most ) );

		$wpdb->queries = array(); // Where every query is kept for looking at, they would fill the memory.
		return (array) $found;
	}

	/**
	 * Answers how many there are.
	 *
	 * @param string $kind One of TYPES.
	 */
	public static function count( string $kind ): int {
		global $wpdb;
		list( , $from, $where ) = self::source( $kind );
		return (int) $wpdb->get_var( "SELECT COUNT(*) FROM {$from} WHERE {$where}" );
	}

	/**
	 * Answers the first value of some names that are kept beside rows.
	 *
	 * @param string   $table  Table of names and values.
	 * @param string   $column Column of the row's id in it.
	 * @param object[] $rows   Rows.
	 * @param string[] $names  Names.
	 * @param string   $owner  Which of a row's ids: `id` or `parent`.
	 * @return array<int, array<string, string>> By id and name.
	 */
	public static function beside( string $table, string $column, array $rows, array $names, string $owner = 'id' ): array {
		global $wpdb;
		$ids = array_unique( array_map( 'intval', array_column( $rows, $owner ) ) );
		if ( ! $ids ) {
			return array();
		}
		$key   = $wpdb->usermeta === $table ? 'umeta_id' : ( $wpdb->postmeta === $table ? 'meta_id' : 'id' );
		$ids   = implode( ',', $ids );
		$kinds = implode( ', ', array_fill( 0, count( $names ), '%s' ) );
		$found = array();
		foreach ( $wpdb->get_results( $wpdb->prepare( "SELECT {$column} AS owner, meta_key, meta_value FROM {$table} WHERE {$column} IN ({$ids}) AND meta_key IN ({$kinds}) ORDER BY {$key}", $names ) ) as $row ) {
			$known                      = $found[ (int) $row->owner ] ?? array();
			$found[ (int) $row->owner ] = $known + array( $row->meta_key => (string) $row->meta_value );
		}
		return $found;
	}

	/**
	 * Answers what to read of a kind: columns, tables, condition, and the id's column.
	 *
	 * @param string $kind One of TYPES.
	 * @return string[]
	 */
	private static function source( string $kind ): array {
		if ( 'customers' === $kind ) {
			return self::users();
		}
		$is_order = in_array( $kind, array( 'orders', 'refunds' ), true );
		return $is_order && self::has_order_tables() ? self::order_tables( $kind ) : self::posts( $kind );
	}

	/**
	 * Answers where HPOS keeps orders and refunds. A refund has its order's currency, and counts while that does.
	 *
	 * @param string $kind orders or refunds.
	 * @return string[]
	 */
	private static function order_tables( string $kind ): array {
		$table   = OrderUtil::get_table_for_orders();
		$columns = 'o.id, o.status, o.total_amount AS total, o.parent_order_id AS parent, o.date_created_gmt AS made, o.date_updated_gmt AS changed';
		$where   = "o.type = '" . self::TYPES[ $kind ] . "' AND ";
		if ( 'refunds' === $kind ) {
			return array( "{$columns}, q.currency", "{$table} o JOIN {$table} q ON q.id = o.parent_order_id", $where . self::none_of( 'q.status', self::DRAFTS ), 'o.id' );
		}
		return array( "{$columns}, o.currency", "{$table} o", $where . self::none_of( 'o.status', self::DRAFTS ), 'o.id' );
	}

	/**
	 * Answers where posts are, as lists show them with status "any".
	 *
	 * @param string $kind One of TYPES.
	 * @return string[]
	 */
	private static function posts( string $kind ): array {
		global $wpdb;
		$columns = 'p.ID AS id, p.post_status AS status, p.post_parent AS parent, p.post_date_gmt AS made, p.post_modified_gmt AS changed';
		$where   = "p.post_type = '" . self::TYPES[ $kind ] . "' AND ";
		if ( 'refunds' === $kind ) {
			return array( $columns, "{$wpdb->posts} p JOIN {$wpdb->posts} q ON q.ID = p.post_parent", $where . self::none_of( 'q.post_status', self::DRAFTS ), 'p.ID' );
		}
		$hidden = 'orders' === $kind ? self::DRAFTS : array_values( get_post_stati( array( 'exclude_from_search' => true ) ) );
		return array( $columns, "{$wpdb->posts} p", $where . self::none_of( 'p.post_status', $hidden ), 'p.ID' );
	}

	/**
	 * Answers where people are: of all roles, and in a network those of this site.
	 *
	 * @return string[]
	 */
	private static function users(): array {
		global $wpdb;
		$from = "{$wpdb->users} u";
		if ( is_multisite() ) {
			$from .= $wpdb->prepare( " JOIN {$wpdb->usermeta} c ON c.user_id = u.ID AND c.meta_key = %s", $wpdb->get_blog_prefix() . 'capabilities' );
		}
		return array( 'u.ID AS id, 0 AS parent, u.user_registered AS made, NULL AS changed', $from, '1 = 1', 'u.ID' );
	}

	/**
	 * Answers a condition that leaves some values out.
	 *
	 * @param string   $column Column.
	 * @param string[] $values Values.
	 */
	private static function none_of( string $column, array $values ): string {
		global $wpdb;
		return "{$column} NOT IN (" . $wpdb->prepare( implode( ', ', array_fill( 0, count( $values ), '%s' ) ), $values ) . ')';
	}
}
