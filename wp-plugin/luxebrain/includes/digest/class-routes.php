<?php
/**
 * What LuxeBrain may ask of the shop.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Digest;

use LuxeBrain\Connection\Gate;

defined( 'ABSPATH' ) || exit;

/**
 * Routes below wc-luxebrain/v1, open to LuxeBrain's signature only.
 */
class Routes {

	const SPACE = 'wc-luxebrain/v1'; // What begins with wc- also takes WooCommerce's keys: so prices show as for them.

	/**
	 * Makes them, where there is a WooCommerce to speak of.
	 */
	public static function register(): void {
		if ( ! class_exists( 'WooCommerce' ) ) {
			return;
		}
		$kind = array(
			'type'     => 'string',
			'enum'     => array_keys( Rows::TYPES ),
			'required' => true,
		);
		register_rest_route(
			self::SPACE,
			'/digest',
			array(
				'methods'             => 'GET',
				'callback'            => array( Digest::class, 'answer' ),
				'permission_callback' => array( Gate::class, 'permit' ),
				'args'                => array( 'kind' => $kind ),
			)
		);
		register_rest_route(
			self::SPACE,
			'/export',
			array(
				'methods'             => 'GET',
				'callback'            => array( Export::class, 'answer' ),
				'permission_callback' => array( Gate::class, 'permit' ),
				'args'                => array(
					'kind'    => $kind,
					'after'   => self::number( 0, PHP_INT_MAX, 0 ),
					'limit'   => self::number( 1, 5000, 1000 ),
					'seconds' => self::number( 1, 25, 20 ),
				),
			)
		);
	}

	/**
	 * Answers what a number may be.
	 *
	 * @param int $least    From.
	 * @param int $most     To.
	 * @param int $standard Where it is left out.
	 */
	private static function number( int $least, int $most, int $standard ): array {
		return array(
			'type'    => 'integer',
			'minimum' => $least,
			'maximum' => $most,
			'default' => $standard,
		);
	}
}
