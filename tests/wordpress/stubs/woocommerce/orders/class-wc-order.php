<?php
/**
 * An order, and what it has in common with a refund.
 *
 * @package LuxeBrain
 */

defined( 'ABSPATH' ) || exit;

// phpcs:disable Generic.Files.OneObjectStructurePerFile -- base and what is built on it.

/**
 * Getters and setters by name; save() fires WooCommerce's hooks.
 */
abstract class WC_Abstract_Order {

	/**
	 * Id; 0 before it is saved.
	 *
	 * @var int
	 */
	protected $id = 0;

	/**
	 * Fields; status with its prefix.
	 *
	 * @var array
	 */
	protected $data = array();

	/**
	 * Meta by name.
	 *
	 * @var array
	 */
	protected $meta = array();

	/**
	 * Lines, or null before they are read.
	 *
	 * @var WC_Order_Item[]|null
	 */
	protected $items;

	/**
	 * Change of status that is to be told.
	 *
	 * @var array|null
	 */
	protected $transition;

	/**
	 * Reads, or begins.
	 *
	 * @param int $id Order; 0 for a new one.
	 */
	public function __construct( $id = 0 ) {
		$id = is_object( $id ) ? $id->get_id() : (int) $id;
		if ( $id ) {
			$this->id                  = $id;
			list( $kept, $this->meta ) = WC_Order_Tables::read( $id );
			$this->data                = $kept + $this->data;
		} else {
			$this->items = array();
		}
	}

	/**
	 * Answers shop_order or shop_order_refund.
	 */
	abstract public function get_type();

	/**
	 * Answers get_… and takes set_….
	 *
	 * @param string $name      Method.
	 * @param array  $arguments Arguments.
	 * @throws BadMethodCallException For what an order does not have.
	 */
	public function __call( $name, $arguments ) {
		$field = substr( $name, 4 );
		if ( 0 === strpos( $name, 'set_date_' ) ) {
			$this->data[ $field ] = luxebrain_stub_moment( $arguments[0] );
			return null;
		}
		if ( 0 === strpos( $name, 'set_' ) ) {
			$this->data[ $field ] = $arguments[0];
			return null;
		}
		if ( 0 === strpos( $name, 'get_' ) ) {
			return $this->data[ $field ] ?? ( 0 === strpos( $field, 'date_' ) ? null : '' );
		}
		throw new BadMethodCallException( esc_html( $name ) );
	}

	/**
	 * Answers the id.
	 */
	public function get_id() {
		return $this->id;
	}

	/**
	 * Answers the order that it belongs to.
	 */
	public function get_parent_id() {
		return (int) ( $this->data['parent_id'] ?? 0 );
	}

	/**
	 * Answers the total, as text.
	 */
	public function get_total() {
		return wc_format_decimal( $this->data['total'] ?? 0, wc_get_price_decimals() );
	}

	/**
	 * Answers the currency.
	 */
	public function get_currency() {
		return empty( $this->data['currency'] ) ? get_woocommerce_currency() : $this->data['currency'];
	}

	/**
	 * Answers the status without its prefix.
	 */
	public function get_status() {
		$status = (string) ( $this->data['status'] ?? '' );
		return '' === $status ? 'pending' : preg_replace( '/^wc-/', '', $status );
	}

	/**
	 * Tells whether it has one of some statuses.
	 *
	 * @param string|string[] $status Without prefix.
	 */
	public function has_status( $status ) {
		return in_array( $this->get_status(), (array) $status, true );
	}

	/**
	 * Takes several fields at once.
	 *
	 * @param array $props Names and values.
	 */
	public function set_props( $props ) {
		foreach ( $props as $name => $value ) {
			$this->{"set_{$name}"}( $value );
		}
	}

	/**
	 * Answers meta.
	 *
	 * @param string $key    Name; '' for all.
	 * @param bool   $single One value.
	 */
	public function get_meta( $key = '', $single = true ) {
		return '' === $key ? $this->meta : maybe_unserialize( $this->meta[ $key ] ?? '' );
	}

	/**
	 * Answers meta as WooCommerce lists it.
	 */
	public function get_meta_data() {
		$found = array();
		foreach ( $this->meta as $key => $value ) {
			$found[] = (object) array(
				'id'    => count( $found ) + 1,
				'key'   => $key,
				'value' => maybe_unserialize( $value ),
			);
		}
		return $found;
	}

