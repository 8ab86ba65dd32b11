<?php
/**
 * What LuxeBrain answered, made safe.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Shelves;

use LuxeBrain\Settings;

defined( 'ABSPATH' ) || exit;

/**
 * Reads an answer strictly: one thing that LuxeBrain would never say, and the whole answer is worth nothing.
 */
class Answer {

	const MOST_PICKS = 24;
	const HERO_TEXTS = array(
		'heading' => 120,
		'text'    => 300,
		'label'   => 60,
	);
	const UUID       = '/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/D';

	/**
	 * Cleans an answer down to what pages need.
	 *
	 * @param mixed $answer What came.
	 * @return array<string, mixed>|null `shelves` by place, `hero`, `lines`, `hidden` from this person, `off` for all;
	 *                                   null when it is not to be trusted.
	 */
	public static function clean( $answer ): ?array {
		if ( ! is_array( $answer ) || ! is_array( $answer['shelves'] ?? null ) || count( $answer['shelves'] ) > 20 ) {
			return null;
		}
		$clean = array(
			'shelves' => array(),
			'hero'    => null,
			'lines'   => array(),
			'hidden'  => self::places( $answer, 'hidden' ),
			'off'     => self::places( $answer, 'off' ),
		);
		foreach ( $answer['shelves'] as $given ) {
			$shelf = self::shelf( $given );
			if ( null === $shelf ) {
				return null;
			}
			$clean['shelves'][ $shelf['place'] ] = $shelf;
		}
		return self::with_hero_and_lines( $clean, $answer );
	}

	/**
	 * Answers the placements that a list names.
	 *
	 * @param array<string, mixed> $answer What came.
	 * @param string               $name   Of the list.
	 * @return string[]
	 */
	private static function places( array $answer, string $name ): array {
		$named = $answer[ $name ] ?? array();
		return is_array( $named ) ? array_values( array_filter( $named, array( Places::class, 'exists' ) ) ) : array();
	}

	/**
	 * Adds the banner and the lines.
	 *
	 * @param array<string, mixed> $clean  So far.
	 * @param array<string, mixed> $answer What came.
	 */
	private static function with_hero_and_lines( array $clean, array $answer ): ?array {
		$hero  = $answer['hero'] ?? null;
		$lines = $answer['lines'] ?? array();
		if ( null !== $hero ) {
			$clean['hero'] = self::hero( $hero );
		}
		if ( ! is_array( $lines ) || count( $lines ) > 50 || ( null !== $hero && null === $clean['hero'] ) ) {
			return null;
		}
		foreach ( $lines as $given ) {
			$line = self::line( $given );
			if ( null === $line ) {
				return null;
			}
			$clean['lines'][] = $line;
		}
		return $clean;
	}

	/**
	 * Cleans a shelf.
	 *
	 * @param mixed $given What came.
	 */
	private static function shelf( $given ): ?array {
		if ( ! is_array( $given ) || ! Places::exists( $given['place'] ?? null ) || ! self::is_text( $given['title'] ?? '', 120 ) || ! self::is_decision( $given ) ) {
			return null;
		}
		$picks = $given['picks'] ?? null;
		if ( ! is_array( $picks ) || count( $picks ) > self::MOST_PICKS ) {
			return null;
		}
		$products = array();
		foreach ( $picks as $pick ) {
			if ( ! self::is_pick( $pick ) ) {
				return null;
			}
			$products[] = $pick['product'];
		}
		return array(
			'place'    => $given['place'],
			'title'    => $given['title'] ?? '',
			'decision' => $given['decision'] ?? null,
			'limit'    => self::limit( $given ),
			'held_out' => ! empty( $given['held_out'] ),
			'products' => array_values( array_unique( $products ) ),
		);
	}

	/**
	 * Answers how many picks LuxeBrain is set to show there; 0 where it is not.
	 *
	 * @param array<string, mixed> $given What came.
	 */
	private static function limit( array $given ): int {
		return is_int( $given['limit'] ?? null ) ? max( 0, min( self::MOST_PICKS, $given['limit'] ) ) : 0;
	}

