<?php
/**
 * Shelves as blocks.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Shelves;

use LuxeBrain;

defined( 'ABSPATH' ) || exit;

/**
 * The same names as the shortcodes have: luxebrain/recommendations, luxebrain/trending, … All have the attributes and
 * supports of blocks/shelf/block.json; the page's HTML is made when it is asked for, so a shelf is never old.
 */
class Blocks {

	const CATEGORY = 'luxebrain';

	/**
	 * Registers them.
	 */
	public static function register(): void {
		Assets::register();
		$labels = Places::labels();
		self::add( 'luxebrain/recommendations', __( 'Recommendations', 'luxebrain' ), __( 'A shelf of products that LuxeBrain picks, for any placement.', 'luxebrain' ), 'product-similar' );
		foreach ( Shortcodes::places() as $name => $place ) {
			$name = 'luxebrain/' . str_replace( '_', '-', substr( $name, 10 ) );
			/* translators: %s: a placement, for example Trending. */
			$description = sprintf( __( 'LuxeBrain: %s.', 'luxebrain' ), $labels[ $place ] );
			if ( Places::PICTURE === $place ) {
				$description = __( 'LuxeBrain: shoppers choose a photo and see products that look like it.', 'luxebrain' );
			}
			self::add( $name, $labels[ $place ], $description, $place );
		}
	}

	/**
	 * Registers one.
	 *
	 * @param string $name        With its namespace.
	 * @param string $title       What the inserter calls it.
	 * @param string $description What the inserter says about it.
	 * @param string $place       Placement it stands for.
	 */
	private static function add( string $name, string $title, string $description, string $place ): void {
		static $shared = null;
		$shared                             = $shared ?? (array) wp_json_file_decode( dirname( LuxeBrain\FILE ) . '/blocks/shelf/block.json', array( 'associative' => true ) );
		$settings                           = array_diff_key( $shared, array_flip( array( '$schema', 'apiVersion', 'name', 'textdomain' ) ) );
		$settings['attributes']['placement']['default'] = $place;
		register_block_type(
			$name,
			array_merge(
				$settings,
				array(
					'api_version'           => 2,
					'title'                 => $title,
					'description'           => $description,
					'editor_script_handles' => array( Assets::EDITOR ),
					'style_handles'         => array( Assets::HANDLE ),
					'render_callback'       => array( self::class, 'render' ),
				)
			)
		);
	}

	/**
	 * Draws one.
	 *
	 * @param array<string, mixed> $attributes What the merchant chose.
	 */
	public static function render( $attributes ): string {
		$options             = array_intersect_key( $attributes, array_flip( array( 'limit', 'title', 'product' ) ) );
		$options['is_block'] = true;
		return Shelf::draw( (string) ( $attributes['placement'] ?? '' ), $options );
	}

	/**
	 * Adds a category of its own to the inserter.
	 *
	 * @param array[] $categories Categories.
	 */
	public static function add_category( $categories ) {
		$ours = array(
			'slug'  => self::CATEGORY,
			'title' => __( 'LuxeBrain', 'luxebrain' ),
		);
		return array_merge( (array) $categories, array( $ours ) );
	}
}
