<?php
/**
 * Everything of a kind, a line each.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Digest;

use WP_HTTP_Response;
use WP_REST_Request;
use WP_REST_Response;

defined( 'ABSPATH' ) || exit;

/**
 * NDJSON: a line that says how many there are, the bodies that REST shows, and a line that says where to go on.
 *
 * Where the last line is missing, the way broke off: what came is good, and the next request goes on behind it.
 */
class Export {

	const TYPE  = 'application/x-ndjson; charset=UTF-8';
	const PAGE  = 100;
	const FLUSH = 20;

	/**
	 * Answers GET wc-luxebrain/v1/export: only its head. The body is printed by serve().
	 *
	 * @param WP_REST_Request $request With kind, after, limit, seconds, _fields.
	 */
	public static function answer( WP_REST_Request $request ): WP_REST_Response {
		$response = new WP_REST_Response( array(), 200 );
		$response->header( 'Content-Type', self::TYPE );
		$response->header( 'X-Accel-Buffering', 'no' ); // Else nginx keeps it until it is whole.
		return $response;
	}

	/**
	 * Prints the export in place of WordPress's JSON.
	 *
	 * @param bool             $is_served Whether somebody printed already.
	 * @param WP_HTTP_Response $result    What is to be printed.
	 * @param WP_REST_Request  $request   What was asked.
	 */
	public static function serve( $is_served, $result, $request ): bool {
		$is_ours = '/' . Routes::SPACE . '/export' === $request->get_route() && 200 === $result->get_status();
		if ( $is_served || ! $is_ours || 'GET' !== $request->get_method() || self::TYPE !== ( $result->get_headers()['Content-Type'] ?? '' ) ) {
			return (bool) $is_served;
		}
		while ( ob_get_level() && ob_end_clean() ) { // What plugins gather would be gathered whole.
			continue;
		}
		foreach ( self::lines( $request ) as $number => $line ) {
			echo wp_json_encode( $line, JSON_INVALID_UTF8_SUBSTITUTE ), "\n";
			if ( 0 === $number % self::FLUSH ) {
				flush();
			}
		}
		return true;
	}

	/**
	 * Answers line after line, until the limit or the time is reached.
	 *
	 * @param WP_REST_Request $request What was asked.
	 */
	private static function lines( WP_REST_Request $request ): \Generator {
		$kind  = $request['kind'];
		$after = (int) $request['after'];
		$left  = (int) $request['limit'];
		$until = microtime( true ) + self::seconds( (int) $request['seconds'] );
		yield array(
			'luxebrain' => 'begin',
			'kind'      => $kind,
			'total'     => Rows::count( $kind ),
		);
		do {
			$ids  = array_map( 'intval', array_column( Rows::page( $kind, $after, min( self::PAGE, $left ) ), 'id' ) );
			$more = count( $ids ) === min( self::PAGE, $left );
			foreach ( Bodies::of( $kind, $ids, (string) $request['_fields'] ) as $id => $line ) {
				$after = $id;
				--$left;
				yield $line;
				if ( microtime( true ) > $until ) {
					$more = true;
					break 2;
				}
			}
			self::forget();
		} while ( $more && $left > 0 && ! self::is_full() );
		yield array(
			'luxebrain' => 'end',
			'after'     => $after,
			'is_all'    => ! $more,
		);
	}

	/**
	 * Answers how long it may take: well below what the host allows.
	 *
	 * @param int $asked What LuxeBrain would wait for.
	 */
	private static function seconds( int $asked ): float {
		if ( function_exists( 'wc_set_time_limit' ) ) {
			wc_set_time_limit( 60 );
		}
		$most = (int) ini_get( 'max_execution_time' );
		return $most > 0 ? min( $asked, $most * 0.6 ) : $asked;
	}

	/**
	 * Forgets what WordPress remembers of the things of a page: else it remembers the whole shop.
	 */
	private static function forget(): void {
		if ( function_exists( 'wp_cache_supports' ) && wp_cache_supports( 'flush_runtime' ) ) {
			wp_cache_flush_runtime();
		}
	}

	/**
	 * Tells whether the memory is nearly used up.
	 */
	private static function is_full(): bool {
		$most = wp_convert_hr_to_bytes( (string) ini_get( 'memory_limit' ) );
		return $most > 0 && memory_get_usage( true ) > 0.8 * $most;
	}
}
