<?php
/**
 * A coupon.
 *
 * @package LuxeBrain
 */

defined( 'ABSPATH' ) || exit;

/**
 * Kept in a post of type shop_coupon, by WooCommerce's names.
 */
class WC_Coupon {

	const META = array(
		'discount_type'        => 'discount_type',
		'amount'               => 'coupon_amount',
		'usage_count'          => 'usage_count',
		'usage_limit'          => 'usage_limit',
		'usage_limit_per_user' => 'usage_limit_per_user',
		'minimum_amount'       => 'minimum_amount',
		'maximum_amount'       => 'maximum_amount',
		'date_expires'         => 'date_expires',
		'individual_use'       => 'individual_use',
		'free_shipping'        => 'free_shipping',
		'email_restrictions'   => 'customer_email',
	);

	/**
	 * Id; 0 before it is saved.
	 *
	 * @var int
	 */
	private $id = 0;

	/**
	 * Fields.
	 *
	 * @var array
	 */
	private $data = array(
		'code'          => '',
		'status'        => 'publish',
		'description'   => '',
		'discount_type' => 'fixed_cart',
		'amount'        => '0',
		'usage_count'   => 0,
	);

	/**
	 * Reads one by id or code, or begins.
	 *
	 * @param int|string $coupon Id or code.
	 */
	public function __construct( $coupon = '' ) {
		$id = is_numeric( $coupon ) ? (int) $coupon : ( '' === $coupon ? 0 : wc_get_coupon_id_by_code( $coupon ) );
		if ( ! is_numeric( $coupon ) ) {
			$this->data['code'] = strtolower( $coupon );
		}
		$post = $id ? get_post( $id ) : null;
		if ( $post && 'shop_coupon' === $post->post_type ) {
			$this->id   = $id;
			$this->data = array(
				'code'          => $post->post_title,
				'status'        => $post->post_status,
				'description'   => $post->post_excerpt,
				'date_created'  => luxebrain_stub_moment( $post->post_date_gmt ),
				'date_modified' => luxebrain_stub_moment( $post->post_modified_gmt ),
			);
			foreach ( self::META as $field => $name ) {
				$this->data[ $field ] = get_post_meta( $id, $name, true );
			}
		}
	}

	/**
	 * Answers get_… and takes set_….
	 *
	 * @param string $name      Method.
	 * @param array  $arguments Arguments.
	 */
	public function __call( $name, $arguments ) {
		$field = substr( $name, 4 );
		if ( 0 === strpos( $name, 'set_' ) ) {
			$this->data[ $field ] = $arguments[0];
			return null;
		}
		return $this->data[ $field ] ?? '';
	}

	/**
	 * Answers the id.
	 */
	public function get_id() {
		return $this->id;
	}

	/**
	 * Answers when it ends.
	 */
	public function get_date_expires() {
		return luxebrain_stub_moment( $this->data['date_expires'] ?? '' );
	}

	/**
	 * Keeps it.
	 */
	public function save() {
		$is_new   = ! $this->id;
		$post     = array(
			'ID'           => $this->id,
			'post_type'    => 'shop_coupon',
			'post_title'   => strtolower( $this->data['code'] ),
			'post_status'  => $this->data['status'],
			'post_excerpt' => $this->data['description'],
		);
		$this->id = $is_new ? wp_insert_post( $post ) : wp_update_post( $post );
		foreach ( self::META as $field => $name ) {
			if ( isset( $this->data[ $field ] ) ) {
				update_post_meta( $this->id, $name, $this->data[ $field ] );
			}
		}
		do_action( $is_new ? 'woocommerce_new_coupon' : 'woocommerce_update_coupon', $this->id, $this );
		return $this->id;
	}
}

/**
 * Answers the coupon of a code; 0 for none.
 *
 * @param string $code Code, in any case.
 */
function wc_get_coupon_id_by_code( $code ) {
	global $wpdb;
	return (int) $wpdb->get_var( $wpdb->prepare( "SELECT ID FROM {$wpdb->posts} WHERE post_type = 'shop_coupon' AND post_status = 'publish' AND post_title = %s", strtolower( $code ) ) );
}
