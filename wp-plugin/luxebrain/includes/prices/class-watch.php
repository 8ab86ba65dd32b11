<?php
/**
 * Notices that a price changed, whoever changed it.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Prices;

use LuxeBrain\Schedule;
use LuxeBrain\Settings;

defined( 'ABSPATH' ) || exit;

/**
 * The editor, the bulk editor, REST and the cron job of sales all save products. What was saved is looked at once, when
 * the request ends; what somebody wrote past WooCommerce is found by a look at everything once a day.
 */
class Watch {

	const SWEEP    = 'luxebrain_prices_sweep';
	const SWEEP_ON = 'luxebrain_prices_sweep_on';
	const KEPT     = 'luxebrain_prices_kept'; // Whether a history goes on without a connection: it must have no hole.
	const AT_ONCE  = 100;
	const SECONDS  = 20;

	/**
	 * Products saved in this request.
	 *
	 * @var array<int, bool>
	 */
	private static $saved = array();

	/**
	 * Notes a product or a variation.
	 *
	 * @param int $id Which.
	 */
	public static function note( $id ): void {
		self::$saved[ (int) $id ] = true;
	}

	/**
	 * Notes that a product is sold from now on, or no longer, and its variations with it.
	 *
	 * @param string   $new_status After.
	 * @param string   $old_status Before.
	 * @param \WP_Post $post       Of any type.
	 */
	public static function note_status( $new_status, $old_status, $post ): void {
		if ( ( 'publish' === $new_status ) === ( 'publish' === $old_status ) || ! in_array( $post->post_type, array( 'product', 'product_variation' ), true ) ) {
			return;
		}
		self::note( $post->ID );
		$product = 'product' === $post->post_type && function_exists( 'wc_get_product' ) ? wc_get_product( $post->ID ) : null;
		array_map( array( self::class, 'note' ), $product && $product->is_type( 'variable' ) ? $product->get_children() : array() );
	}

	/**
	 * Forgets a product that was deleted for good.
	 *
	 * @param int      $id   Post.
	 * @param \WP_Post $post Of any type.
	 */
	public static function forget( $id, $post = null ): void {
		if ( $post && in_array( $post->post_type, array( 'product', 'product_variation' ), true ) ) {
			History::forget( (int) $id );
		}
	}

	/**
	 * Looks at what was saved, once a request: keeps what changed, and has the pages built anew that show it.
	 */
	public static function settle(): void {
		$ids         = array_keys( self::$saved );
		self::$saved = array();
		if ( ! $ids || ! self::is_on() ) {
			return;
		}
		$found = History::record( $ids, time() );
		Caches::purge_products( array_merge( $found['changed'], $found['new'] ) );
	}

	/**
	 * Looks at every product, a few at a time. The first look is how the history begins.
	 *
	 * @param int $after The product after which to go on.
	 */
	public static function sweep( $after = 0 ): void {
		global $wpdb;
		if ( ! self::is_on() ) {
			return;
		}
		$until = time() + self::SECONDS;
		do {
			$ids = $wpdb->get_col( $wpdb->prepare( "SELECT ID FROM {$wpdb->posts} WHERE post_type IN ( 'product', 'product_variation' ) AND post_status NOT IN ( 'trash', 'auto-draft' ) AND ID > %d ORDER BY ID LIMIT %d", $after, self::AT_ONCE ) );
			if ( ! $ids ) {
				History::prune( time() );
				return;
			}
			_prime_post_caches( array_map( 'intval', $ids ) );
			Caches::purge_products( History::record( $ids, time() )['changed'] );
			$after = (int) end( $ids );
		} while ( time() < $until );
		Schedule::once( self::SWEEP_ON, array( $after ) );
	}

	/**
	 * Tells whether there is anything to watch.
	 */
	private static function is_on(): bool {
		return function_exists( 'wc_get_product' ) && ( '' !== Settings::get( 'url' ) || get_option( self::KEPT ) );
	}
}
