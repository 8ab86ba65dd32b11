<?php
/**
 * What the digest says of each thing.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Digest;

use Automattic\WooCommerce\Utilities\OrderUtil;

defined( 'ABSPATH' ) || exit;

/**
 * One line a thing, as docs/plugin-digest.md of LuxeBrain writes them. Each method takes a page of rows and answers
 * for each: the line's words behind id and moment, and what it adds to the day's sum.
 */
class Lines {

	/**
	 * Answers words and worth of a page.
	 *
	 * @param string   $kind One of Rows::TYPES.
	 * @param object[] $rows Rows of it.
	 * @return array<int, array{0: string[], 1: string}> By id.
	 */
	public static function of( string $kind, array $rows ): array {
		switch ( $kind ) {
			case 'orders':
				return self::orders( $rows );
			case 'refunds':
				return self::refunds( $rows );
			case 'coupons':
				return self::coupons( $rows );
			case 'customers':
				return array_fill_keys( array_column( $rows, 'id' ), array( array(), '0' ) );
			default:
				return self::sellables( $rows, 'variations' === $kind );
		}
	}

	/**
	 * Answers when each was changed last, where that is not in its row: seconds by id.
	 *
	 * @param string   $kind One of Rows::TYPES.
	 * @param object[] $rows Rows of it.
	 * @return array<int, int>
	 */
	public static function changed( string $kind, array $rows ): array {
		global $wpdb;
		if ( 'customers' !== $kind ) {
			return array();
		}
		$found = Rows::beside( $wpdb->usermeta, 'user_id', $rows, array( 'last_update' ) );
		return array_filter( array_map( fn( $meta ) => (int) $meta['last_update'], $found ) );
	}

	/**
	 * Answers an amount with four decimals, rounded as REST shows it; '' for none.
	 *
	 * @param string   $amount   As it is kept.
	 * @param int|null $decimals How many REST shows; null for all.
	 */
	public static function money( string $amount, ?int $decimals = null ): string {
		if ( ! is_numeric( $amount ) ) {
			return '';
		}
		$shown = null === $decimals ? (float) $amount : (float) number_format( (float) $amount, $decimals, '.', '' );
		return number_format( $shown, 4, '.', '' );
	}

	/**
	 * Status and total of orders.
	 *
	 * @param object[] $rows Rows.
	 */
	private static function orders( array $rows ): array {
		$lines = array();
		$own   = get_woocommerce_currency();
		foreach ( self::with_amounts( $rows ) as $row ) {
			$total                    = self::money( $row->total, wc_get_price_decimals() );
			$total                    = '' === $total ? '0.0000' : $total;
			$lines[ (int) $row->id ] = array(
				array( preg_replace( '/^wc-/', '', $row->status ), $total ),
				$row->currency === $own ? $total : '0',
			);
		}
		return $lines;
	}

	/**
	 * Adds total and currency where they are not in the rows.
	 *
	 * @param object[] $rows Rows of orders.
	 * @return object[]
	 */
	private static function with_amounts( array $rows ): array {
		global $wpdb;
		if ( Rows::has_order_tables() ) {
			return $rows;
		}
		$meta = Rows::beside( $wpdb->postmeta, 'post_id', $rows, array( '_order_total', '_order_currency' ) );
		foreach ( $rows as $row ) {
			$row->total    = $meta[ (int) $row->id ]['_order_total'] ?? '';
			$row->currency = $meta[ (int) $row->id ]['_order_currency'] ?? '';
		}
		return $rows;
	}

	/**
	 * Order and amount of refunds; the currency is the order's.
	 *
	 * @param object[] $rows Rows.
	 */
	private static function refunds( array $rows ): array {
		global $wpdb;
		if ( Rows::has_order_tables() ) {
			$meta  = Rows::beside( OrderUtil::get_table_for_order_meta(), 'order_id', $rows, array( '_refund_amount' ) );
			$coins = array_column( $rows, 'currency', 'parent' );
		} else {
			$meta  = Rows::beside( $wpdb->postmeta, 'post_id', $rows, array( '_refund_amount' ) );
			$coins = array_map( 'current', Rows::beside( $wpdb->postmeta, 'post_id', $rows, array( '_order_currency' ), 'parent' ) );
		}
		$own   = get_woocommerce_currency();
		$lines = array();
		foreach ( $rows as $row ) {
			$amount                  = self::money( $meta[ (int) $row->id ]['_refund_amount'] ?? '0', wc_get_price_decimals() );
			$lines[ (int) $row->id ] = array(
				array( (string) (int) $row->parent, $amount ),
				( $coins[ (int) $row->parent ] ?? '' ) === $own ? $amount : '0',
			);
		}
		return $lines;
	}

	/**
	 * Amounts of coupons.
	 *
	 * @param object[] $rows Rows.
	 */
	private static function coupons( array $rows ): array {
		global $wpdb;
		$meta  = Rows::beside( $wpdb->postmeta, 'post_id', $rows, array( 'coupon_amount' ) );
		$lines = array();
		foreach ( $rows as $row ) {
			$amount                  = self::money( $meta[ (int) $row->id ]['coupon_amount'] ?? '', 2 ); // As REST shows it.
			$amount                  = '' === $amount ? '0.0000' : $amount;
			$lines[ (int) $row->id ] = array( array( $amount ), $amount );
		}
		return $lines;
	}

	/**
	 * Status or product, price and stock of products and variations.
	 *
	 * @param object[] $rows     Rows.
	 * @param bool     $has_more Whether they are variations, whose stock may be their product's.
	 */
	private static function sellables( array $rows, bool $has_more ): array {
		global $wpdb;
		$names  = array( '_price', '_stock', '_manage_stock' );
		$meta   = Rows::beside( $wpdb->postmeta, 'post_id', $rows, $names );
		$shared = $has_more ? Rows::beside( $wpdb->postmeta, 'post_id', $rows, array( '_stock', '_manage_stock' ), 'parent' ) : array();
		$lines  = array();
		foreach ( $rows as $row ) {
			$own                     = $meta[ (int) $row->id ] ?? array();
			$stock                   = self::stock( $own, $shared[ (int) $row->parent ] ?? array() );
			$lines[ (int) $row->id ] = array(
				array(
					$has_more ? (string) (int) $row->parent : $row->status,
					self::money( $own['_price'] ?? '' ),
					$stock,
				),
				'0',
			);
		}
		return $lines;
	}

	/**
	 * Answers how many are left: of a variation that is not counted itself, its product's.
	 *
	 * @param array $own   Names and values of the thing.
	 * @param array $whole The same of its product.
	 */
	private static function stock( array $own, array $whole ): string {
		$is_shared = 'yes' !== ( $own['_manage_stock'] ?? '' ) && 'yes' === ( $whole['_manage_stock'] ?? '' );
		$stock     = ( $is_shared ? $whole : $own )['_stock'] ?? '';
		return is_numeric( $stock ) ? (string) (int) $stock : '';
	}
}
