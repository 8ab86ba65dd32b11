<?php
/**
 * The button Connect.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Connection;

use LuxeBrain\Settings;
use LuxeBrain\Settings_Screen;

defined( 'ABSPATH' ) || exit;

/**
 * Leads to LuxeBrain's approval page and back. Only who began, and only where they meant to go, comes back connected.
 */
class Button {

	const STATE = 'luxebrain_connect_state';
	const PAGE  = '/connect/shop/';
	const LASTS = 1800;

	/**
	 * Answers LuxeBrain's approval page, and remembers that this user goes there.
	 *
	 * @param string $url  Address of LuxeBrain.
	 * @param int    $user User.
	 * @return string '' where the address is of no use.
	 */
	public static function begin( string $url, int $user ): string {
		$url = rtrim( esc_url_raw( trim( $url ), array( 'http', 'https' ) ), '/' );
		if ( ! Settings::is_safe_url( $url ) ) {
			return '';
		}
		$state = bin2hex( random_bytes( 16 ) );
		update_user_meta(
			$user,
			self::STATE,
			array(
				'state' => wp_hash( $state ),
				'url'   => $url,
				'blog'  => get_current_blog_id(),
				'at'    => time(),
			)
		);
		$query = array(
			'site'  => (string) get_option( 'home' ),
			'back'  => Settings::address(),
			'state' => $state,
		);
		return $url . self::PAGE . '?' . http_build_query( $query, '', '&', PHP_QUERY_RFC3986 );
	}

	/**
	 * Takes the code that LuxeBrain gave the user on the way back, once.
	 */
	public static function come_back(): void {
		// phpcs:disable WordPress.Security.NonceVerification -- the state is the nonce: kept for this user, and for one time.
		if ( Settings::PAGE !== ( $_GET['page'] ?? '' ) || ! isset( $_GET['luxebrain_code'], $_GET['luxebrain_state'] ) || ! current_user_can( Settings::capability() ) ) {
			return;
		}
		$user  = get_current_user_id();
		$text  = sanitize_text_field( wp_unslash( (string) $_GET['luxebrain_code'] ) );
		$state = sanitize_text_field( wp_unslash( (string) $_GET['luxebrain_state'] ) );
		// phpcs:enable
		$kept = get_user_meta( $user, self::STATE, true );
		delete_user_meta( $user, self::STATE );
		if ( ! self::is_ours( $kept, $state, $text ) ) {
			Settings_Screen::go_back( __( 'This way back from LuxeBrain was not begun here, or not by you, or more than half an hour ago. Press “Connect” once more.', 'luxebrain' ), 'error' );
		}
		Actions::connect_and_go_back( $text, $user );
	}

	/**
	 * Tells whether this user went there from this site, and to the LuxeBrain that made the code.
	 *
	 * @param mixed  $kept  What begin() kept.
	 * @param string $state What came back.
	 * @param string $text  The code that came back.
	 */
	private static function is_ours( $kept, string $state, string $text ): bool {
		$code = Code::read( $text );
		return is_array( $kept )
			&& hash_equals( (string) $kept['state'], wp_hash( $state ) )
			&& get_current_blog_id() === (int) $kept['blog']
			&& time() - (int) $kept['at'] < self::LASTS
			&& ! is_wp_error( $code )
			&& $code['url'] === $kept['url'];
	}
}
