<?php
/**
 * What the settings keep and refuse.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Tests;

use LuxeBrain\Settings;

/**
 * Tests of Settings.
 */
class Settings_Test extends Plugin_Test_Case {

	const PUBLISHABLE = 'pk_0123456789abcdefghijklmn';

	public function test_it_keeps_a_well_formed_connection() {
		$sent = array(
			'url'             => self::URL,
			'secret_key'      => self::KEY,
			'publishable_key' => self::PUBLISHABLE,
		);

		$this->assertSame( $sent + array( 'site' => 'maison.example' ), array_intersect_key( Settings::sanitize( $sent ), Settings::CONNECTION ) );
		$this->assertSame( array(), WordPress::$notices );
	}

	public function test_it_trims_what_was_pasted() {
		$kept = Settings::sanitize(
			array(
				'url'        => ' https://brain.example.com/ ',
				'secret_key' => self::KEY . "\n",
			)
		);

		$this->assertSame( array( self::URL, self::KEY ), array( $kept['url'], $kept['secret_key'] ) );
	}

	public function test_it_keeps_the_secret_when_the_field_is_empty() {
		self::store( 'secret_key', self::KEY );

		$this->assertSame( self::KEY, Settings::sanitize( array( 'secret_key' => '' ) )['secret_key'] );
	}

	public function test_it_keeps_the_old_secret_when_the_new_one_is_malformed() {
		self::store( 'secret_key', self::KEY );

		$this->assertSame( self::KEY, Settings::sanitize( array( 'secret_key' => 'sk_short' ) )['secret_key'] );
		$this->assertSame( array( 'luxebrain_key' ), WordPress::$notices );
	}

	public function test_it_lets_the_publishable_key_be_removed() {
		self::store( 'publishable_key', self::PUBLISHABLE );

		$this->assertSame( '', Settings::sanitize( array( 'publishable_key' => '' ) )['publishable_key'] );
	}

	/**
	 * Answers addresses that are refused.
	 */
	public function bad_addresses(): array {
		return array(
			'plain http'       => array( 'http://brain.example.com' ),
			'with a query'     => array( 'https://brain.example.com/?a=1' ),
			'with a fragment'  => array( 'https://brain.example.com/#a' ),
			'with a password'  => array( 'https://ada:secret@brain.example.com' ),
			'without a scheme' => array( '//brain.example.com' ),
			'without a host'   => array( '/brain' ),
		);
	}

	/**
	 * @dataProvider bad_addresses
	 */
	public function test_it_keeps_the_old_address_when_the_new_one_is_unsafe( string $url ) {
		self::store( 'url', self::URL );

		$this->assertSame( self::URL, Settings::sanitize( array( 'url' => $url ) )['url'] );
		$this->assertSame( array( 'luxebrain_url' ), WordPress::$notices );
	}

	public function test_it_accepts_http_on_the_same_machine() {
		$this->assertSame( 'http://127.0.0.1:8000', Settings::sanitize( array( 'url' => 'http://127.0.0.1:8000/' ) )['url'] );
	}

	public function test_it_ignores_what_is_not_a_form() {
		self::store( 'url', self::URL );

		$this->assertSame( self::URL, Settings::sanitize( 'nonsense' )['url'] );
		$this->assertSame( self::URL, Settings::sanitize( array( 'url' => array( 'x' ) ) )['url'] );
	}

	public function test_it_drops_names_that_it_does_not_know() {
		$this->assertSame( array( 'url', 'secret_key', 'publishable_key', 'site' ), array_keys( Settings::sanitize( array( 'role' => 'administrator' ) ) ) );
	}

	public function test_it_survives_a_broken_option() {
		WordPress::$options[ Settings::OPTION ] = 'broken';

		$this->assertSame( '', Settings::all()['url'] );
	}

	public function test_it_rests_on_a_copy_of_the_site() {
		WordPress::$options[ Settings::OPTION ] = array(
			'url'        => self::URL,
			'secret_key' => self::KEY,
			'site'       => 'another.example',
		);

		$this->assertTrue( Settings::is_copy() );
		$this->assertSame( array( '', '' ), array( Settings::get( 'url' ), Settings::get( 'secret_key' ) ) );
	}

	public function test_it_does_not_take_the_site_for_a_copy_because_of_https_or_www() {
		WordPress::$options[ Settings::OPTION ] = array(
			'url'  => self::URL,
			'site' => 'maison.example',
		);
		WordPress::$options['home']             = 'https://www.Maison.example/';

		$this->assertSame( self::URL, Settings::get( 'url' ) );
	}

	public function test_it_knows_nothing_of_a_setting_that_nobody_made() {
		$this->assertNull( Settings::get( 'color_of_the_moon' ) );
	}

	/**
	 * Stores one setting.
	 *
	 * @param string $name  Its name.
	 * @param string $value Its value.
	 */
	private static function store( string $name, string $value ): void {
		WordPress::$options[ Settings::OPTION ] = array( $name => $value );
	}
}
