<?php
/**
 * Sites of a network.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain;

defined( 'ABSPATH' ) || exit;

/**
 * Does a thing in this site, or in each.
 */
class Network {

	const MOST = 1000;

	/**
	 * Calls back in this site, or in every site: the first thousand, since a person waits.
	 *
	 * @param bool     $in_all Whether in every site of the network.
	 * @param callable $verb   What to do there; called without arguments.
	 */
	public static function visit( bool $in_all, callable $verb ): void {
		if ( ! $in_all || ! is_multisite() ) {
			$verb();
			return;
		}
		$sites = get_sites(
			array(
				'fields' => 'ids',
				'number' => self::MOST,
			)
		);
		foreach ( $sites as $site ) {
			switch_to_blog( $site );
			$verb();
			restore_current_blog();
		}
	}
}