	/**
	 * Sets meta.
	 *
	 * @param string $key   Name.
	 * @param mixed  $value Value.
	 */
	public function update_meta_data( $key, $value ) {
		$this->meta[ $key ] = $value;
	}

	/**
	 * Sets meta.
	 *
	 * @param string $key   Name.
	 * @param mixed  $value Value.
	 */
	public function add_meta_data( $key, $value ) {
		$this->meta[ $key ] = $value;
	}

	/**
	 * Removes meta.
	 *
	 * @param string $key Name.
	 */
	public function delete_meta_data( $key ) {
		unset( $this->meta[ $key ] );
	}

	/**
	 * Answers lines.
	 *
	 * @param string|string[] $types line_item, shipping, fee, coupon, tax.
	 * @return WC_Order_Item[] By their ids.
	 */
	public function get_items( $types = 'line_item' ) {
		if ( null === $this->items ) {
			$this->items = $this->read_items();
		}
		$found = array();
		foreach ( $this->items as $place => $item ) {
			if ( in_array( $item->get_type(), (array) $types, true ) ) {
				$found[ $item->get_id() ? $item->get_id() : "new:{$place}" ] = $item;
			}
		}
		return $found;
	}

	/**
	 * Adds a line; it is kept by save().
	 *
	 * @param WC_Order_Item $item Line.
	 */
	public function add_item( $item ) {
		$this->get_items();
		$this->items[] = $item;
	}

	/**
	 * Answers the codes that were used.
	 */
	public function get_coupon_codes() {
		return array_values( array_map( fn( $item ) => $item->get_code(), $this->get_items( 'coupon' ) ) );
	}

	/**
	 * Keeps it, and tells who listens.
	 */
	public function save() {
		$is_new = ! $this->id;
		if ( $is_new ) {
			$this->id = WC_Order_Tables::new_id( $this->get_type() );
		}
		$now                         = new WC_DateTime( '@' . time() );
		$this->data['date_created']  = $this->data['date_created'] ?? $now;
		$this->data['date_modified'] = $is_new && ! empty( $this->data['date_modified'] ) ? $this->data['date_modified'] : $now;
		$this->data['status']        = $this->kept_status();
		$this->data['currency']      = $this->get_currency();
		WC_Order_Tables::write( $this->id, $this->get_type(), $this->data, $this->meta );
		$this->save_items();
		$this->tell( $is_new );
		return $this->id;
	}

	/**
	 * Puts it into the bin, or removes it for good.
	 *
	 * @param bool $force For good.
	 */
	public function delete( $force = false ) {
		$id = $this->id;
		if ( $force ) {
			do_action( 'woocommerce_before_delete_order', $id, $this );
			WC_Order_Tables::remove( $id );
			do_action( 'woocommerce_delete_order', $id );
			return true;
		}
		do_action( 'woocommerce_before_trash_order', $id, $this );
		$this->data['status'] = 'trash';
		WC_Order_Tables::write( $id, $this->get_type(), $this->data, $this->meta );
		do_action( 'woocommerce_trash_order', $id );
		return true;
	}

	/**
	 * Answers the status as it is kept.
	 */
	protected function kept_status() {
		$status = $this->get_status();
		return in_array( "wc-{$status}", array_keys( wc_get_order_statuses() ), true ) ? "wc-{$status}" : $status;
	}

	/**
	 * Tells who listens.
	 *
	 * @param bool $is_new Saved for the first time.
	 */
	protected function tell( $is_new ) {
	}

	/**
	 * Answers the lines that are kept.
	 */
	private function read_items() {
		global $wpdb;
		$classes = array(
			'line_item' => 'WC_Order_Item_Product',
			'shipping'  => 'WC_Order_Item_Shipping',
			'fee'       => 'WC_Order_Item_Fee',
			'coupon'    => 'WC_Order_Item_Coupon',
		);
		$items   = array();
		foreach ( $wpdb->get_results( $wpdb->prepare( "SELECT * FROM {$wpdb->prefix}woocommerce_order_items WHERE order_id = %d ORDER BY order_item_id", $this->id ) ) as $row ) {
			$meta = array_column( $wpdb->get_results( $wpdb->prepare( "SELECT meta_key, meta_value FROM {$wpdb->prefix}woocommerce_order_itemmeta WHERE order_item_id = %d", $row->order_item_id ), ARRAY_A ), 'meta_value', 'meta_key' );
			$data = array(
				'id'       => (int) $row->order_item_id,
				'order_id' => $this->id,
				'name'     => $row->order_item_name,
				'code'     => $row->order_item_name,
			);
			foreach ( WC_Order_Item_Names::META as $key => $field ) {
				if ( isset( $meta[ $key ] ) ) {
					$data[ $field ] = in_array( $field, array( 'product_id', 'variation_id', 'quantity' ), true ) ? (int) $meta[ $key ] : $meta[ $key ];
					unset( $meta[ $key ] );
				}
			}
			$class   = $classes[ $row->order_item_type ] ?? 'WC_Order_Item';
			$items[] = new $class( $data, $meta );
		}
		return $items;
	}

