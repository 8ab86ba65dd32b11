<?php
/**
 * Connecting the shop.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Connection;

use LuxeBrain\Breaker;
use LuxeBrain\Client;
use LuxeBrain\Schedule;
use LuxeBrain\Settings;
use LuxeBrain\Tables;
use LuxeBrain\Tracking\Consent_Signs;
use WP_Error;
use const LuxeBrain\VERSION;

defined( 'ABSPATH' ) || exit;

/**
 * Makes a key of WooCommerce's, sends it with the code, keeps the keys that come back.
 *
 * What is refused leaves nothing behind. Where the answer is lost, LuxeBrain may have connected: a shop that was connected
 * before keeps the keys that it has, which LuxeBrain ends only when the new one is used, and leaves WooCommerce's new key,
 * which LuxeBrain may use already, until the next time.
 */
class Connect {

	const ADDRESS = '/api/v1/connect/plugin/';
	const TIMEOUT = 20; // A person waits, once.
	const SECRET  = '/^sk_[A-Za-z0-9]{12}_[A-Za-z0-9]{32}$/D';
	const LOCK    = 'luxebrain_connecting';
	const LOCKED  = 60; // Seconds after which whoever holds it was killed.
	const PUBLIC  = '/^pk_[A-Za-z0-9]{24}$/D';

	/**
	 * Connects with a code.
	 *
	 * @param string $text Code as it was pasted.
	 * @param int    $user User as whom LuxeBrain will act in the shop.
	 * @return array|WP_Error What Link::all() answers.
	 */
	public static function with_code( string $text, int $user ) {
		$code = Code::read( $text );
		if ( is_wp_error( $code ) ) {
			return $code;
		}
		if ( ! class_exists( 'WooCommerce' ) ) {
			return new WP_Error( 'luxebrain_no_shop', __( 'WooCommerce is not active on this site. Activate it first.', 'luxebrain' ) );
		}
		$known = Settings::all()['url'];
		if ( Settings::is_connected() && ! Settings::is_copy() && $known !== $code['url'] ) {
			/* translators: %s: address. */
			return new WP_Error( 'luxebrain_another', sprintf( __( 'This shop is connected to another LuxeBrain, %s. Disconnect it first.', 'luxebrain' ), $known ) );
		}
		if ( ! self::lock() ) {
			return new WP_Error( 'luxebrain_connecting', __( 'Somebody else connects this shop at this moment. Try again in a minute.', 'luxebrain' ) );
		}
		$done = self::with_new_key( $code, $user );
		delete_option( self::LOCK );
		return $done;
	}

	/**
	 * Takes the lock: of two at once, one goes on.
	 */
	private static function lock(): bool {
		global $wpdb;
		$until = time() + self::LOCKED;
		$taken = $wpdb->query( $wpdb->prepare( "INSERT IGNORE INTO {$wpdb->options} (option_name, option_value, autoload) VALUES (%s, %s, 'no')", self::LOCK, $until ) );
		return $taken || $wpdb->query( $wpdb->prepare( "UPDATE {$wpdb->options} SET option_value = %s WHERE option_name = %s AND option_value < %d", $until, self::LOCK, time() ) );
	}

	/**
	 * Connects with a key of WooCommerce's that is made for it.
	 *
	 * @param array $code What Code::read() answers.
	 * @param int   $user User as whom LuxeBrain will act in the shop.
	 * @return array|WP_Error
	 */
	private static function with_new_key( array $code, int $user ) {
		$keys = Woo_Keys::make( $user );
		if ( null === $keys ) {
			return new WP_Error( 'luxebrain_no_key', __( 'WooCommerce could not make a key for LuxeBrain. Is WooCommerce up to date, and its database?', 'luxebrain' ) );
		}
		$before = Link::all();
		// Now, since whoever is killed in the middle says nothing later.
		Link::keep( array( 'woo_keys_tried' => array_merge( $before['woo_keys_tried'], array( $keys['id'] ) ) ) + $before );
		$answer = self::exchange( $code, $keys );
		if ( is_wp_error( $answer ) ) {
			if ( 'luxebrain_refused' === $answer->get_error_code() || ! $before['woo_key'] ) {
				Woo_Keys::remove( $keys['id'] );
				$before['connected_at'] ? Link::keep( $before ) : delete_option( Link::OPTION );
			}
			return $answer;
		}
		return self::keep( $code['url'], $answer, $keys['id'] );
	}

