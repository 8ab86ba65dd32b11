<?php
/**
 * Lines of an order.
 *
 * @package LuxeBrain
 */

defined( 'ABSPATH' ) || exit;

// phpcs:disable Generic.Files.OneObjectStructurePerFile -- five kinds of one thing.

/**
 * A line: getters and setters by name, meta beside.
 */
class WC_Order_Item implements ArrayAccess {

	/**
	 * What is known of it.
	 *
	 * @var array
	 */
	protected $data = array();

	/**
	 * What else is: name and value.
	 *
	 * @var array
	 */
	protected $meta = array();

	/**
	 * Kind of line.
	 *
	 * @var string
	 */
	protected $type = '';

	/**
	 * Begins empty, or as read.
	 *
	 * @param array $data What is known.
	 * @param array $meta What else.
	 */
	public function __construct( $data = array(), $meta = array() ) {
		$this->data = (array) $data + $this->data + array(
			'id'       => 0,
			'order_id' => 0,
			'name'     => '',
		);
		$this->meta = $meta;
	}

	/**
	 * Answers get_… and takes set_….
	 *
	 * @param string $name      Method.
	 * @param array  $arguments Arguments.
	 * @throws BadMethodCallException For what a line does not have.
	 */
	public function __call( $name, $arguments ) {
		$field = substr( $name, 4 );
		if ( 0 === strpos( $name, 'set_' ) ) {
			$this->data[ $field ] = $arguments[0];
			return null;
		}
		if ( 0 === strpos( $name, 'get_' ) && array_key_exists( $field, $this->data ) ) {
			return $this->data[ $field ];
		}
		throw new BadMethodCallException( esc_html( $name ) );
	}

	/**
	 * Answers the kind.
	 */
	public function get_type() {
		return $this->type;
	}

	/**
	 * Answers all.
	 */
	public function get_data() {
		return $this->data;
	}

	/**
	 * Takes several at once.
	 *
	 * @param array $props Names and values.
	 */
	public function set_props( $props ) {
		$this->data = $props + $this->data;
	}

	/**
	 * Adds what else is known.
	 *
	 * @param string $key   Name.
	 * @param mixed  $value Value.
	 */
	public function add_meta_data( $key, $value ) {
		$this->meta[ $key ] = $value;
	}

	/**
	 * Answers what else is known.
	 *
	 * @param string $key Name; '' for all.
	 */
	public function get_meta( $key = '' ) {
		return '' === $key ? $this->meta : ( $this->meta[ $key ] ?? '' );
	}

	/**
	 * Answers the order.
	 */
	public function get_order() {
		return wc_get_order( $this->data['order_id'] );
	}

	/**
	 * Tells whether a field is there.
	 *
	 * @param string $name Field.
	 */
	public function offsetExists( $name ): bool {
		return isset( $this->data[ $name ] );
	}

	/**
	 * Answers a field.
	 *
	 * @param string $name Field.
	 */
	#[\ReturnTypeWillChange]
	public function offsetGet( $name ) {
		return $this->data[ $name ] ?? null;
	}

	/**
	 * Takes a field.
	 *
	 * @param string $name  Field.
	 * @param mixed  $value Value.
	 */
	public function offsetSet( $name, $value ): void {
		$this->data[ $name ] = $value;
	}

	/**
	 * Forgets a field.
	 *
	 * @param string $name Field.
	 */
	public function offsetUnset( $name ): void {
		unset( $this->data[ $name ] );
	}
}

/**
 * A product that was sold.
 */
class WC_Order_Item_Product extends WC_Order_Item {

	/**
	 * Kind of line.
	 *
	 * @var string
	 */
	protected $type = 'line_item';

	/**
	 * What is known of it.
	 *
	 * @var array
	 */
	protected $data = array(
		'product_id'   => 0,
		'variation_id' => 0,
		'quantity'     => 1,
		'tax_class'    => '',
		'subtotal'     => '0',
		'subtotal_tax' => '0',
		'total'        => '0',
		'total_tax'    => '0',
	);

	/**
	 * Answers the product or the variation.
	 */
	public function get_product() {
		$id = $this->data['variation_id'] ? $this->data['variation_id'] : $this->data['product_id'];
		return function_exists( 'wc_get_product' ) && $id ? wc_get_product( $id ) : false;
	}

	/**
	 * Takes name and ids from a product.
	 *
	 * @param WC_Product $product Product or variation.
	 */
	public function set_product( $product ) {
		$is_variation = 'variation' === $product->get_type();
		$this->set_props(
			array(
				'name'         => $product->get_name(),
				'product_id'   => $is_variation ? $product->get_parent_id() : $product->get_id(),
				'variation_id' => $is_variation ? $product->get_id() : 0,
			)
		);
	}
}

/**
 * A way of shipping.
 */
class WC_Order_Item_Shipping extends WC_Order_Item {

	/**
	 * Kind of line.
	 *
	 * @var string
	 */
	protected $type = 'shipping';

	/**
	 * What is known of it.
	 *
	 * @var array
	 */
	protected $data = array(
		'method_title' => '',
		'method_id'    => '',
		'total'        => '0',
		'total_tax'    => '0',
	);
}

/**
 * A fee.
 */
class WC_Order_Item_Fee extends WC_Order_Item {

	/**
	 * Kind of line.
	 *
	 * @var string
	 */
	protected $type = 'fee';

	/**
	 * What is known of it.
	 *
	 * @var array
	 */
	protected $data = array(
		'total'     => '0',
		'total_tax' => '0',
	);
}

/**
 * A coupon that was used.
 */
class WC_Order_Item_Coupon extends WC_Order_Item {

	/**
	 * Kind of line.
	 *
	 * @var string
	 */
	protected $type = 'coupon';

	/**
	 * What is known of it.
	 *
	 * @var array
	 */
	protected $data = array(
		'code'         => '',
		'discount'     => '0',
		'discount_tax' => '0',
	);
}
