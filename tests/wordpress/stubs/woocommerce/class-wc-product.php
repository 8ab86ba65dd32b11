<?php
/**
 * A product as WooCommerce's CRUD knows it.
 *
 * @package LuxeBrain
 */

/**
 * Reads and writes post meta and terms as WooCommerce does, and fires the hooks that WooCommerce fires.
 */
class WC_Product {

	const META = array(
		'sku'               => '_sku',
		'price'             => '_price',
		'regular_price'     => '_regular_price',
		'sale_price'        => '_sale_price',
		'date_on_sale_from' => '_sale_price_dates_from',
		'date_on_sale_to'   => '_sale_price_dates_to',
		'manage_stock'      => '_manage_stock',
		'stock_quantity'    => '_stock',
		'stock_status'      => '_stock_status',
		'tax_status'        => '_tax_status',
		'image_id'          => '_thumbnail_id',
		'total_sales'       => 'total_sales',
	);

	const DEFAULTS = array(
		'name'               => '',
		'slug'               => '',
		'status'             => 'publish',
		'description'        => '',
		'parent_id'          => 0,
		'post_password'      => '',
		'catalog_visibility' => 'visible',
		'category_ids'       => array(),
		'attributes'         => array(),
		'sku'                => '',
		'price'              => '',
		'regular_price'      => '',
		'sale_price'         => '',
		'date_on_sale_from'  => '',
		'date_on_sale_to'    => '',
		'manage_stock'       => '',
		'stock_quantity'     => '',
		'stock_status'       => 'instock',
		'tax_status'         => 'taxable',
		'image_id'           => '',
		'total_sales'        => '0',
	);

	/**
	 * Post's id; 0 when new.
	 *
	 * @var int
	 */
	protected $id = 0;

	/**
	 * What the database holds.
	 *
	 * @var array<string, mixed>
	 */
	protected $data = self::DEFAULTS;

	/**
	 * What was set since.
	 *
	 * @var array<string, mixed>
	 */
	protected $changes = array();

	/**
	 * Reads.
	 *
	 * @param int|WP_Post|WC_Product $product Which one; 0 for a new one.
	 */
	public function __construct( $product = 0 ) {
		$this->id = (int) ( $product instanceof WC_Product ? $product->get_id() : ( $product->ID ?? $product ) );
		$post     = $this->id ? get_post( $this->id ) : null;
		if ( ! $post ) {
			return;
		}
		$this->data['name']          = $post->post_title;
		$this->data['slug']          = $post->post_name;
		$this->data['status']        = $post->post_status;
		$this->data['description']   = $post->post_content;
		$this->data['parent_id']     = $post->post_parent;
		$this->data['post_password'] = $post->post_password;
		foreach ( self::META as $name => $key ) {
			$this->data[ $name ] = get_post_meta( $this->id, $key, true );
		}
		$this->data['stock_status'] = '' === $this->data['stock_status'] ? 'instock' : $this->data['stock_status'];
		$this->data['attributes']   = (array) get_post_meta( $this->id, '_attributes', true );
		$this->read_terms();
	}

	/**
	 * Reads visibility and categories.
	 */
	private function read_terms() {
		$hidden = luxebrain_stub_terms( $this->id, 'product_visibility', 'name' );
		$search = in_array( 'exclude-from-search', $hidden, true );
		if ( in_array( 'exclude-from-catalog', $hidden, true ) ) {
			$this->data['catalog_visibility'] = $search ? 'hidden' : 'search';
		} elseif ( $search ) {
			$this->data['catalog_visibility'] = 'catalog';
		}
		$this->data['category_ids'] = luxebrain_stub_terms( $this->id, 'product_cat', 'term_id' );
	}

	/**
	 * Answers get_*() and set_*(), with WooCommerce's filter in a view.
	 *
	 * @param string  $method Name of the method.
	 * @param mixed[] $given  Its arguments.
	 */
	public function __call( $method, $given ) {
		list( $verb, $name ) = explode( '_', $method, 2 ) + array( '', '' );
		if ( ! array_key_exists( $name, $this->data ) || ! in_array( $verb, array( 'get', 'set' ), true ) ) {
			throw new BadMethodCallException( esc_html( $method ) );
		}
		if ( 'set' === $verb ) {
			$this->set( $name, $given[0] );
			return null;
		}
		$value = $this->changes[ $name ] ?? $this->data[ $name ];
		$hook  = $this->get_hook_prefix() . $name;
		return 'edit' === ( $given[0] ?? 'view' ) ? $value : apply_filters( $hook, $value, $this );
	}

