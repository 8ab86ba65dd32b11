<?php
/**
 * A search by picture through this shop, where the browser cannot ask LuxeBrain itself.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Shelves;

use LuxeBrain\Settings;
use LuxeBrain\Tracking\Rate;
use SplFileObject;
use WP_Error;
use WP_REST_Request;
use WP_REST_Response;

defined( 'ABSPATH' ) || exit;

/**
 * POST luxebrain/v1/picture: public and without a nonce, since pages are cached; it reads, and changes nothing. PHP
 * itself removes the uploaded file when the request ends.
 */
class Picture_Route {

	const PATH       = '/api/v1/visual-search/search';
	const TIMEOUT    = 5;
	const MOST       = 300; // Pictures a minute that this shop hands on for all its visitors together.
	const MOST_EACH  = 30;
	const MOST_BYTES = 512 * KB_IN_BYTES; // The script sends 512 points a side: a tenth of it.
	const NAMES      = array( 'visitor', 'token', 'language', 'limit' );

	/**
	 * Registers the route.
	 */
	public static function register(): void {
		register_rest_route(
			'luxebrain/v1',
			'/picture',
			array(
				'methods'             => 'POST',
				'callback'            => array( self::class, 'answer' ),
				'permission_callback' => '__return_true',
			)
		);
	}

	/**
	 * Hands a picture on, and answers with this shop's own names and prices.
	 *
	 * @param WP_REST_Request $request Form with a picture.
	 * @return WP_REST_Response|WP_Error
	 */
	public static function answer( WP_REST_Request $request ) {
		Page_Route::keep_out_of_caches();
		if ( '' === Settings::get( 'url' ) || ! function_exists( 'wc_get_products' ) ) {
			return self::refusal( 404 );
		}
		if ( Rate::is_spent( 'picture', self::MOST_EACH, self::MOST ) ) {
			return self::refusal( 429 );
		}
		$picture = self::picture( $request->get_file_params()['picture'] ?? null );
		if ( null === $picture ) {
			return self::refusal( 400 );
		}
		$told = self::ask( $picture, Page_Route::question( $request ) );
		if ( is_wp_error( $told ) || 200 !== $told['status'] ) {
			return self::refusal( is_wp_error( $told ) ? 502 : $told['status'] );
		}
		$clean = Answer::clean( array( 'shelves' => array( $told['data'] ) ) );
		if ( null === $clean ) {
			return self::refusal( 502 );
		}
		$response = new WP_REST_Response( Page_Route::with_cards( $clean )['shelves'][0] );
		$response->header( 'Cache-Control', 'no-store, private' );
		$response->header( 'X-LiteSpeed-Cache-Control', 'no-cache' );
		return $response;
	}

	/**
	 * Reads what was uploaded, if it is what our script sends: a small JPEG.
	 *
	 * @param mixed $file As PHP tells of it.
	 */
	private static function picture( $file ): ?string {
		$name = is_array( $file ) && UPLOAD_ERR_OK === ( $file['error'] ?? null ) ? $file['tmp_name'] : '';
		if ( ! is_string( $name ) || ! is_uploaded_file( $name ) || filesize( $name ) > self::MOST_BYTES ) {
			return null;
		}
		$bytes = (string) ( new SplFileObject( $name, 'rb' ) )->fread( max( 1, (int) filesize( $name ) ) );
		return 0 === strpos( $bytes, "\xFF\xD8\xFF" ) ? $bytes : null;
	}

	/**
	 * Asks LuxeBrain, signed. The body is the picture itself.
	 *
	 * @param string                $picture  JPEG.
	 * @param array<string, string> $question What else was said.
	 * @return array|WP_Error
	 */
	private static function ask( string $picture, array $question ) {
		$query   = http_build_query( array_intersect_key( $question, array_flip( self::NAMES ) ), '', '&', PHP_QUERY_RFC3986 );
		$as_jpeg = static function ( $arguments ) {
			$arguments['headers']['Content-Type'] = 'image/jpeg';
			return $arguments;
		};
		add_filter( 'http_request_args', $as_jpeg );
		$told = Settings::client()->exchange( self::PATH . ( '' === $query ? '' : "?{$query}" ), $picture, self::TIMEOUT, false ); // A picture that takes long says nothing of the rest.
		remove_filter( 'http_request_args', $as_jpeg );
		return $told;
	}

	/**
	 * Answers why there is nothing, by the status alone: the script has the words.
	 *
	 * @param int $status HTTP status.
	 */
	private static function refusal( int $status ): WP_Error {
		$kept = in_array( $status, array( 413, 415 ), true ) ? 400 : $status;
		$kept = in_array( $kept, array( 400, 404, 429 ), true ) ? $kept : 502;
		return new WP_Error( 'luxebrain_no_answer', __( 'No answer.', 'luxebrain' ), array( 'status' => $kept ) );
	}
}
