<?php
/**
 * A refund.
 *
 * @package LuxeBrain
 */

defined( 'ABSPATH' ) || exit;

/**
 * Belongs to an order; its total is the negative of its amount.
 */
class WC_Order_Refund extends WC_Abstract_Order {

	/**
	 * Answers the type.
	 */
	public function get_type() {
		return 'shop_order_refund';
	}

	/**
	 * Answers what is given back.
	 */
	public function get_amount() {
		return (string) $this->get_meta( '_refund_amount' );
	}

	/**
	 * Sets what is given back.
	 *
	 * @param string $amount Positive.
	 */
	public function set_amount( $amount ) {
		$this->meta['_refund_amount'] = $amount;
		$this->data['total']          = '-' . $amount;
	}

	/**
	 * Answers why.
	 */
	public function get_reason() {
		return (string) $this->get_meta( '_refund_reason' );
	}

	/**
	 * Sets why.
	 *
	 * @param string $reason In words.
	 */
	public function set_reason( $reason ) {
		$this->meta['_refund_reason'] = $reason;
	}

	/**
	 * Answers who gave it back.
	 */
	public function get_refunded_by() {
		return (int) $this->get_meta( '_refunded_by' );
	}

	/**
	 * Tells whether the gateway gave the money back.
	 */
	public function get_refunded_payment() {
		return (bool) $this->get_meta( '_refunded_payment' );
	}

	/**
	 * Answers the status, always the same.
	 */
	public function get_status() {
		return 'completed';
	}
}
