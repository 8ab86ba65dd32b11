<?php
/**
 * A shelf on a page.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Shelves;

use LuxeBrain\Settings;

defined( 'ABSPATH' ) || exit;

/**
 * Drawn from the copy that is there; nothing where there is none. The same for everybody, so pages may be cached.
 */
class Shelf {

	const LIMIT = 8;
	const SPARE = 4; // Asked for beyond what is shown: some may be sold out by then.

	/**
	 * Shelves drawn so far: each needs a name of its own in the page.
	 *
	 * @var int
	 */
	private static $drawn = 0;

	/**
	 * Draws what stands at a placement.
	 *
	 * @param string               $place   Placement.
	 * @param array<string, mixed> $options limit, title, product, class and is_block, all optional.
	 */
	public static function draw( string $place, array $options = array() ): string {
		if ( ! Places::exists( $place ) || self::is_apart() ) {
			return '';
		}
		$product = absint( $options['product'] ?? 0 );
		$context = $product ? new Context( 'product', $product ) : Context::here();
		if ( Places::PICTURE === $place ) {
			return Picture::draw( $context, $options );
		}
		if ( Places::LINE === $place ) {
			return Line::draw( $context, $options );
		}
		$options['is_fixed'] = (bool) $product; // The visitor's own answer is about the page, not about another product.
		return self::from_copy( $context, $place, $options );
	}

	/**
	 * Tells whether LuxeBrain said that a placement is switched off. Never in the editor, where it can still be set up.
	 *
	 * @param Context $context What it is about.
	 * @param string  $place   Placement.
	 */
	public static function is_off( Context $context, string $place ): bool {
		return ! Preview::is_on() && in_array( $place, Copies::of( $context, $place, 0 )['off'] ?? array(), true );
	}

	/**
	 * Draws a banner or a shelf.
	 *
	 * @param Context              $context What it is about.
	 * @param string               $place   Placement.
	 * @param array<string, mixed> $options See draw().
	 */
	private static function from_copy( Context $context, string $place, array $options ): string {
		$own    = min( Answer::MOST_PICKS, absint( $options['limit'] ?? 0 ) );
		$most   = min( Answer::MOST_PICKS, self::first( $own, self::LIMIT ) + self::SPARE );
		$copy   = Copies::of( $context, $place, $most, $own ? $most : 0 );
		$banner = Places::HERO === $place ? Hero::draw( $copy['hero'] ?? null, $options ) : '';
		if ( '' !== $banner ) {
			return $banner; // Where none fits, its products stand there.
		}
		$options['limit'] = self::first( $own, (int) ( $copy['shelves'][ $place ]['limit'] ?? 0 ), self::LIMIT );
		return self::shelf( $place, $copy, $options );
	}

	/**
	 * Answers the first number that is one: the shortcode's, LuxeBrain's, ours.
	 *
	 * @param int ...$numbers 0 for none.
	 */
	private static function first( int ...$numbers ): int {
		return (int) current( array_filter( $numbers ) );
	}

	/**
	 * Tells whether no page of a connected shop is built: a feed, what a text is shortened from, a page's description for search
	 * engines, an answer of the REST API. What is drawn there nobody sees, and nothing is to be kept ready for it.
	 */
	private static function is_apart(): bool {
		return '' === Settings::get( 'url' ) || ! function_exists( 'wc_get_products' ) || is_feed() || doing_filter( 'get_the_excerpt' ) || doing_action( 'wp_head' )
			|| ( defined( 'REST_REQUEST' ) && REST_REQUEST && ! Preview::is_on() );
	}

	/**
	 * Draws a shelf of cards.
	 *
	 * @param string               $place   Placement.
	 * @param array<string, mixed> $copy    All that is kept for this page.
	 * @param array<string, mixed> $options See draw().
	 */
	private static function shelf( string $place, array $copy, array $options ): string {
		$shelf = $copy['shelves'][ $place ] ?? null;
		$limit = $options['limit'];
		$cards = $shelf ? self::cards( $copy, $shelf, $limit ) : array();
		if ( ! $cards && Preview::is_on() ) {
			$cards = Preview::cards( $place, $limit );
		}
		$is_waiting = ! $cards && $copy && in_array( $place, Places::PERSONAL, true );
		if ( ! $cards && ! $is_waiting ) {
			return '';
		}
		Assets::enqueue();
		return self::frame( $place, $shelf['title'] ?? '', $cards, $options + array( 'places' => $is_waiting ? $limit : 0 ) );
	}

	/**
	 * Answers the cards of a shelf.
	 *
	 * @param array<string, mixed> $copy  All that is kept for this page.
	 * @param array<string, mixed> $shelf One of its shelves.
	 * @param int                  $limit At most so many.
	 */
	private static function cards( array $copy, array $shelf, int $limit ): array {
		// All shelves' products at once: a second shelf costs no query more.
		Cards::products( array_values( array_unique( array_merge( ...array_values( array_column( $copy['shelves'], 'products' ) ) ) ) ) );
		$products = Cards::products( $shelf['products'] );
		unset( $products[ Context::here()->question()['product'] ?? 0 ] );
		$cards = array();
		foreach ( array_slice( $products, 0, $limit ) as $product ) {
			$cards[] = Cards::card( $product, $shelf['place'], count( $cards ) + 1, $shelf['decision'] );
		}
		return $cards;
	}

	/**
	 * Draws the frame around cards.
	 *
	 * @param string               $place   Placement.
	 * @param string               $title   LuxeBrain's heading.
	 * @param array                $cards   Cards.
	 * @param array<string, mixed> $options See draw(); `places` is how many places wait for the visitor's own picks.
	 */
	private static function frame( string $place, string $title, array $cards, array $options ): string {
		$fixed = trim( (string) ( $options['title'] ?? '' ) );
		$title = '' === $fixed ? $title : $fixed;
		return Template::draw(
			'shelf',
			array(
				'place'      => $place,
				'id'         => 'luxe-shelf-' . ++self::$drawn,
				'title'      => '' === $title ? Places::heading( $place ) : $title,
				'keep_title' => '' !== $fixed,
				'is_fixed'   => $options['is_fixed'] || Preview::is_on(),
				'places'     => $options['places'],
				'cards'      => $cards,
				'wrapper'    => self::wrapper( $options, 'luxe-shelf' . ( $options['places'] ? ' luxe-shelf--waiting' : '' ) ),
			)
		);
	}

	/**
	 * Answers the attributes of the outer element, a block's with what the merchant chose for it.
	 *
	 * @param array<string, mixed> $options See draw().
	 * @param string               $name    Class.
	 * @return string Escaped.
	 */
	public static function wrapper( array $options, string $name ): string {
		if ( ! empty( $options['is_block'] ) ) {
			return get_block_wrapper_attributes( array( 'class' => $name ) );
		}
		return 'class="' . esc_attr( trim( $name . ' ' . ( $options['class'] ?? '' ) ) ) . '"';
	}
}
