<?php
/**
 * What REST shows of things.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Digest;

use Throwable;
use WP_REST_Request;

defined( 'ABSPATH' ) || exit;

/**
 * Asks WooCommerce's own controllers, so that nothing here can show a thing otherwise than WooCommerce's API does.
 */
class Bodies {

	const CONTROLLERS = array(
		'orders'     => 'WC_REST_Orders_Controller',
		'refunds'    => 'WC_REST_Order_Refunds_Controller',
		'products'   => 'WC_REST_Products_Controller',
		'variations' => 'WC_REST_Product_Variations_Controller',
		'coupons'    => 'WC_REST_Coupons_Controller',
		'customers'  => 'WC_REST_Customers_Controller',
	);

	/**
	 * Answers a body for each id. What cannot be shown is a line that says so, and not the end.
	 *
	 * @param string $kind   One of Rows::TYPES.
	 * @param int[]  $ids    Rising.
	 * @param string $fields Names by comma; '' for all.
	 * @return iterable<int, array>
	 */
	public static function of( string $kind, array $ids, string $fields ): iterable {
		$names  = array_filter( array_map( 'trim', explode( ',', $fields ) ) );
		$things = self::things( $kind, $ids );
		foreach ( $ids as $id ) {
			yield $id => self::line( $kind, $id, $things[ $id ] ?? null, $fields, $names );
		}
	}

	/**
	 * Answers the line of a thing.
	 *
	 * @param string      $kind   One of Rows::TYPES.
	 * @param int         $id     Its id.
	 * @param object|null $thing  The thing, where it is known.
	 * @param string      $fields Names by comma.
	 * @param string[]    $names  The same; none for all.
	 */
	private static function line( string $kind, int $id, $thing, string $fields, array $names ): array {
		ob_start(); // What a plugin prints is no part of a line.
		try {
			$body = self::body( $kind, $thing ?? self::thing( $kind, $id ), $fields );
			return $names ? array_intersect_key( $body, array_flip( $names ) ) : $body;
		} catch ( Throwable $error ) {
			return array(
				'luxebrain' => 'broken',
				'id'        => $id,
				'error'     => get_class( $error ),
			);
		} finally {
			ob_end_clean();
		}
	}

	/**
	 * Answers what can be had at once, which is much faster.
	 *
	 * @param string $kind One of Rows::TYPES.
	 * @param int[]  $ids  Ids.
	 * @return array<int, object>
	 */
	private static function things( string $kind, array $ids ): array {
		if ( 'customers' === $kind ) {
			cache_users( $ids );
			return array();
		}
		if ( ! in_array( $kind, array( 'orders', 'refunds' ), true ) ) {
			_prime_post_caches( $ids );
			return array();
		}
		try {
			$found = $ids ? wc_get_orders(
				array(
					'type'     => Rows::TYPES[ $kind ],
					'post__in' => $ids,
					'limit'    => count( $ids ),
				)
			) : array();
		} catch ( Throwable $error ) { // One of them is broken: each by itself tells which.
			return array();
		}
		$things = array();
		foreach ( $found as $thing ) {
			$things[ $thing->get_id() ] = $thing;
		}
		return $things;
	}

	/**
	 * Answers one thing.
	 *
	 * @param string $kind One of Rows::TYPES.
	 * @param int    $id   Its id.
	 * @return object|false
	 */
	private static function thing( string $kind, int $id ) {
		switch ( $kind ) {
			case 'orders':
			case 'refunds':
				return wc_get_order( $id );
			case 'coupons':
				return new \WC_Coupon( $id );
			case 'customers':
				return get_user_by( 'id', $id );
			default:
				return wc_get_product( $id );
		}
	}

	/**
	 * Answers what WooCommerce's controller makes of a thing.
	 *
	 * @param string       $kind   One of Rows::TYPES.
	 * @param object|false $thing  Thing.
	 * @param string       $fields Names by comma.
	 * @throws \UnexpectedValueException Where it shows nothing.
	 */
	private static function body( string $kind, $thing, string $fields ): array {
		if ( ! $thing ) {
			throw new \UnexpectedValueException( 'It is not there.' );
		}
		$class   = self::CONTROLLERS[ $kind ];
		$show    = new $class();
		$request = new WP_REST_Request( 'GET' );
		$request->set_param( 'context', 'view' );
		if ( '' !== $fields ) {
			$request->set_param( '_fields', $fields );
		}
		if ( 'refunds' === $kind ) {
			$request->set_param( 'order_id', $thing->get_parent_id() );
		}
		$shown = 'customers' === $kind ? $show->prepare_item_for_response( $thing, $request ) : $show->prepare_object_for_response( $thing, $request );
		if ( is_wp_error( $shown ) ) {
			throw new \UnexpectedValueException( 'It cannot be shown.' );
		}
		$body = (array) $shown->get_data();
		if ( in_array( $kind, array( 'refunds', 'variations' ), true ) ) {
			$body += array( 'parent_id' => $thing->get_parent_id() ); // Older ones have it in the address only.
		}
		return $body;
	}
}
