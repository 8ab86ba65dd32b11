<?php
/**
 * The search by picture.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Shelves;

use LuxeBrain;
use LuxeBrain\Prices\Lowest_Line;
use LuxeBrain\Settings;

defined( 'ABSPATH' ) || exit;

/**
 * A form that is the same for every visitor, so that the page may be cached; its script does the rest, and asks nobody
 * before a picture is chosen. Without the script there is no form.
 */
class Picture {

	const HANDLE = 'luxebrain-picture';
	const LIMIT  = 12;

	/**
	 * Forms drawn so far: each needs a name of its own in the page.
	 *
	 * @var int
	 */
	private static $drawn = 0;

	/**
	 * Draws the form, and the shelf for what is found; nothing where the search is switched off in LuxeBrain.
	 *
	 * @param Context              $context The page.
	 * @param array<string, mixed> $options See Shelf::draw().
	 */
	public static function draw( Context $context, array $options ): string {
		if ( Shelf::is_off( $context, Places::PICTURE ) ) {
			return '';
		}
		Assets::register();
		wp_enqueue_style( Assets::HANDLE );
		wp_enqueue_style( self::HANDLE, plugins_url( 'assets/picture.css', LuxeBrain\FILE ), array( Assets::HANDLE ), LuxeBrain\VERSION );
		wp_enqueue_script( self::HANDLE, plugins_url( 'assets/picture.js', LuxeBrain\FILE ), array(), LuxeBrain\VERSION, true );
		$title = trim( (string) ( $options['title'] ?? '' ) );
		return Template::draw(
			'picture',
			array(
				'wrapper'   => Shelf::wrapper( $options, 'luxe-picture' ),
				'id'        => 'luxe-picture-' . ++self::$drawn,
				'label'     => '' === $title ? __( 'Search by picture', 'luxebrain' ) : $title,
				'note'      => __( 'Choose or take a photo: similar products appear below. Your picture is used for this search only and is not kept.', 'luxebrain' ),
				'title'     => Places::heading( Places::PICTURE ),
				'is_hidden' => ! Preview::is_on(),
				'told'      => self::told( $options ),
			)
		);
	}

	/**
	 * Answers what the script must know. None of it is about the visitor.
	 *
	 * @param array<string, mixed> $options See Shelf::draw().
	 * @return array<string, mixed>
	 */
	private static function told( array $options ): array {
		$limit = absint( $options['limit'] ?? 0 );
		return array(
			// Where prices shown differ from prices stored only the shop can draw the cards.
			'url'      => Money::is_the_shops_own() ? '' : Settings::get( 'url' ) . Picture_Route::PATH,
			'shop'     => rest_url( 'luxebrain/v1/picture' ),
			'key'      => Settings::get( 'publishable_key' ),
			'limit'    => min( Answer::MOST_PICKS, $limit ? $limit : self::LIMIT ),
			'language' => Copies::language(),
			'format'   => Money::format(),
			'lowest'   => Settings::get( 'lowest_price' ) ? Lowest_Line::text() : '',
			'was'      => __( 'Price before:', 'luxebrain' ),
			'now'      => __( 'Price now:', 'luxebrain' ),
			'empty'    => wc_placeholder_img_src(),
			'says'     => array(
				'searching' => __( 'Looking for similar products…', 'luxebrain' ),
				/* translators: {count}: a number. */
				'found'     => __( 'Similar products found: {count}', 'luxebrain' ),
				'nothing'   => __( 'Nothing like it was found. Please try another picture.', 'luxebrain' ),
				'refused'   => __( 'This picture could not be read. Please choose a JPEG, PNG or WebP picture.', 'luxebrain' ),
				'busy'      => __( 'Too many searches for now. Please try again in a minute.', 'luxebrain' ),
				'away'      => __( 'The search by picture is not available right now.', 'luxebrain' ),
			),
		);
	}
}
