<?php
/**
 * The files that draw shelves, the theme's first.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Shelves;

use LuxeBrain;
use Throwable;

defined( 'ABSPATH' ) || exit;

/**
 * A theme (a child theme before its parent) may bring its own luxebrain/shelf.php, card.php, hero.php and line.php.
 */
class Template {

	/**
	 * Draws a template. A theme's file that fails is left out, and ours is drawn.
	 *
	 * @param string               $name shelf, card, hero, line or picture.
	 * @param array<string, mixed> $args What it shows: `$args` in the file.
	 */
	public static function draw( string $name, array $args ): string {
		$ours   = dirname( LuxeBrain\FILE ) . "/templates/{$name}.php";
		$theirs = locate_template( "luxebrain/{$name}.php" );
		$html   = '' === $theirs ? null : self::read( $theirs, $args );
		return $html ?? (string) self::read( $ours, $args );
	}

	/**
	 * Runs one file.
	 *
	 * @param string               $file Path.
	 * @param array<string, mixed> $args What it shows.
	 * @return string|null Null when it failed.
	 */
	private static function read( string $file, array $args ): ?string {
		$level = ob_get_level();
		ob_start();
		try {
			require $file;
			return (string) ob_get_clean();
		} catch ( Throwable $error ) {
			while ( ob_get_level() > $level ) {
				ob_end_clean();
			}
			return null;
		}
	}
}
