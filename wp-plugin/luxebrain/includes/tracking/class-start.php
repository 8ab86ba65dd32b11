<?php
/**
 * The small script on every page that waits for a yes.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Tracking;

use LuxeBrain\Settings;
use const LuxeBrain\FILE;
use const LuxeBrain\VERSION;

defined( 'ABSPATH' ) || exit;

/**
 * Puts assets/start.js on the page. What it says is the same for every visitor, so that the page may be cached.
 */
class Start {

	const HANDLE = 'luxebrain-start';

	/**
	 * Adds the script where the shop is connected.
	 */
	public static function enqueue(): void {
		if ( self::is_wanted() ) {
			wp_enqueue_script( self::HANDLE, plugins_url( 'assets/start.js', FILE ), array(), VERSION, false );
		}
	}

	/**
	 * Writes what the script needs to know onto its tag; it runs when the page is read, and nothing waits for it.
	 *
	 * @param string $tag    The whole tag.
	 * @param string $handle Whose.
	 */
	public static function describe( $tag, $handle ) {
		if ( self::HANDLE !== $handle ) {
			return $tag;
		}
		$told = '';
		foreach ( self::attributes() as $name => $value ) {
			$told .= sprintf( ' data-%s="%s"', $name, esc_attr( $value ) );
		}
		// The last one: plugins that pack scripts into one would lose the rest.
		return str_replace( ' src=', " defer{$told} data-no-optimize=\"1\" src=", $tag );
	}

	/**
	 * Tells whether visitors are to be asked at all.
	 */
	private static function is_wanted(): bool {
		return '' !== Settings::get( 'url' ) && '' !== Settings::get( 'publishable_key' ) && Settings::get( 'tracking' );
	}

	/**
	 * Answers what the script's tag says.
	 *
	 * @return array<string, string>
	 */
	private static function attributes(): array {
		$fallback = self::appendable( rest_url( 'luxebrain/v1/track' ) );
		$direct   = Settings::get( 'url' ) . '/api/v1/events/track';
		return array(
			'key'      => Settings::get( 'publishable_key' ),
			'endpoint' => 'shop' === Settings::get( 'tracking_way' ) ? $fallback : $direct,
			'fallback' => $fallback,
			'tracker'  => plugins_url( 'assets/tracker.js', FILE ) . '?ver=' . VERSION,
			'me'       => rest_url( 'luxebrain/v1/me' ),
			'consent'  => self::needs_a_yes() ? 'wait' : 'none',
		);
	}

	/**
	 * Tells whether a yes must come first. A banner that speaks to WordPress decides; else the merchant does.
	 */
	private static function needs_a_yes(): bool {
		$has_banner = function_exists( 'wp_get_consent_type' ) && wp_get_consent_type();
		return $has_banner || 'none' !== Settings::get( 'consent' );
	}

	/**
	 * Answers an address that the tracker may append `?key=…` to: without pretty links it has a query already.
	 *
	 * @param string $url Address.
	 */
	private static function appendable( string $url ): string {
		return false === strpos( $url, '?' ) ? $url : "{$url}&from=";
	}
}