	/**
	 * Notes a change. A sale price that is not below the regular one is emptied without a word, as in WooCommerce.
	 *
	 * @param string $name  Property.
	 * @param mixed  $value What it becomes.
	 */
	private function set( $name, $value ) {
		if ( in_array( $name, array( 'price', 'regular_price', 'sale_price' ), true ) ) {
			$value = is_numeric( $value ) ? (string) $value : '';
		}
		if ( $value === $this->data[ $name ] ) {
			unset( $this->changes[ $name ] );
		} else {
			$this->changes[ $name ] = $value;
		}
	}

	/**
	 * Answers the beginning of the names of filters.
	 */
	protected function get_hook_prefix() {
		return 'woocommerce_product_get_';
	}

	/**
	 * Answers the post's id.
	 */
	public function get_id() {
		return $this->id;
	}

	/**
	 * Answers the kind.
	 */
	public function get_type() {
		return 'simple';
	}

	/**
	 * Tells whether it is of a kind.
	 *
	 * @param string|string[] $type Kinds.
	 */
	public function is_type( $type ) {
		return in_array( $this->get_type(), (array) $type, true );
	}

	/**
	 * Answers what was set and not saved.
	 */
	public function get_changes() {
		return $this->changes;
	}

	/**
	 * Answers the ids of variations.
	 */
	public function get_children() {
		return array();
	}

	/**
	 * Answers the address.
	 */
	public function get_permalink() {
		return get_permalink( $this->id );
	}

	/**
	 * Tells whether it is in the database.
	 */
	public function exists() {
		return 0 < $this->id && null !== get_post( $this->id );
	}

	/**
	 * Tells whether it is to be had.
	 */
	public function is_in_stock() {
		return apply_filters( 'woocommerce_product_is_in_stock', 'outofstock' !== $this->get_stock_status(), $this );
	}

	/**
	 * Tells whether stock is counted.
	 */
	public function managing_stock() {
		return 'yes' === $this->get_manage_stock();
	}

	/**
	 * Tells whether it is sold below its regular price today.
	 *
	 * @param string $context What for.
	 */
	public function is_on_sale( $context = 'view' ) {
		$regular = $this->get_regular_price( $context );
		$sale    = $this->get_sale_price( $context );
		$is_sale = '' !== (string) $sale && (float) $regular > (float) $sale;
		$from    = (int) $this->get_date_on_sale_from( $context );
		$to      = (int) $this->get_date_on_sale_to( $context );
		$is_sale = $is_sale && $from <= time() && ( ! $to || $to >= time() );
		return 'view' === $context ? apply_filters( 'woocommerce_product_is_on_sale', $is_sale, $this ) : $is_sale;
	}

	/**
	 * Tells whether it can be bought.
	 */
	public function is_purchasable() {
		$may = $this->exists() && 'publish' === $this->get_status() && '' !== $this->get_price();
		return apply_filters( 'woocommerce_is_purchasable', $may, $this );
	}

	/**
	 * Tells whether lists may show it.
	 */
	public function is_visible() {
		$is_visible = in_array( $this->get_catalog_visibility(), array( 'visible', is_search() ? 'search' : 'catalog' ), true );
		$is_visible = $is_visible && 'publish' === $this->get_status();
		if ( 'yes' === get_option( 'woocommerce_hide_out_of_stock_items' ) && ! $this->is_in_stock() ) {
			$is_visible = false;
		}
		return apply_filters( 'woocommerce_product_is_visible', $is_visible, $this->id );
	}

	/**
	 * Answers the price as HTML.
	 */
	public function get_price_html() {
		if ( '' === $this->get_price() ) {
			$html = apply_filters( 'woocommerce_empty_price_html', '', $this );
		} elseif ( $this->is_on_sale() ) {
			$html = wc_format_sale_price( wc_get_price_to_display( $this, array( 'price' => $this->get_regular_price() ) ), wc_get_price_to_display( $this ) );
		} else {
			$html = wc_price( wc_get_price_to_display( $this ) );
		}
		return apply_filters( 'woocommerce_get_price_html', $html, $this );
	}

