<?php
/**
 * What the plugin hooks into.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Tests;

/**
 * Tests of Plugin.
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
}
