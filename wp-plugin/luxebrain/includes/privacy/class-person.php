<?php
/**
 * Whom a privacy request is about.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Privacy;

defined( 'ABSPATH' ) || exit;

/**
 * WordPress asks by e-mail address; whoever has an account is also known by its number.
 */
class Person {

	/**
	 * Answers what LuxeBrain is asked by.
	 *
	 * @param string $email Address.
	 * @return array<string, string|int>
	 */
	public static function question( string $email ): array {
		$account = self::account( $email );
		return array( 'email' => $email ) + ( $account ? array( 'shop_customer' => $account ) : array() );
	}

	/**
	 * Answers the number of the account; 0 for a guest.
	 *
	 * @param string $email Address.
	 */
	public static function account( string $email ): int {
		$user = get_user_by( 'email', $email );
		return $user ? (int) $user->ID : 0;
	}

	/**
	 * Answers the person's orders.
	 *
	 * @param string $email Address.
	 * @return int[]
	 */
	public static function orders( string $email ): array {
		if ( ! function_exists( 'wc_get_orders' ) ) {
			return array();
		}
		$account = self::account( $email );
		$found   = wc_get_orders(
			array(
				'customer' => array_values( array_filter( array( $email, $account ) ) ),
				'type'     => 'shop_order',
				'limit'    => 1000,
				'return'   => 'ids',
			)
		);
		return array_map( 'intval', $found );
	}
}