	/**
	 * Keeps the lines that are new.
	 */
	private function save_items() {
		global $wpdb;
		foreach ( (array) $this->items as $item ) {
			if ( $item->get_id() ) {
				continue;
			}
			$wpdb->insert(
				"{$wpdb->prefix}woocommerce_order_items",
				array(
					'order_item_name' => 'coupon' === $item->get_type() ? $item->get_code() : $item->get_name(),
					'order_item_type' => $item->get_type(),
					'order_id'        => $this->id,
				)
			);
			$id   = $wpdb->insert_id;
			$data = $item->get_data();
			$item->set_props(
				array(
					'id'       => $id,
					'order_id' => $this->id,
				)
			);
			foreach ( array_intersect( WC_Order_Item_Names::META, array_keys( $data ) ) as $key => $field ) {
				$item->add_meta_data( $key, $data[ $field ] );
			}
			foreach ( $item->get_meta() as $key => $value ) {
				$wpdb->insert(
					"{$wpdb->prefix}woocommerce_order_itemmeta",
					array(
						'order_item_id' => $id,
						'meta_key'      => $key,
						'meta_value'    => maybe_serialize( $value ),
					)
				);
			}
		}
		$this->items = null;
	}
}

/**
 * How fields of lines are called in their table.
 */
class WC_Order_Item_Names {

	const META = array(
		'_product_id'         => 'product_id',
		'_variation_id'       => 'variation_id',
		'_qty'                => 'quantity',
		'_tax_class'          => 'tax_class',
		'_line_subtotal'      => 'subtotal',
		'_line_subtotal_tax'  => 'subtotal_tax',
		'_line_total'         => 'total',
		'_line_tax'           => 'total_tax',
		'method_id'           => 'method_id',
		'discount_amount'     => 'discount',
		'discount_amount_tax' => 'discount_tax',
	);
}

/**
 * An order.
 */
class WC_Order extends WC_Abstract_Order {

	/**
	 * Answers the type.
	 */
	public function get_type() {
		return 'shop_order';
	}

	/**
	 * Answers the number that the customer sees.
	 */
	public function get_order_number() {
		return (string) apply_filters( 'woocommerce_order_number', $this->id, $this );
	}

	/**
	 * Answers the key in the order's address.
	 */
	public function get_order_key() {
		return (string) ( $this->data['order_key'] ?? '' );
	}

	/**
	 * Answers the customer; 0 for a guest.
	 */
	public function get_customer_id() {
		return (int) ( $this->data['customer_id'] ?? 0 );
	}

	/**
	 * Answers the customer; 0 for a guest.
	 */
	public function get_user_id() {
		return $this->get_customer_id();
	}

	/**
	 * Answers whose key it is.
	 *
	 * @param string $key Key to compare.
	 */
	public function key_is_valid( $key ) {
		return hash_equals( $this->get_order_key(), (string) $key );
	}

	/**
	 * Sets the status; save() tells of it.
	 *
	 * @param string $status With or without prefix.
	 * @param string $note   Why.
	 */
	public function set_status( $status, $note = '' ) {
		$from                 = $this->get_status();
		$to                   = preg_replace( '/^wc-/', '', $status );
		$this->data['status'] = $to;
		if ( $from !== $to ) {
			$this->transition = array(
				'from' => $this->transition['from'] ?? $from,
				'to'   => $to,
				'note' => $note,
			);
			if ( in_array( $to, wc_get_is_paid_statuses(), true ) && empty( $this->data['date_paid'] ) ) {
				$this->set_date_paid( time() );
			}
			if ( 'completed' === $to ) {
				$this->set_date_completed( time() );
			}
		}
		return array(
			'from' => $from,
			'to'   => $to,
		);
	}

