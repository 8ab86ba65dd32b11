<?php
/**
 * Tells the browser that somebody else sits here now.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Tracking;

defined( 'ABSPATH' ) || exit;

/**
 * start.js keeps a customer's token for some pages. Pages may come from a cache and cannot say who is signed in, so a
 * cookie does that says nothing else: a random number, another one after each signing in and out. Only of who agreed.
 */
class Turn {

	const COOKIE = 'luxebrain_turn';

	/**
	 * Begins another turn.
	 */
	public static function next(): void {
		if ( isset( $_COOKIE[ Consent::VISITOR ] ) && ! headers_sent() ) {
			setcookie(
				self::COOKIE,
				bin2hex( random_bytes( 8 ) ),
				array(
					'path'     => '/',
					'secure'   => is_ssl(),
					'samesite' => 'Lax',
				)
			);
		}
	}
}
