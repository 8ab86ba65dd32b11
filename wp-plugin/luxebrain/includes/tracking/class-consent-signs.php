<?php
/**
 * Whether anybody ever says yes.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Tracking;

defined( 'ABSPATH' ) || exit;

/**
 * A banner that does not reach us looks like a shop without visitors. So it is noted, at most once an hour each, when a
 * shopper who agreed used the cart, and when one who did not. Nothing about who it was.
 */
class Consent_Signs {

	const OPTION = 'luxebrain_consent_signs';

	/**
	 * Notes what the shopper of this request said.
	 */
	public static function note(): void {
		if ( ! Consent::is_shopper() ) {
			return;
		}
		$kind = '' !== Consent::visitor() ? 'yes_at' : 'none_at';
		$seen = self::all();
		if ( time() - $seen[ $kind ] >= HOUR_IN_SECONDS ) {
			update_option( self::OPTION, array( $kind => time() ) + $seen ); // Loaded with every page: reading costs nothing.
		}
	}

	/**
	 * Answers when each was seen last; 0 for never since the shop was connected.
	 *
	 * @return array{yes_at: int, none_at: int}
	 */
	public static function all(): array {
		$stored = get_option( self::OPTION );
		return ( is_array( $stored ) ? $stored : array() ) + array(
			'yes_at'  => 0,
			'none_at' => 0,
		);
	}
}
