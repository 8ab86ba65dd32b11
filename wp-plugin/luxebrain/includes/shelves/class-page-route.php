<?php
/**
 * The visitor's own picks through this shop, where the browser cannot ask LuxeBrain itself.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Shelves;

use LuxeBrain\Settings;
use LuxeBrain\Tracking\Rate;
use WP_Error;
use WP_REST_Request;
use WP_REST_Response;

defined( 'ABSPATH' ) || exit;

/**
 * POST luxebrain/v1/page: public and without a nonce, since pages are cached; it reads, and changes nothing. By POST, so
 * that no cache keeps an answer, and visitor and token stand in no log of addresses.
 */
class Page_Route {

	const PATH      = '/api/v1/storefront/page';
	const TIMEOUT   = 2;
	const MOST      = 3000; // Questions a minute that this shop hands on for all its visitors together.
	const MOST_EACH = 300; // An office, or a proxy, is one address.
	const SHAPES    = array(
		'places'   => '/^[a-z0-9:,-]{1,800}$/D',
		'product'  => '/^\d{1,12}$/D',
		'category' => '/^\d{1,12}$/D',
		'basket'   => '/^\d{1,12}(,\d{1,12}){0,49}$/D',
		'viewed'   => '/^\d{1,12}(,\d{1,12}){0,49}$/D',
		'exclude'  => '/^\d{1,12}(,\d{1,12}){0,49}$/D',
		'visitor'  => '/^[A-Za-z0-9_-]{1,64}$/D',
		'token'    => '/^[A-Za-z0-9._-]{1,300}$/D',
		'language' => '/^[a-z]{2,3}$/D',
		'limit'    => '/^\d{1,2}$/D',
	);

	/**
	 * Registers the route.
	 */
	public static function register(): void {
		register_rest_route(
			'luxebrain/v1',
			'/page',
			array(
				'methods'             => 'POST',
				'callback'            => array( self::class, 'answer' ),
				'permission_callback' => '__return_true',
			)
		);
	}

	/**
	 * Hands a question on, and answers with this shop's own names and prices.
	 *
	 * @param WP_REST_Request $request Question.
	 * @return WP_REST_Response|WP_Error
	 */
	public static function answer( WP_REST_Request $request ) {
		self::keep_out_of_caches();
		$question = self::question( $request );
		if ( '' === Settings::get( 'url' ) || ! function_exists( 'wc_get_products' ) || ! isset( $question['places'] ) ) {
			return new WP_Error( 'luxebrain_no_question', __( 'Nothing was asked for.', 'luxebrain' ), array( 'status' => 404 ) );
		}
		if ( Rate::is_spent( 'page', self::MOST_EACH, self::MOST ) ) {
			return new WP_Error( 'luxebrain_busy', __( 'Too many questions for now.', 'luxebrain' ), array( 'status' => 429 ) );
		}
		$answer = self::ask( $question );
		$clean  = is_wp_error( $answer ) ? null : Answer::clean( $answer );
		if ( null === $clean ) {
			return new WP_Error( 'luxebrain_no_answer', __( 'No answer.', 'luxebrain' ), array( 'status' => 502 ) );
		}
		$response = new WP_REST_Response( self::with_cards( $clean ) );
		$response->header( 'Cache-Control', 'no-store, private' );
		$response->header( 'X-LiteSpeed-Cache-Control', 'no-cache' );
		return $response;
	}

	/**
	 * Tells caches that keep even this that they must not: by the constant that most of them know, and LiteSpeed's way.
	 */
	public static function keep_out_of_caches(): void {
		if ( ! defined( 'DONOTCACHEPAGE' ) ) {
			define( 'DONOTCACHEPAGE', true );
		}
		do_action( 'litespeed_control_set_nocache', 'luxebrain' );
	}