	/**
	 * Tells whether a pick is one. Names and prices are not kept: the shop knows its own.
	 *
	 * @param mixed $pick What came.
	 */
	private static function is_pick( $pick ): bool {
		return is_array( $pick )
			&& is_int( $pick['product'] ?? null ) && $pick['product'] > 0
			&& self::is_string_of( $pick['name'] ?? '', 500 )
			&& self::is_address( $pick['url'] ?? '' ); // Its picture is the shop's own, whatever is told of it.
	}

	/**
	 * Cleans a banner.
	 *
	 * @param mixed $given What came.
	 */
	private static function hero( $given ): ?array {
		if ( ! is_array( $given ) || ! self::is_decision( $given ) ) {
			return null;
		}
		$given += array_fill_keys( array( 'heading', 'text', 'label', 'image', 'url', 'decision' ), '' );
		foreach ( self::HERO_TEXTS as $name => $longest ) {
			if ( ! self::is_text( $given[ $name ], $longest ) ) {
				return null;
			}
		}
		if ( is_string( $given['url'] ) && preg_match( '~^/(?![/\\\\])~', $given['url'] ) ) {
			$given['url'] = home_url( $given['url'] ); // Merchants write /sale.
		}
		if ( ! self::is_address( $given['url'] ) ) {
			return null;
		}
		$given['image'] = self::is_address( $given['image'] ) ? (string) $given['image'] : ''; // One bad picture costs no more than itself.
		return array_intersect_key( $given, array_flip( array( 'heading', 'text', 'label', 'image', 'url', 'decision' ) ) );
	}

	/**
	 * Cleans a line.
	 *
	 * @param mixed $given What came.
	 */
	private static function line( $given ): ?array {
		if ( ! is_array( $given ) || ! is_int( $given['product'] ?? 0 ) || ! self::is_text( $given['text'] ?? null, 160 ) || ! is_string( $given['true_until'] ?? null ) ) {
			return null;
		}
		$until = strtotime( $given['true_until'] );
		if ( false === $until ) {
			return null;
		}
		return array(
			'product' => $given['product'] ?? 0, // None told: the page's own.
			'code'    => is_string( $given['code'] ?? null ) ? $given['code'] : '',
			'text'    => $given['text'],
			'until'   => $until,
		);
	}

	/**
	 * Tells whether the decision is an id, or missing.
	 *
	 * @param array<string, mixed> $given What came.
	 */
	private static function is_decision( array $given ): bool {
		$decision = $given['decision'] ?? null;
		return null === $decision || ( is_string( $decision ) && preg_match( self::UUID, $decision ) );
	}

	/**
	 * Tells whether something is text without any markup.
	 *
	 * @param mixed $text    What came.
	 * @param int   $longest Letters at most.
	 */
	private static function is_text( $text, int $longest ): bool {
		return self::is_string_of( $text, $longest ) && ! preg_match( '/<[a-z!\/?]|[\x00-\x08\x0b\x0c\x0e-\x1f]/i', $text );
	}

	/**
	 * Tells whether something is a string, and not too long.
	 *
	 * @param mixed $text    What came.
	 * @param int   $longest Letters at most.
	 */
	private static function is_string_of( $text, int $longest ): bool {
		return is_string( $text ) && mb_strlen( $text ) <= $longest && wp_check_invalid_utf8( $text ) === $text;
	}

	/**
	 * Tells whether something is an https address, one of this shop or of its LuxeBrain, or empty.
	 *
	 * @param mixed $url What came.
	 */
	private static function is_address( $url ): bool {
		if ( null === $url || '' === $url ) {
			return true;
		}
		if ( ! is_string( $url ) || strlen( $url ) > 2000 || preg_match( '/[\s"<>\x00-\x1f]/', $url ) ) {
			return false;
		}
		$scheme = wp_parse_url( $url, PHP_URL_SCHEME );
		$known  = array( wp_parse_url( home_url(), PHP_URL_HOST ), wp_parse_url( Settings::get( 'url' ), PHP_URL_HOST ) );
		return 'https' === $scheme || ( 'http' === $scheme && in_array( wp_parse_url( $url, PHP_URL_HOST ), $known, true ) );
	}
}
