<?php
/**
 * The pages on which a product is shown as somebody's pick.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Shelves;

use LuxeBrain\Prices\Caches;
use LuxeBrain\Schedule;
use LuxeBrain\Settings;
use LuxeBrain\Tables;

defined( 'ABSPATH' ) || exit;

/**
 * A product whose price changed, or that is sold out, stands on other products' cached pages, too. They are looked up in
 * the background: a search through all copies is nothing for a shopper's request.
 */
class Shown {

	const HOOK = 'luxebrain_purge_shown';

	/**
	 * From so many pages on, everything is emptied.
	 */
	const MOST = 200;

	/**
	 * Products that came into stock or went out of it in this request.
	 *
	 * @var array<int, bool>
	 */
	private static $noted = array();

	/**
	 * Notes a product or a variation whose stock status changed.
	 *
	 * @param int $id Which.
	 */
	public static function note( $id ): void {
		self::$noted[ (int) $id ] = true;
	}

	/**
	 * Has the pages of what was noted built anew, once a request.
	 */
	public static function settle(): void {
		$ids         = array_keys( self::$noted );
		self::$noted = array();
		if ( $ids && '' !== Settings::get( 'url' ) ) {
			Caches::purge_products( $ids );
		}
	}

	/**
	 * Plans to empty the pages that show some products.
	 *
	 * @param int[] $ids Products.
	 */
	public static function purge_soon( array $ids ): void {
		if ( '' !== Settings::get( 'url' ) ) {
			Schedule::once( self::HOOK, array( array_values( $ids ) ) );
		}
	}

	/**
	 * Empties the pages that show some products.
	 *
	 * @param int[] $ids Products.
	 */
	public static function purge( $ids ): void {
		global $wpdb;
		$ids = implode( '|', array_filter( array_map( 'absint', (array) $ids ) ) );
		if ( '' === $ids || '' === Settings::get( 'url' ) ) {
			return;
		}
		$table = Tables::name( 'shelves' );
		// Ids stand in lists: [12,15,18].
		$rows = (array) $wpdb->get_results( $wpdb->prepare( "SELECT context, language FROM {$table} WHERE answer REGEXP %s LIMIT %d", "(\\[|,)({$ids})(,|\\])", self::MOST + 1 ) );
		if ( count( $rows ) > self::MOST ) {
			Caches::purge_all();
			return;
		}
		$urls = array();
		foreach ( $rows as $row ) {
			$urls = array_merge( $urls, Context::from_key( $row->context )->urls( $row->language ) );
		}
		Caches::purge_urls( $urls );
	}
}
