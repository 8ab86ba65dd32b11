<?php
/**
 * Keeps our scripts out of the hands of plugins that pack scripts.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Tracking;

use LuxeBrain\Shelves\Assets;
use const LuxeBrain\FILE;

defined( 'ABSPATH' ) || exit;

/**
 * What our scripts must know stands on their tags, which are lost where several files become one; and a script that is
 * held back until a visitor moves would miss what the banner says. Each packer is told by its own public filter.
 */
class Packers {

	const HANDLES = array( Start::HANDLE, Assets::HANDLE );
	const FOLDER  = 'luxebrain/assets/';

	/**
	 * Marks our tags for those who read attributes: Autoptimize, LiteSpeed, WP Rocket, Cloudflare, Jetpack.
	 *
	 * @param string $tag    The whole tag.
	 * @param string $handle Whose.
	 */
	public static function mark( $tag, $handle ) {
		if ( ! in_array( $handle, self::HANDLES, true ) ) {
			return $tag;
		}
		return str_replace( ' src=', ' data-noptimize="1" data-no-defer="1" data-no-minify="1" data-cfasync="false" data-jetpack-boost="ignore" nowprocket src=', $tag );
	}

	/**
	 * Adds our files for WP Rocket, which compares whole paths.
	 *
	 * @param mixed $known Patterns.
	 */
	public static function add_pattern( $known ) {
		$path = (string) wp_parse_url( plugins_url( 'assets/', FILE ), PHP_URL_PATH );
		return is_array( $known ) ? array_merge( $known, array( "{$path}(.*).js" ) ) : $known;
	}

	/**
	 * Adds our folder for those who look for a part of the address: a list, or one text with commas.
	 *
	 * @param mixed $known What is left alone.
	 */
	public static function add_folder( $known ) {
		return is_array( $known ) ? array_merge( $known, array( self::FOLDER ) ) : $known;
	}

	/**
	 * Adds our folder for Autoptimize: a text with commas, or files each with what else is done to it.
	 *
	 * @param mixed $known What is left alone.
	 */
	public static function add_to_autoptimize( $known ) {
		if ( is_array( $known ) ) {
			return $known + array( self::FOLDER => '' );
		}
		return is_string( $known ) ? ltrim( "{$known}, " . self::FOLDER, ', ' ) : $known;
	}

	/**
	 * Adds our names for SiteGround's Speed Optimizer.
	 *
	 * @param mixed $known Handles.
	 */
	public static function add_handles( $known ) {
		return is_array( $known ) ? array_merge( $known, self::HANDLES ) : $known;
	}

	/**
	 * Says no to W3 Total Cache, which asks tag by tag.
	 *
	 * @param mixed  $may Whether it may pack.
	 * @param string $tag The whole tag.
	 */
	public static function may_pack( $may, $tag = '' ) {
		return false === strpos( (string) $tag, self::FOLDER ) ? $may : false;
	}
}