	/**
	 * Answers the parts of a question that LuxeBrain knows, each of the right shape.
	 *
	 * @param WP_REST_Request $request Question.
	 * @return array<string, string>
	 */
	public static function question( WP_REST_Request $request ): array {
		$question = array();
		foreach ( self::SHAPES as $name => $shape ) {
			$value = $request->get_body_params()[ $name ] ?? null; // Never from the address.
			if ( is_string( $value ) && preg_match( $shape, $value ) ) {
				$question[ $name ] = $value;
			}
		}
		return $question;
	}

	/**
	 * Asks LuxeBrain, signed, and not for long: somebody looks at the page.
	 *
	 * @param array<string, string> $question Question.
	 * @return array|WP_Error
	 */
	private static function ask( array $question ) {
		$hurry = static function ( $arguments ) {
			$arguments['timeout'] = self::TIMEOUT;
			return $arguments;
		};
		if ( isset( $question['limit'] ) ) {
			$question['limit'] = (string) self::with_spare( (int) $question['limit'] );
		}
		$question['places'] = preg_replace_callback(
			'/(?<=:)[1-9]\d?/',
			static function ( $found ) {
				return (string) self::with_spare( (int) $found[0] );
			},
			$question['places']
		);
		add_filter( 'http_request_args', $hurry );
		$answer = Settings::client()->get( self::PATH, $question );
		remove_filter( 'http_request_args', $hurry );
		return $answer;
	}

	/**
	 * Answers some more: a few may be sold out here.
	 *
	 * @param int $number Picks that are to be shown.
	 */
	private static function with_spare( int $number ): int {
		return min( Answer::MOST_PICKS, $number + Shelf::SPARE );
	}

	/**
	 * Answers shelves whose picks are drawn from WooCommerce.
	 *
	 * @param array<string, mixed> $clean Cleaned.
	 * @return array<string, mixed>
	 */
	public static function with_cards( array $clean ): array {
		Cards::products( array_merge( array(), ...array_values( array_column( $clean['shelves'], 'products' ) ) ) );
		$shelves = array();
		foreach ( $clean['shelves'] as $shelf ) {
			$picks = array();
			foreach ( Cards::products( $shelf['products'] ) as $id => $product ) {
				$picks[] = array(
					'product'    => $id,
					'name'       => wp_specialchars_decode( wp_strip_all_tags( $product->get_name() ), ENT_QUOTES ),
					'url'        => $product->get_permalink(),
					'image'      => (string) wp_get_attachment_image_url( (int) $product->get_image_id(), 'woocommerce_thumbnail' ),
					'price_html' => wp_kses_post( $product->get_price_html() ),
				);
			}
			unset( $shelf['products'] );
			$shelves[] = $shelf + array( 'picks' => $picks );
		}
		return array(
			'shelves' => $shelves,
			'hero'    => $clean['hero'],
			'hidden'  => $clean['hidden'],
			'off'     => $clean['off'],
			'lines'   => array_map( array( self::class, 'line' ), self::true_here( $clean['lines'] ) ),
		);
	}

	/**
	 * Answers the lines that are true here: where the shop shows other prices than are stored, LuxeBrain's are not.
	 *
	 * @param array<int, array<string, mixed>> $lines Cleaned.
	 * @return array<int, array<string, mixed>>
	 */
	private static function true_here( array $lines ): array {
		$is_own = Money::is_the_shops_own();
		return array_values(
			array_filter(
				$lines,
				static function ( array $line ) use ( $is_own ): bool {
					return ! $is_own || 'price_lowered' !== $line['code'];
				}
			)
		);
	}

	/**
	 * Answers a line as LuxeBrain tells it.
	 *
	 * @param array<string, mixed> $line Cleaned.
	 * @return array<string, string>
	 */
	private static function line( array $line ): array {
		return array(
			'text'       => $line['text'],
			'true_until' => gmdate( 'Y-m-d\TH:i:s\Z', $line['until'] ),
		);
	}
}
