<?php
/**
 * The banner on top of the home page.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Shelves;

defined( 'ABSPATH' ) || exit;

/**
 * Words, a picture and a way on, as the merchant made them in LuxeBrain.
 */
class Hero {

	/**
	 * Draws it.
	 *
	 * @param array<string, mixed>|null $hero    Cleaned.
	 * @param array<string, mixed>      $options See Shelf::draw().
	 */
	public static function draw( ?array $hero, array $options ): string {
		if ( ! $hero && Preview::is_on() ) {
			$hero = Preview::hero();
		}
		if ( ! $hero || '' === $hero['heading'] ) {
			return '';
		}
		Assets::enqueue();
		return Template::draw( 'hero', $hero + array( 'wrapper' => Shelf::wrapper( $options, 'luxe-hero' ) ) );
	}
}
