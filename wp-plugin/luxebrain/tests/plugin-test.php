<?php
/**
 * What the plugin hooks into, and what it leaves behind.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Tests;

/**
 * Tests of Plugin and uninstall.php.
 */
class Plugin_Test extends Plugin_Test_Case {

	public function test_it_hooks_only_what_exists() {
		foreach ( WordPress::$hooks as $hook => $callback ) {
			$this->assertIsCallable( $callback, $hook );
		}
	}

	public function test_it_forgets_old_failures_when_the_connection_changes() {
		WordPress::$transients['luxebrain_failures'] = array( 3, 60 );

		call_user_func( WordPress::$hooks['update_option_luxebrain_settings'] );

		$this->assertSame( array(), WordPress::$transients );
	}

	/**
	 * @runInSeparateProcess
	 */
	public function test_it_removes_all_it_stored() {
		WordPress::$options    = array( 'luxebrain_settings' => array(), 'blogname' => 'Ada' );
		WordPress::$transients = array( 'luxebrain_failures' => array( 2, 60 ) );

		self::uninstall();

		$this->assertSame( array( array( 'blogname' => 'Ada' ), array() ), array( WordPress::$options, WordPress::$transients ) );
	}

	/**
	 * @runInSeparateProcess
	 */
	public function test_it_visits_every_site_of_a_network() {
		WordPress::$sites = array( 1, 5 );

		self::uninstall();

		$this->assertSame( array( 1, 5 ), WordPress::$visited );
	}

	/**
	 * Does what WordPress does when the plugin is deleted; once a process, since it declares a function.
	 */
	private static function uninstall(): void {
		define( 'WP_UNINSTALL_PLUGIN', 'luxebrain/luxebrain.php' );
		require dirname( __DIR__ ) . '/uninstall.php';
	}
}