	/**
	 * Answers the picture's tag, or the placeholder's.
	 *
	 * @param string  $size        Name of a size.
	 * @param mixed[] $attributes  Of the tag.
	 */
	public function get_image( $size = 'woocommerce_thumbnail', $attributes = array() ) {
		$image = $this->get_image_id() ? wp_get_attachment_image( (int) $this->get_image_id(), $size, false, $attributes ) : '';
		$image = $image ? $image : '<img class="woocommerce-placeholder" alt="" src="' . esc_url( wc_placeholder_img_src() ) . '" />';
		return apply_filters( 'woocommerce_product_get_image', $image, $this, $size, $attributes, true, $image );
	}

	/**
	 * Answers the address of the button in lists.
	 */
	public function add_to_cart_url() {
		return add_query_arg( 'add-to-cart', $this->id );
	}

	/**
	 * Writes what was changed.
	 */
	public function save() {
		$this->work_out_price();
		do_action( 'woocommerce_before_product_object_save', $this, null );
		$is_new = 0 === $this->id;
		$stock  = $is_new || isset( $this->changes['stock_status'] );
		$this->write( array_merge( $this->data, $this->changes ) );
		$this->data    = array_merge( $this->data, $this->changes );
		$this->changes = array();
		if ( $stock ) {
			do_action( 'woocommerce_' . ( $this->is_type( 'variation' ) ? 'variation' : 'product' ) . '_set_stock_status', $this->id, $this->get_stock_status(), $this );
		}
		do_action( ( $is_new ? 'woocommerce_new_' : 'woocommerce_update_' ) . $this->hook_noun(), $this->id, $this );
		do_action( 'woocommerce_after_product_object_save', $this, null );
		return $this->id;
	}

	/**
	 * Answers what the hooks of saving call it.
	 */
	protected function hook_noun() {
		return 'product';
	}

	/**
	 * Sets the price of today.
	 */
	protected function work_out_price() {
		if ( (float) $this->get_sale_price( 'edit' ) >= (float) $this->get_regular_price( 'edit' ) ) {
			$this->set_sale_price( '' );
		}
		$this->set_price( $this->is_on_sale( 'edit' ) ? $this->get_sale_price( 'edit' ) : $this->get_regular_price( 'edit' ) );
	}

	/**
	 * Writes the post, its meta and its terms.
	 *
	 * @param array<string, mixed> $all Every property.
	 */
	private function write( array $all ) {
		$made     = $this->id ? array_intersect_key( (array) get_post( $this->id, ARRAY_A ), array( 'post_date' => 1, 'post_date_gmt' => 1 ) ) : array(); // Else WordPress takes now.
		$this->id = wp_insert_post(
			wp_slash(
				array(
					'ID'            => $this->id,
					'post_type'     => $this->is_type( 'variation' ) ? 'product_variation' : 'product',
					'post_title'    => $all['name'],
					'post_name'     => $all['slug'],
					'post_status'   => $all['status'],
					'post_content'  => $all['description'],
					'post_parent'   => $all['parent_id'],
					'post_password' => $all['post_password'],
				) + $made
			)
		);
		foreach ( self::META as $name => $key ) {
			update_post_meta( $this->id, $key, $all[ $name ] );
		}
		update_post_meta( $this->id, '_attributes', $all['attributes'] );
		$hidden = array(
			'hidden'  => array( 'exclude-from-search', 'exclude-from-catalog' ),
			'search'  => array( 'exclude-from-catalog' ),
			'catalog' => array( 'exclude-from-search' ),
			'visible' => array(),
		);
		wp_set_object_terms( $this->id, $hidden[ $all['catalog_visibility'] ], 'product_visibility' );
		wp_set_object_terms( $this->id, array_map( 'intval', $all['category_ids'] ), 'product_cat' );
		wp_set_object_terms( $this->id, $this->get_type(), 'product_type' );
	}

	/**
	 * Deletes, or moves to the trash.
	 *
	 * @param bool $force_delete For good.
	 */
	public function delete( $force_delete = false ) {
		$noun = $this->hook_noun();
		if ( $force_delete ) {
			do_action( "woocommerce_before_delete_{$noun}", $this->id );
			wp_delete_post( $this->id, true );
			do_action( "woocommerce_delete_{$noun}", $this->id );
		} else {
			wp_trash_post( $this->id );
			do_action( "woocommerce_trash_{$noun}", $this->id );
		}
		return true;
	}
}
