<?php
/**
 * Shelves by shortcode.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Shelves;

defined( 'ABSPATH' ) || exit;

/**
 * [luxebrain_recommendations placement="product-similar" limit="8" title="…"], and one of its own for each placement.
 */
class Shortcodes {

	const ANY = 'luxebrain_recommendations';

	/**
	 * Registers them.
	 */
	public static function register(): void {
		foreach ( array_merge( array( self::ANY ), array_keys( self::places() ) ) as $name ) {
			add_shortcode( $name, array( self::class, 'draw' ) );
		}
	}

	/**
	 * Answers which shortcode stands for which placement.
	 *
	 * @return array<string, string>
	 */
	public static function places(): array {
		$places = array();
		foreach ( Places::NAMES as $place => $ending ) {
			$places[ "luxebrain_{$ending}" ] = $place;
		}
		return $places;
	}

	/**
	 * Draws one.
	 *
	 * @param array|string $given   Attributes.
	 * @param string|null  $content What it encloses; of no meaning here.
	 * @param string       $name    Shortcode.
	 */
	public static function draw( $given, $content = null, $name = self::ANY ): string {
		$defaults = array(
			'placement' => self::places()[ $name ] ?? 'product-similar',
			'limit'     => 0, // As LuxeBrain is set.
			'title'     => '',
			'product'   => 0,
			'class'     => '',
		);
		$options  = shortcode_atts( $defaults, $given, $name );
		return Shelf::draw( (string) $options['placement'], $options );
	}
}
