<?php
/**
 * The plugin's own tables.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain;

defined( 'ABSPATH' ) || exit;

/**
 * Makes them in each site, keeps them up to date, removes them. What stands in them is their owners' business.
 */
class Tables {

	/**
	 * Counted up with each change of a schema.
	 */
	const VERSION = 3;
	const OPTION  = 'luxebrain_tables';

	/**
	 * Each table and whose it is: a class with `schema()`, the CREATE TABLE as dbDelta() wants it.
	 */
	const OWNERS = array(
		'shelves' => Shelves\Copies::class,
		'outbox'  => Tracking\Outbox::class,
		'prices'  => Prices\History::class,
		'rates'   => Tracking\Rate::class,
	);

	/**
	 * Answers a table's whole name in this site.
	 *
	 * @param string $table `shelves`, `outbox`, `prices` or `rates`.
	 */
	public static function name( string $table ): string {
		return $GLOBALS['wpdb']->prefix . "luxebrain_{$table}";
	}

	/**
	 * Makes them when the plugin is switched on.
	 *
	 * @param bool $in_network Whether for every site of a network. Where there are very many, the rest follows as they are used.
	 */
	public static function activate( bool $in_network = false ): void {
		Network::visit( $in_network, array( self::class, 'make' ) );
	}

	/**
	 * Makes or changes the tables of this site.
	 */
	public static function make(): void {
		require_once ABSPATH . 'wp-admin/includes/upgrade.php';
		foreach ( self::OWNERS as $owner ) {
			if ( class_exists( $owner ) ) {
				dbDelta( $owner::schema() );
			}
		}
		update_option( self::OPTION, self::VERSION );
	}

	/**
	 * Makes them after an update of the plugin, which WordPress does not announce.
	 */
	public static function keep_up(): void {
		if ( self::VERSION !== (int) get_option( self::OPTION ) ) {
			self::make();
		}
	}

	/**
	 * Makes them in a site that is added to a network.
	 *
	 * @param \WP_Site $site The new site.
	 */
	public static function make_in( $site ): void {
		require_once ABSPATH . 'wp-admin/includes/plugin.php'; // Sites are made on the way in, too.
		if ( is_plugin_active_for_network( plugin_basename( FILE ) ) ) {
			switch_to_blog( (int) $site->blog_id );
			self::make();
			restore_current_blog();
		}
	}

	/**
	 * Adds them to what WordPress drops with a site of a network.
	 *
	 * @param string[] $tables Whole names.
	 * @param int      $site   Site that goes.
	 * @return string[]
	 */
	public static function give_away( array $tables, $site ): array {
		$prefix = $GLOBALS['wpdb']->get_blog_prefix( (int) $site );
		foreach ( array_keys( self::OWNERS ) as $table ) {
			$tables[] = "{$prefix}luxebrain_{$table}";
		}
		return $tables;
	}

	/**
	 * Removes the tables of this site.
	 */
	public static function drop_all(): void {
		global $wpdb;
		foreach ( array_keys( self::OWNERS ) as $table ) {
			// A name of our own: no placeholder takes one in WordPress 6.1.
			$wpdb->query( 'DROP TABLE IF EXISTS `' . self::name( $table ) . '`' );
		}
		delete_option( self::OPTION );
	}
}
