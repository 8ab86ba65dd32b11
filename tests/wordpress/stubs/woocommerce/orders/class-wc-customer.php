<?php
/**
 * A customer: a user, and what WooCommerce keeps beside.
 *
 * @package LuxeBrain
 */

defined( 'ABSPATH' ) || exit;

/**
 * Addresses are user meta: billing_city, shipping_city and so on.
 */
class WC_Customer {

	/**
	 * Id of the user; 0 for a guest.
	 *
	 * @var int
	 */
	private $id;

	/**
	 * Fields.
	 *
	 * @var array
	 */
	private $data = array();

	/**
	 * Reads.
	 *
	 * @param int $id User.
	 */
	public function __construct( $id = 0 ) {
		$this->id = (int) $id;
		$user     = $id ? get_user_by( 'id', $id ) : false;
		if ( ! $user ) {
			return;
		}
		$this->data = array(
			'email'         => $user->user_email,
			'username'      => $user->user_login,
			'first_name'    => $user->first_name,
			'last_name'     => $user->last_name,
			'role'          => (string) current( $user->roles ),
			'date_created'  => luxebrain_stub_moment( $user->user_registered ),
			'date_modified' => luxebrain_stub_moment( $user->last_update ),
		);
		foreach ( array( 'billing', 'shipping' ) as $which ) {
			foreach ( WC_Order_Tables::ADDRESS as $field ) {
				$this->data[ "{$which}_{$field}" ] = (string) get_user_meta( $id, "{$which}_{$field}", true );
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
	 * Keeps it.
	 */
	public function save() {
		$is_new = ! $this->id;
		if ( $is_new ) {
			$this->id = wp_insert_user(
				array(
					'user_login' => $this->data['username'] ?? $this->data['email'],
					'user_email' => $this->data['email'],
					'user_pass'  => wp_generate_password(),
					'role'       => get_role( 'customer' ) ? 'customer' : 'subscriber',
				)
			);
		}
		foreach ( $this->data as $field => $value ) {
			if ( preg_match( '/^(billing|shipping)_|^(first|last)_name$/', $field ) ) {
				update_user_meta( $this->id, $field, $value );
			}
		}
		update_user_meta( $this->id, 'last_update', time() );
		do_action( $is_new ? 'woocommerce_new_customer' : 'woocommerce_update_customer', $this->id, $this );
		return $this->id;
	}
}
