<?php
/**
 * Says to LuxeBrain who is signed in.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Tracking;

use LuxeBrain\Signature;

defined( 'ABSPATH' ) || exit;

/**
 * `v1.<public part of the key>.<customer>.<expiry>.<signature>`.
 */
class Customer_Token {

	const LIFETIME = 3600;

	/**
	 * Signs who somebody is.
	 *
	 * @param string $key      Whole secret key.
	 * @param int    $customer Id in this shop.
	 * @param int    $expires  Unix seconds.
	 */
	public static function make( string $key, int $customer, int $expires ): string {
		$claim = implode( '.', array( 'v1', Signature::prefix( $key ), $customer, $expires ) );
		return $claim . '.' . Signature::sign( $key, "luxebrain-customer-v1\n{$claim}" );
	}
}
