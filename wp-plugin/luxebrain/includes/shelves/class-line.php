<?php
/**
 * The line under a product's price.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Shelves;

use LuxeBrain\Settings;

defined( 'ABSPATH' ) || exit;

/**
 * Under a product's price: room for what LuxeBrain says of it at this very moment. Pages are kept by caches and such facts
 * are true for minutes, so the page has only the room, and the visitor's browser asks for the words.
 */
class Line {

	/**
	 * Draws the room for the page's own product; in the editor, with an example in it.
	 *
	 * @param Context              $context What the line is about.
	 * @param array<string, mixed> $options See Shelf::draw().
	 */
	public static function draw( Context $context, array $options ): string {
		$is_preview = Preview::is_on();
		$is_page    = 'product' === $context->kind && is_product() && get_queried_object_id() === $context->id;
		if ( ! $is_preview && ! $is_page ) {
			return '';
		}
		// No room for what never comes: switched off there, or no visitor is ever asked to agree.
		if ( ( ! $is_preview && ! Settings::get( 'tracking' ) ) || Shelf::is_off( $context, Places::LINE ) ) {
			return '';
		}
		Assets::enqueue();
		return Template::draw(
			'line',
			array(
				'wrapper' => Shelf::wrapper( $options, 'luxe-line' ),
				'text'    => $is_preview ? Preview::line() : '',
			)
		);
	}
}
