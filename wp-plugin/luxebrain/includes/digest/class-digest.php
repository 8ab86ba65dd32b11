<?php
/**
 * Sums that LuxeBrain compares with its copy.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Digest;

use WP_REST_Request;

defined( 'ABSPATH' ) || exit;

/**
 * By day of making: how many, the sum of amounts, and the XOR of the SHA-256 of each thing's line. What both sides
 * compute is written in LuxeBrain's docs/plugin-digest.md.
 */
class Digest {

	const NEVER   = '0001-01-01'; // Drafts may have no day.
	const NOTHING = '0000-00-00 00:00:00';

	/**
	 * Answers GET wc-luxebrain/v1/digest.
	 *
	 * @param WP_REST_Request $request With `kind`.
	 */
	public static function answer( WP_REST_Request $request ): array {
		if ( function_exists( 'wc_set_time_limit' ) ) {
			wc_set_time_limit( 120 );
		}
		$days = array();
		foreach ( self::days( $request['kind'] ) as $day => $sums ) {
			$days[] = array( $day, $sums[0], self::amount( $sums[1] ), bin2hex( $sums[2] ) );
		}
		return array(
			'kind' => $request['kind'],
			'days' => $days,
		);
	}

	/**
	 * Answers each day's count, sum in ten-thousandths, and digest; by rising day.
	 *
	 * @param string $kind One of Rows::TYPES.
	 * @return array<string, array{0: int, 1: int, 2: string}>
	 */
	private static function days( string $kind ): array {
		$days  = array();
		$after = 0;
		do {
			$rows  = Rows::page( $kind, $after );
			$lines = Lines::of( $kind, $rows );
			$late  = Lines::changed( $kind, $rows );
			foreach ( $rows as $row ) {
				$after = (int) $row->id;
				$made  = self::moment( $row->made );
				$day   = null === $made ? self::NEVER : gmdate( 'Y-m-d', $made );
				$when  = $late[ $after ] ?? ( 'refunds' === $kind ? null : self::moment( $row->changed ) );
				$line  = implode( '|', array_merge( array( $after, $when ?? $made ?? 0 ), $lines[ $after ][0] ) );

				$known        = $days[ $day ] ?? array( 0, 0, str_repeat( "\0", 32 ) );
				$days[ $day ] = array(
					$known[0] + 1,
					$known[1] + (int) round( (float) $lines[ $after ][1] * 10000 ),
					$known[2] ^ hash( 'sha256', $line, true ),
				);
			}
		} while ( count( $rows ) === Rows::PAGE );
		ksort( $days, SORT_STRING );
		return $days;
	}

	/**
	 * Answers seconds since 1970 of a moment in UTC; null for none.
	 *
	 * @param string|null $moment As the database has it.
	 */
	private static function moment( ?string $moment ): ?int {
		return null === $moment || '' === $moment || self::NOTHING === $moment ? null : strtotime( "{$moment} UTC" );
	}

	/**
	 * Answers ten-thousandths as an amount.
	 *
	 * @param int $parts Ten-thousandths.
	 */
	private static function amount( int $parts ): string {
		return sprintf( '%s%d.%04d', $parts < 0 ? '-' : '', intdiv( abs( $parts ), 10000 ), abs( $parts ) % 10000 );
	}
}
