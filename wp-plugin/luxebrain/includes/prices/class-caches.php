<?php
/**
 * Has pages built anew after a price changed.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Prices;

use LuxeBrain\Shelves\Shown;

defined( 'ABSPATH' ) || exit;

/**
 * Speaks to WordPress, to WooCommerce, and to six cache plugins by their public functions and actions. An action that
 * nobody listens to does nothing.
 */
class Caches {

	/**
	 * From so many products on, everything is emptied: that is less work.
	 */
	const MOST = 100;

	/**
	 * Empties the pages that show some products: their own, the shop's, their categories', the front page; and a moment
	 * later, in the background, those where they stand on a shelf.
	 *
	 * @param int[] $ids Products; variations stand for their product.
	 */
	public static function purge_products( array $ids ): void {
		$ids = array_unique( array_filter( array_map( array( self::class, 'page_of' ), $ids ) ) );
		if ( ! $ids ) {
			return;
		}
		foreach ( $ids as $id ) {
			clean_post_cache( $id );
			if ( function_exists( 'wc_delete_product_transients' ) ) {
				wc_delete_product_transients( $id );
			}
		}
		if ( count( $ids ) > self::MOST ) {
			self::purge_all();
			return;
		}
		$lists = function_exists( 'wc_get_page_id' ) ? array( wc_get_page_id( 'shop' ), (int) get_option( 'page_on_front' ) ) : array();
		array_map( array( self::class, 'purge_post' ), array_merge( $ids, array_filter( $lists, fn( $id ) => $id > 0 ) ) );
		self::purge_addresses( self::urls_of( $ids ) );
		Shown::purge_soon( $ids );
	}

	/**
	 * Empties pages by their addresses.
	 *
	 * @param string[] $urls Addresses.
	 */
	public static function purge_urls( array $urls ): void {
		$urls = array_values( array_unique( array_filter( $urls ) ) );
		if ( ! $urls ) {
			return;
		}
		self::purge_addresses( $urls );
		if ( ! function_exists( 'wpfc_clear_post_cache_by_id' ) || ! function_exists( 'wpfc_clear_all_cache' ) ) {
			return;
		}
		// WP Fastest Cache knows posts, and no other addresses.
		$posts = array_map( 'url_to_postid', $urls );
		if ( in_array( 0, $posts, true ) ) {
			wpfc_clear_all_cache();
			return;
		}
		array_map( 'wpfc_clear_post_cache_by_id', array_unique( $posts ) );
	}

	/**
	 * Tells the caches that know addresses.
	 *
	 * @param string[] $urls Addresses.
	 */
	private static function purge_addresses( array $urls ): void {
		$urls = array_values( array_unique( array_filter( $urls ) ) );
		if ( function_exists( 'rocket_clean_files' ) ) {
			rocket_clean_files( $urls );
		}
		foreach ( $urls as $url ) {
			do_action( 'litespeed_purge_url', $url );
			do_action( 'cache_enabler_clear_page_cache_by_url', $url );
			if ( function_exists( 'w3tc_flush_url' ) ) {
				w3tc_flush_url( $url );
			}
			if ( function_exists( 'wpsc_delete_url_cache' ) ) {
				wpsc_delete_url_cache( $url );
			}
		}
		/**
		 * Tells other caches which pages have changed.
		 *
		 * @param string[] $urls Addresses.
		 */
		do_action( 'luxebrain_purge_urls', $urls );
	}

	/**
	 * Empties a post's page.
	 *
	 * @param int $id Post.
	 */
	private static function purge_post( int $id ): void {
		do_action( 'litespeed_purge_post', $id );
		foreach ( array( 'rocket_clean_post', 'w3tc_flush_post', 'wpfc_clear_post_cache_by_id' ) as $purge ) {
			if ( function_exists( $purge ) ) {
				$purge( $id );
			}
		}
	}

	/**
	 * Empties everything: the shop was connected, disconnected or set otherwise, or very much changed at once.
	 */
	public static function purge_all(): void {
		foreach ( array( 'page_on_front', 'page_for_posts', 'woocommerce_shop_page_id' ) as $page ) {
			$id = (int) get_option( $page );
			if ( $id > 0 ) {
				clean_post_cache( $id ); // What hosts' own caches listen to.
			}
		}
		do_action( 'litespeed_purge_all' );
		do_action( 'cache_enabler_clear_site_cache' );
		foreach ( array( 'rocket_clean_domain', 'w3tc_flush_posts', 'wp_cache_clear_cache', 'wpfc_clear_all_cache' ) as $purge ) {
			if ( function_exists( $purge ) ) {
				$purge();
			}
		}
		/**
		 * Tells other caches that every page has changed.
		 */
		do_action( 'luxebrain_purge_all' );
	}

	/**
	 * Answers the product on whose page this one is sold.
	 *
	 * @param int $id Product or variation.
	 */
	private static function page_of( $id ): int {
		$post = get_post( (int) $id );
		if ( ! $post ) {
			return 0;
		}
		return 'product_variation' === $post->post_type ? (int) $post->post_parent : (int) $post->ID;
	}

	/**
	 * Answers the addresses that show some products.
	 *
	 * @param int[] $ids Products.
	 * @return string[]
	 */
	private static function urls_of( array $ids ): array {
		$urls = array( home_url( '/' ) );
		if ( function_exists( 'wc_get_page_permalink' ) ) {
			$urls[] = wc_get_page_permalink( 'shop' );
		}
		foreach ( $ids as $id ) {
			$urls[]     = (string) get_permalink( $id );
			$categories = get_the_terms( $id, 'product_cat' );
			foreach ( is_array( $categories ) ? $categories : array() as $category ) {
				$family = array_merge( array( $category->term_id ), get_ancestors( $category->term_id, 'product_cat', 'taxonomy' ) );
				$urls   = array_merge( $urls, array_map( array( self::class, 'category_url' ), $family ) );
			}
		}
		return $urls;
	}

	/**
	 * Answers a category's address; '' where there is none.
	 *
	 * @param int $id Term.
	 */
	private static function category_url( $id ): string {
		$url = get_term_link( (int) $id, 'product_cat' );
		return is_wp_error( $url ) ? '' : $url;
	}
}
