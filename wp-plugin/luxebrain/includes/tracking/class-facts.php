<?php
/**
 * What the shop's server sees of a shopper.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Tracking;

use LuxeBrain\Settings;
use Throwable;

defined( 'ABSPATH' ) || exit;

/**
 * Cart, checkout, sign-in and reviews. Only of who agreed; what the tracker sees itself is not told here again.
 */
class Facts {

	const MOST_ITEMS = 200;

	/**
	 * Whether the cart changed in this request.
	 *
	 * @var bool
	 */
	private static $is_cart_changed = false;

	/**
	 * Whether this request told of a checkout already.
	 *
	 * @var bool
	 */
	private static $is_checkout_told = false;

	/**
	 * Notes that the cart changed; what is in it then is told once, at the end of the request.
	 */
	public static function note_cart(): void {
		self::$is_cart_changed = true;
	}

	/**
	 * Tells what is in the cart, if that changed.
	 */
	public static function tell_cart(): void {
		if ( ! self::$is_cart_changed ) {
			return;
		}
		self::$is_cart_changed = false;
		self::quietly( array( Consent_Signs::class, 'note' ) );
		self::quietly(
			function () {
				if ( '' !== Consent::visitor() && WC()->cart ) {
					self::tell( 'cart', self::cart() );
				}
			}
		);
	}

	/**
	 * Tells that the checkout was opened, be it a shortcode or a block.
	 */
	public static function tell_checkout(): void {
		if ( self::$is_checkout_told ) {
			return;
		}
		self::$is_checkout_told = true;
		self::quietly( array( Consent_Signs::class, 'note' ) );
		self::quietly(
			function () {
				if ( '' !== Consent::visitor() && WC()->cart && ! WC()->cart->is_empty() ) {
					self::tell( 'checkout_start', self::cart() );
				}
			}
		);
	}

	/**
	 * Tells who signed in, of customers only: the shop's own people are nobody's shoppers.
	 *
	 * @param string   $login Name.
	 * @param \WP_User $user  Who.
	 */
	public static function tell_login( $login, $user = null ): void {
		if ( $user && ! user_can( $user, 'edit_posts' ) && Consent::may_know() ) {
			self::tell( 'login', array( 'customer' => (int) $user->ID ) );
		}
	}

	/**
	 * Tells of a product's review with stars.
	 *
	 * @param int        $id      Comment.
	 * @param int|string $status  1, 0, or `spam`.
	 * @param array      $comment What was sent.
	 */
	public static function tell_review( $id, $status, $comment = array() ): void {
		$product = (int) ( $comment['comment_post_ID'] ?? 0 );
		$rating  = (int) get_comment_meta( $id, 'rating', true );
		if ( 'spam' !== $status && $rating >= 1 && $rating <= 5 && 'product' === get_post_type( $product ) ) {
			self::tell( 'review', compact( 'product', 'rating' ) );
		}
	}

	/**
	 * Keeps a fact of the shopper who asks, if they agreed.
	 *
	 * @param string $type   As docs/events.md says.
	 * @param array  $fields The type's fields; `id` and `at` where they are not of now.
	 */
	public static function tell( string $type, array $fields ): void {
		$visitor = Consent::visitor();
		if ( '' === $visitor || ! Settings::get( 'tracking' ) ) {
			return;
		}
		$may_know = Consent::may_know();
		$customer = get_current_user_id();
		$who      = array( 'visitor' => $visitor );
		if ( '' !== Consent::session() ) {
			$who['session'] = Consent::session();
		}
		if ( $may_know && $customer && ! user_can( $customer, 'edit_posts' ) ) {
			$who['customer'] = $customer;
		}
		if ( ! $may_know ) {
			unset( $fields['customer'] );
		}
		self::keep( $type, $fields + $who, $may_know );
	}

	/**
	 * Keeps a fact.
	 *
	 * @param string $type        Type.
	 * @param array  $fields      All of it but type, id and moment.
	 * @param bool   $is_personal Whether whom it names agreed to be known.
	 */
	public static function keep( string $type, array $fields, bool $is_personal ): void {
		self::quietly(
			function () use ( $type, $fields, $is_personal ) {
				$at = (int) ( microtime( true ) * 1000 );
				Outbox::add(
					array( 'type' => $type ) + $fields + array(
						'id' => Event_Id::make( $at ),
						'at' => $at,
					),
					$is_personal
				);
			}
		);
	}

	/**
	 * Does something that must not cost a shopper the page, whatever other plugins make of the cart.
	 *
	 * @param callable $verb What.
	 */
	public static function quietly( callable $verb ): void {
		try {
			$verb();
		} catch ( Throwable $error ) {
			do_action( 'luxebrain_fact_lost', $error );
		}
	}

	/**
	 * Answers the cart's items, each at what is paid for one, and their sum.
	 */
	private static function cart(): array {
		$items = array();
		$value = 0.0;
		foreach ( WC()->cart->get_cart() as $line ) {
			$paid     = (float) ( $line['line_total'] ?? 0 ) + (float) ( $line['line_tax'] ?? 0 );
			$value   += $paid;
			$items[]  = self::item( (int) $line['product_id'], (int) $line['variation_id'], (float) $line['quantity'], $paid );
		}
		return array(
			'items'    => array_slice( array_values( array_filter( $items ) ), 0, self::MOST_ITEMS ),
			'value'    => max( 0, round( $value, 4 ) ),
			'currency' => get_woocommerce_currency(),
		);
	}

	/**
	 * Answers one line of a cart or an order as events tell it; empty for what is no product.
	 *
	 * @param int   $product  Product.
	 * @param int   $variant  Variation; 0 for none.
	 * @param float $quantity How many; of what is sold by the meter, one.
	 * @param float $paid     For all of them.
	 */
	public static function item( int $product, int $variant, float $quantity, float $paid ): array {
		if ( $product < 1 || $quantity <= 0 ) {
			return array();
		}
		$item = array(
			'product'  => $product,
			'quantity' => min( 100000, max( 1, (int) $quantity ) ),
			'price'    => max( 0, round( $paid / $quantity, 4 ) ),
		);
		return $variant ? array( 'variant' => $variant ) + $item : $item;
	}
}
