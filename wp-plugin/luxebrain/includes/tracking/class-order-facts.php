<?php
/**
 * Orders, as the shop's server sees them.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Tracking;

use LuxeBrain\Settings;

defined( 'ABSPATH' ) || exit;

/**
 * An order is told by the request in which the shopper places it, and never by the thank-you page, which may be
 * reloaded. Its id is made from its number, so that it is one event however often it is told.
 */
class Order_Facts {

	const NEAR = 3540000;

	/**
	 * Orders told in this request.
	 *
	 * @var array<int, bool>
	 */
	private static $told = array();

	/**
	 * Orders that came up, by number, to be looked at when the request ends: until then they are not whole.
	 *
	 * @var array<int, bool>
	 */
	private static $new = array();

	/**
	 * Takes an order from the classic checkout.
	 *
	 * @param int             $id     Order.
	 * @param array           $posted What was sent.
	 * @param \WC_Order|false $order  Order.
	 */
	public static function take_classic( $id, $posted = array(), $order = false ): void {
		$order = $order ? $order : wc_get_order( $id );
		if ( $order ) {
			self::tell( $order );
		}
	}

	/**
	 * Takes an order from the checkout block.
	 *
	 * @param \WC_Order $order Order.
	 */
	public static function take_block( $order ): void {
		self::tell( $order );
	}

	/**
	 * Notes an order made in another way, by an express checkout for example.
	 *
	 * @param int $id Order.
	 */
	public static function note_new( $id ): void {
		if ( '' !== Consent::visitor() ) {
			self::$new[ (int) $id ] = true;
		}
	}

	/**
	 * Tells those that nobody told until the end of the request.
	 */
	public static function tell_rest(): void {
		$left      = array_diff_key( self::$new, self::$told );
		self::$new = array();
		foreach ( array_keys( $left ) as $id ) {
			Facts::quietly(
				function () use ( $id ) {
					$order = wc_get_order( $id );
					if ( $order && ! $order->has_status( array( 'checkout-draft', 'auto-draft', 'trash' ) ) ) {
						self::tell( $order );
					}
				}
			);
		}
	}

	/**
	 * Tells where an order went. Of a shopper who agreed, as theirs; in the shop's own work, of nobody.
	 *
	 * @param int    $id   Order.
	 * @param string $from Status before.
	 * @param string $to   Status now.
	 */
	public static function tell_status( $id, $from, $to ): void {
		if ( in_array( 'checkout-draft', array( $from, $to ), true ) || ! Settings::get( 'tracking' ) ) {
			return;
		}
		$fact = array(
			'name'       => 'order_status',
			'properties' => array(
				'order' => (int) $id,
				'from'  => (string) $from,
				'to'    => (string) $to,
			),
		);
		if ( Consent::is_shopper() ) {
			Facts::tell( 'custom', $fact );
		} else {
			Facts::keep( 'custom', $fact, false );
		}
	}

	/**
	 * Tells an order of the shopper who places it, once.
	 *
	 * @param \WC_Order $order Order.
	 */
	private static function tell( $order ): void {
		$id = (int) $order->get_id();
		if ( isset( self::$told[ $id ] ) ) {
			return;
		}
		self::$told[ $id ] = true;
		Facts::quietly(
			function () use ( $order ) {
				Facts::tell( 'order', self::fields( $order ) );
			}
		);
	}

	/**
	 * Answers what events say of an order.
	 *
	 * @param \WC_Order $order Order.
	 */
	private static function fields( $order ): array {
		$now    = (int) ( microtime( true ) * 1000 );
		$made   = $order->get_date_created();
		$begun  = $made ? $made->getTimestamp() * 1000 : $now;
		$fields = array(
			'id'       => Event_Id::of( $begun, 'order:' . $order->get_id() ),
			// A checkout block's order begins as a draft. LuxeBrain believes in an order told within an hour of its date.
			'at'       => min( $now, $begun + self::NEAR ),
			'order'    => (int) $order->get_id(),
			'value'    => max( 0, (float) $order->get_total() ),
			'currency' => $order->get_currency(),
			'items'    => self::items( $order ),
		);
		$codes  = array_values( $order->get_coupon_codes() );
		if ( $codes ) {
			$fields['coupon'] = mb_substr( (string) $codes[0], 0, 64 );
		}
		if ( $order->get_customer_id() ) {
			$fields['customer'] = (int) $order->get_customer_id();
		}
		return $fields;
	}

	/**
	 * Answers an order's products.
	 *
	 * @param \WC_Order $order Order.
	 */
	private static function items( $order ): array {
		$items = array();
		foreach ( $order->get_items() as $line ) {
			$paid    = (float) $line->get_total() + (float) $line->get_total_tax();
			$items[] = Facts::item( (int) $line->get_product_id(), (int) $line->get_variation_id(), (float) $line->get_quantity(), $paid );
		}
		return array_slice( array_values( array_filter( $items ) ), 0, Facts::MOST_ITEMS );
	}
}