	/**
	 * Sets the status and keeps it.
	 *
	 * @param string $status With or without prefix.
	 * @param string $note   Why.
	 */
	public function update_status( $status, $note = '' ) {
		$this->set_status( $status, $note );
		$this->save();
		return true;
	}

	/**
	 * Takes the payment.
	 *
	 * @param string $transaction Its number.
	 */
	public function payment_complete( $transaction = '' ) {
		do_action( 'woocommerce_pre_payment_complete', $this->id, $transaction );
		$this->set_transaction_id( $transaction );
		$this->update_status( 'processing' );
		do_action( 'woocommerce_payment_complete', $this->id, $transaction );
		return true;
	}

	/**
	 * Adds a product.
	 *
	 * @param WC_Product $product Product or variation.
	 * @param int        $qty     How many.
	 * @param array      $args    subtotal, total and more.
	 */
	public function add_product( $product, $qty = 1, $args = array() ) {
		$item  = new WC_Order_Item_Product();
		$worth = wc_format_decimal( (float) $product->get_price() * $qty, wc_get_price_decimals() );
		$item->set_product( $product );
		$item->set_props(
			$args + array(
				'quantity' => $qty,
				'subtotal' => $worth,
				'total'    => $worth,
			)
		);
		$this->add_item( $item );
	}

	/**
	 * Sums up.
	 */
	public function calculate_totals() {
		$sum = 0.0;
		foreach ( $this->get_items( array( 'line_item', 'shipping', 'fee' ) ) as $item ) {
			$sum += (float) $item->get_total() + (float) $item->get_total_tax();
		}
		$this->set_total( wc_format_decimal( $sum, wc_get_price_decimals() ) );
		return $sum;
	}

	/**
	 * Answers one of the addresses.
	 *
	 * @param string $type billing or shipping.
	 */
	public function get_address( $type = 'billing' ) {
		$found = array();
		foreach ( WC_Order_Tables::ADDRESS as $field ) {
			if ( 'email' !== $field || 'billing' === $type ) {
				$found[ $field ] = (string) ( $this->data[ "{$type}_{$field}" ] ?? '' );
			}
		}
		return $found;
	}

	/**
	 * Sets one of the addresses.
	 *
	 * @param array  $address Fields.
	 * @param string $type    billing or shipping.
	 */
	public function set_address( $address, $type = 'billing' ) {
		foreach ( $address as $field => $value ) {
			$this->data[ "{$type}_{$field}" ] = $value;
		}
	}

	/**
	 * Answers the order's refunds, newest first.
	 *
	 * @return WC_Order_Refund[]
	 */
	public function get_refunds() {
		return wc_get_orders(
			array(
				'type'    => 'shop_order_refund',
				'parent'  => $this->id,
				'limit'   => -1,
				'orderby' => 'id',
			)
		);
	}

	/**
	 * Answers how much was given back.
	 */
	public function get_total_refunded() {
		return array_sum( array_map( fn( $refund ) => (float) $refund->get_amount(), $this->get_refunds() ) );
	}

	/**
	 * Answers the address of the thank-you page.
	 */
	public function get_checkout_order_received_url() {
		$page = get_option( 'woocommerce_checkout_page_id' );
		$url  = $page ? get_permalink( $page ) : home_url( '/checkout/' );
		return add_query_arg( array( 'order-received' => $this->id, 'key' => $this->get_order_key() ), $url );
	}

	/**
	 * Keeps it, with a key of its own.
	 */
	public function save() {
		if ( '' === $this->get_order_key() ) {
			$this->data['order_key'] = wc_generate_order_key();
		}
		return parent::save();
	}

	/**
	 * Tells who listens: first of the order, then of its status.
	 *
	 * @param bool $is_new Saved for the first time.
	 */
	protected function tell( $is_new ) {
		do_action( $is_new ? 'woocommerce_new_order' : 'woocommerce_update_order', $this->id, $this );
		$change           = $this->transition;
		$this->transition = null;
		if ( ! $change ) {
			return;
		}
		do_action( "woocommerce_order_status_{$change['to']}", $this->id, $this, $change );
		do_action( "woocommerce_order_status_{$change['from']}_to_{$change['to']}", $this->id, $this );
		do_action( 'woocommerce_order_status_changed', $this->id, $change['from'], $change['to'], $this );
	}
}