	/**
	 * Sends code and keys, and reads what comes back.
	 *
	 * @param array $code What Code::read() answers.
	 * @param array $keys What Woo_Keys::make() answers.
	 * @return array|WP_Error
	 */
	private static function exchange( array $code, array $keys ) {
		$response = wp_remote_post(
			$code['url'] . self::ADDRESS,
			array(
				'headers'             => array(
					'Content-Type' => 'application/json',
					'Accept'       => 'application/json',
				),
				'body'                => (string) wp_json_encode( self::letter( $code['code'], $keys ) ),
				'timeout'             => self::TIMEOUT,
				'redirection'         => 0,
				'limit_response_size' => Client::MAX_ANSWER,
				'user-agent'          => 'LuxeBrain-WordPress/' . VERSION,
			)
		);
		if ( is_wp_error( $response ) ) {
			return new WP_Error( 'luxebrain_unreachable', __( 'LuxeBrain does not answer at the address in this code. Nothing was connected.', 'luxebrain' ) );
		}
		$answer = json_decode( wp_remote_retrieve_body( $response ), true );
		$answer = is_array( $answer ) ? $answer : array();
		$status = (int) wp_remote_retrieve_response_code( $response );
		if ( 200 !== $status ) {
			return new WP_Error( $status >= 500 ? 'luxebrain_failed' : 'luxebrain_refused', self::refusal( $answer ) );
		}
		if ( ! preg_match( self::SECRET, self::text( $answer, 'secret_key' ) ) || ! preg_match( self::PUBLIC, self::text( $answer, 'publishable_key' ) ) ) {
			return new WP_Error( 'luxebrain_garbled', __( 'What answers at this address does not speak like LuxeBrain.', 'luxebrain' ) );
		}
		return $answer;
	}

	/**
	 * Answers what LuxeBrain learns about the shop.
	 *
	 * @param string $code The code.
	 * @param array  $keys What Woo_Keys::make() answers.
	 */
	private static function letter( string $code, array $keys ): array {
		return array(
			'code'            => $code,
			'home_url'        => (string) get_option( 'home' ),
			'site_url'        => (string) get_option( 'siteurl' ),
			'consumer_key'    => $keys['key'],
			'consumer_secret' => $keys['secret'],
			'currency'        => (string) get_option( 'woocommerce_currency' ),
			'time_zone'       => wp_timezone_string(),
			'versions'        => array(
				'plugin'      => VERSION,
				'wordpress'   => get_bloginfo( 'version' ),
				'woocommerce' => (string) get_option( 'woocommerce_version' ),
				'php'         => PHP_VERSION,
			),
		);
	}

	/**
	 * Answers LuxeBrain's own words where it has some.
	 *
	 * @param array $answer What came.
	 */
	private static function refusal( array $answer ): string {
		$title = sanitize_text_field( self::text( $answer, 'title' ) );
		return '' !== $title ? $title : __( 'LuxeBrain did not connect this shop, and did not say why. Try again in a minute.', 'luxebrain' );
	}

	/**
	 * Answers one text of an answer.
	 *
	 * @param array  $answer What came.
	 * @param string $name   Which.
	 */
	private static function text( array $answer, string $name ): string {
		return is_string( $answer[ $name ] ?? null ) ? $answer[ $name ] : '';
	}

	/**
	 * Keeps the connection, and ends the one before.
	 *
	 * @param string $url     Address of LuxeBrain.
	 * @param array  $answer  What LuxeBrain answered.
	 * @param int    $woo_key Number of WooCommerce's key.
	 */
	private static function keep( string $url, array $answer, int $woo_key ): array {
		$before = Link::all();
		Settings::store(
			array(
				'url'             => $url,
				'secret_key'      => $answer['secret_key'],
				'publishable_key' => $answer['publishable_key'],
				'site'            => Settings::site(),
			)
		);
		$link = array(
			'store'        => sanitize_text_field( self::text( $answer, 'store' ) ),
			'store_name'   => sanitize_text_field( self::text( $answer, 'store_name' ) ),
			'woo_key'      => $woo_key,
			'connected_at' => time(),
			'warnings'     => array_map( 'sanitize_text_field', array_filter( (array) ( $answer['warnings'] ?? array() ), 'is_string' ) ),
		);
		Link::keep( $link );
		array_map( array( Woo_Keys::class, 'remove' ), array_diff( array_map( 'intval', array_merge( array( $before['woo_key'] ), $before['woo_keys_tried'] ) ), array( $woo_key ) ) );
		Breaker::reset();
		Tables::keep_up();
		delete_option( Schedule::CHECKED );
		delete_option( Schedule::SEEN_ELSEWHERE );
		delete_option( Consent_Signs::OPTION ); // What is seen counts from now on.
		Schedule::set_up();
		Status::ask(); // LuxeBrain ends the keys of before when the new one is used.
		/**
		 * After connecting, for the first time or again: pages are built anew, with shelves.
		 */
		do_action( 'luxebrain_connected' );
		return $link;
	}
}
