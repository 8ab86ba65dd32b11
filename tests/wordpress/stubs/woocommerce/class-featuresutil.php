<?php
/**
 * WooCommerce's register of who is compatible with what.
 *
 * @package LuxeBrain
 */

namespace Automattic\WooCommerce\Utilities;

/**
 * Remembers what plugins declare.
 */
class FeaturesUtil {

	/**
	 * Declarations: feature, plugin, whether compatible.
	 *
	 * @var array<int, array{0: string, 1: string, 2: bool}>
	 */
	public static $declared = array();

	/**
	 * Takes one declaration.
	 *
	 * @param string $feature       Feature's id.
	 * @param string $file          Plugin's main file.
	 * @param bool   $is_compatible Whether they get on.
	 */
	public static function declare_compatibility( $feature, $file, $is_compatible = true ) {
		self::$declared[] = array( $feature, plugin_basename( $file ), $is_compatible );
	}
}
