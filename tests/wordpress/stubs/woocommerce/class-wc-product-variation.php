<?php
/**
 * A size or color of a product.
 *
 * @package LuxeBrain
 */

/**
 * Its hooks have names of their own.
 */
class WC_Product_Variation extends WC_Product {

	/**
	 * Answers the kind.
	 */
	public function get_type() {
		return 'variation';
	}

	/**
	 * Answers what the hooks of saving call it.
	 */
	protected function hook_noun() {
		return 'product_variation';
	}

	/**
	 * Answers the beginning of the names of filters.
	 */
	protected function get_hook_prefix() {
		return 'woocommerce_product_variation_get_';
	}

	/**
	 * Writes, and tells the parent, whose price is that of the cheapest variation.
	 */
	public function save() {
		parent::save();
		WC_Product_Variable::sync( $this->get_parent_id() );
		return $this->id;
	}
}
