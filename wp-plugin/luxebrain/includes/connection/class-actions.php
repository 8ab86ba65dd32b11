<?php
/**
 * The buttons of the connection.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Connection;

use LuxeBrain\Settings_Screen;

defined( 'ABSPATH' ) || exit;

/**
 * Each is a form to admin-post.php with a nonce of its own, and ends on the screen with a sentence.
 */
class Actions {

	const CONNECT    = 'luxebrain_connect';
	const BEGIN      = 'luxebrain_begin';
	const DISCONNECT = 'luxebrain_disconnect';

	/**
	 * A code was pasted.
	 */
	public static function connect(): void {
		Settings_Screen::guard( self::CONNECT );
		self::connect_and_go_back( self::sent( 'code' ), get_current_user_id() );
	}

	/**
	 * The button: off to LuxeBrain.
	 */
	public static function begin(): void {
		Settings_Screen::guard( self::BEGIN );
		$page = Button::begin( self::sent( 'url' ), get_current_user_id() );
		if ( '' === $page ) {
			Settings_Screen::go_back( __( 'Please enter LuxeBrain\'s address with https, for example https://brain.example.com.', 'luxebrain' ), 'error' );
		}
		// phpcs:ignore WordPress.Security.SafeRedirect -- to another site is what the person asked for.
		wp_redirect( $page );
		exit;
	}

	/**
	 * Connects, and says how it went.
	 *
	 * @param string $text Code.
	 * @param int    $user User.
	 */
	public static function connect_and_go_back( string $text, int $user ): void {
		$link = Connect::with_code( $text, $user );
		if ( is_wp_error( $link ) ) {
			Settings_Screen::go_back( $link->get_error_message(), 'error' );
		}
		/* translators: %s: name of the store in LuxeBrain. */
		$sentence = sprintf( __( 'Connected to LuxeBrain as %s. The first copy of your shop begins in a moment.', 'luxebrain' ), $link['store_name'] );
		Settings_Screen::go_back( $sentence );
	}

	/**
	 * Leaves LuxeBrain.
	 */
	public static function disconnect(): void {
		Settings_Screen::guard( self::DISCONNECT );
		if ( Disconnect::run() ) {
			Settings_Screen::go_back( __( 'Disconnected. Keys and webhooks are removed; what was copied stays in LuxeBrain.', 'luxebrain' ) );
		}
		Settings_Screen::go_back( __( 'Disconnected here: keys and webhooks are removed. LuxeBrain did not answer, so disconnect the shop there, too.', 'luxebrain' ), 'warning' );
	}

	/**
	 * Answers one field of the form; its nonce is checked by then.
	 *
	 * @param string $name Name in the form.
	 */
	private static function sent( string $name ): string {
		// phpcs:ignore WordPress.Security.NonceVerification -- guard() did.
		$value = $_POST[ $name ] ?? '';
		return is_string( $value ) ? sanitize_text_field( wp_unslash( $value ) ) : '';
	}
}
