<?php
/**
 * Which price a product had when.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Prices;

use LuxeBrain\Tables;

defined( 'ABSPATH' ) || exit;

/**
 * A row per change. The newest of a product says what shoppers have to be told, so that no page works anything out.
 */
class History {

	const MOST_READ = 500;
	const KEPT_DAYS = 400;
	const NEW       = 3600; // Seconds from a product's making to the first look at it, within which its whole life is known.

	/**
	 * Answers the table. `family_id` is the product whose variation it is, or itself; `unit` what its amounts are in.
	 */
	public static function schema(): string {
		return 'CREATE TABLE ' . Tables::name( 'prices' ) . " (
  id bigint(20) unsigned NOT NULL AUTO_INCREMENT,
  product_id bigint(20) unsigned NOT NULL,
  family_id bigint(20) unsigned NOT NULL,
  price decimal(19,4) DEFAULT NULL,
  regular decimal(19,4) DEFAULT NULL,
  lowest decimal(19,4) DEFAULT NULL,
  unit varchar(20) NOT NULL DEFAULT '',
  is_current tinyint(1) NOT NULL,
  at int(10) unsigned NOT NULL,
  PRIMARY KEY  (id),
  KEY product (product_id,is_current,id),
  KEY family (family_id,is_current)
) {$GLOBALS['wpdb']->get_charset_collate()};";
	}

	/**
	 * Compares products with what is known of them, and keeps what changed.
	 *
	 * @param int[] $ids Products and variations.
	 * @param int   $at  Unix seconds.
	 * @return array{changed: int[], new: int[]} Families whose price is another one now, and those never seen before.
	 */
	public static function record( array $ids, int $at ): array {
		$known = self::current( $ids );
		$found = array(
			'changed' => array(),
			'new'     => array(),
		);
		foreach ( array_unique( array_map( 'intval', $ids ) ) as $id ) {
			$product = wc_get_product( $id );
			if ( ! $product || $product->is_type( 'variable' ) || $product->is_type( 'grouped' ) ) {
				continue; // Their prices are those of others.
			}
			$state = array( $at, self::price_of( $product ), self::amount( $product->get_regular_price( 'edit' ) ), self::unit() );
			if ( isset( $known[ $id ] ) && array_slice( $known[ $id ], 1 ) === array_slice( $state, 1 ) ) {
				continue;
			}
			$family = $product->is_type( 'variation' ) ? (int) $product->get_parent_id() : $id;
			$found[ isset( $known[ $id ] ) ? 'changed' : 'new' ][] = $family;
			if ( ! isset( $known[ $id ] ) && $at - (int) get_post_timestamp( $id ) <= self::NEW ) {
				self::add( $id, $family, array( 0, null, null, self::unit() ) ); // Before it was made, nobody could buy it.
			}
			self::add( $id, $family, $state );
		}
		return array_map( 'array_unique', $found );
	}

	/**
	 * Answers what is said beside the price of each reduced product of some families.
	 *
	 * @param int[] $families Ids.
	 * @return array<int, array<int, array{0: float, 1: float}>> Family, product: its price, and the lowest before.
	 */
	public static function lowest_of( array $families ): array {
		global $wpdb;
		$ids   = self::listed( $families );
		$rows  = $wpdb->get_results( $wpdb->prepare( 'SELECT product_id, family_id, price, lowest FROM ' . Tables::name( 'prices' ) . " WHERE family_id IN ({$ids}) AND is_current = 1 AND lowest IS NOT NULL AND unit = %s ORDER BY id", self::unit() ) );
		$found = array();
		foreach ( (array) $rows as $row ) {
			$found[ (int) $row->family_id ][ (int) $row->product_id ] = array( (float) $row->price, (float) $row->lowest );
		}
		return $found;
	}

	/**
	 * Answers how many products are reduced without a lowest price to name: what they cost before is not known.
	 */
	public static function count_unknown(): int {
		global $wpdb;
		return (int) $wpdb->get_var( 'SELECT COUNT(DISTINCT family_id) FROM ' . Tables::name( 'prices' ) . ' WHERE is_current = 1 AND price < regular AND lowest IS NULL' );
	}

	/**
	 * Forgets a product that was deleted for good.
	 *
	 * @param int $id Product or variation.
	 */
	public static function forget( int $id ): void {
		global $wpdb;
		$wpdb->delete( Tables::name( 'prices' ), array( 'product_id' => $id ) );
	}

	/**
	 * Forgets prices that were over long ago. One that was still asked then stays, however old: without it nobody would
	 * know what the next reduction is from.
	 *
	 * @param int $at Unix seconds.
	 */
	public static function prune( int $at ): void {
		global $wpdb;
		$table = Tables::name( 'prices' );
		$until = $at - self::KEPT_DAYS * DAY_IN_SECONDS;
		$ids   = $wpdb->get_col( $wpdb->prepare( "SELECT old.id FROM {$table} AS old WHERE old.is_current = 0 AND old.at < %d AND EXISTS (SELECT 1 FROM {$table} AS later WHERE later.product_id = old.product_id AND later.id > old.id AND later.at < %d) LIMIT 10000", $until, $until ) );
		$wpdb->query( "DELETE FROM {$table} WHERE id IN (" . self::listed( $ids ) . ')' );
	}

	/**
	 * Answers the newest change of each product.
	 *
	 * @param int[] $ids Products.
	 * @return array<int, array{0: int, 1: float|null, 2: float|null, 3: string}>
	 */
	private static function current( array $ids ): array {
		global $wpdb;
		$ids   = self::listed( $ids );
		$rows  = $wpdb->get_results( 'SELECT product_id, at, price, regular, unit FROM ' . Tables::name( 'prices' ) . " WHERE product_id IN ({$ids}) AND is_current = 1 ORDER BY id" );
		$found = array();
		foreach ( (array) $rows as $row ) {
			$found[ (int) $row->product_id ] = self::change( $row );
		}
		return $found;
	}

	/**
	 * Adds a change, and works out what it means for shoppers.
	 *
	 * @param int   $id     Product.
	 * @param int   $family Its parent, or itself.
	 * @param array $state  Change.
	 */
	private static function add( int $id, int $family, array $state ): void {
		global $wpdb;
		$table  = Tables::name( 'prices' );
		$rows   = (array) $wpdb->get_results( $wpdb->prepare( "SELECT at, price, regular, unit FROM {$table} WHERE product_id = %d ORDER BY id DESC LIMIT %d", $id, self::MOST_READ ) );
		$before = array_reverse( array_map( array( self::class, 'change' ), $rows ) );
		$wpdb->update( $table, array( 'is_current' => 0 ), array( 'product_id' => $id, 'is_current' => 1 ) );
		$wpdb->insert(
			$table,
			array(
				'product_id' => $id,
				'family_id'  => $family,
				'price'      => $state[1],
				'regular'    => $state[2],
				'lowest'     => Lowest::before_reduction( array_merge( $before, array( $state ) ), wp_timezone() ),
				'unit'       => $state[3],
				'is_current' => 1,
				'at'         => $state[0],
			)
		);
	}

	/**
	 * Answers what a product is sold for; null while it is not sold.
	 *
	 * @param \WC_Product $product Product.
	 */
	private static function price_of( $product ): ?float {
		$is_sold = 'publish' === $product->get_status() && ( ! $product->is_type( 'variation' ) || 'publish' === get_post_status( $product->get_parent_id() ) );
		return $is_sold ? self::amount( $product->get_price( 'edit' ) ) : null;
	}

	/**
	 * Answers a row as a change.
	 *
	 * @param object $row Row.
	 */
	private static function change( $row ): array {
		return array( (int) $row->at, self::amount( $row->price ), self::amount( $row->regular ), (string) $row->unit );
	}

	/**
	 * Answers what amounts are in: the shop's own currency, whatever a visitor has chosen, and whether the tax is in them.
	 */
	private static function unit(): string {
		return get_option( 'woocommerce_currency' ) . ( 'yes' === get_option( 'woocommerce_prices_include_tax' ) ? ' with tax' : '' );
	}

	/**
	 * Answers an amount as it comes back from the table; null for none.
	 *
	 * @param mixed $value Amount.
	 */
	private static function amount( $value ): ?float {
		return is_numeric( $value ) ? round( (float) $value, 4 ) : null;
	}

	/**
	 * Answers numbers for a list in SQL; never an empty one.
	 *
	 * @param int[] $ids Numbers.
	 */
	private static function listed( array $ids ): string {
		return implode( ',', array_map( 'intval', $ids ? $ids : array( 0 ) ) );
	}
}
