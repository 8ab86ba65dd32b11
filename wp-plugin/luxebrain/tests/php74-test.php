<?php
/**
 * The plugin runs on the oldest PHP that its header promises.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Tests;

require_once __DIR__ . '/class-newer-php.php';

/**
 * Tests of every file that is shipped.
 */
class Php74_Test extends Plugin_Test_Case {

	/**
	 * Answers the shipped files by name.
	 */
	public function shipped(): array {
		$root  = dirname( __DIR__ );
		$files = array_merge( glob( "{$root}/*.php" ), glob( "{$root}/includes/*.php" ), glob( "{$root}/includes/*/*.php" ), glob( "{$root}/templates/*.php" ) );
		$names = str_replace( "{$root}/", '', $files );
		return array_combine( $names, array_chunk( $files, 1 ) );
	}

	/**
	 * @dataProvider shipped
	 */
	public function test_it_needs_no_newer_php( string $file ) {
		$this->assertSame( array(), Newer_Php::find( file_get_contents( $file ) ) );
	}

	/**
	 * Answers lines that PHP 7.4 does not understand.
	 */
	public function newer(): array {
		return array(
			array( 'match ( $a ) { 1 => 2 };' ),
			array( '$a?->b();' ),
			array( '$a?->b;' ),
			array( 'f( name: 1 );' ),
			array( 'function f( int|string $a ) {}' ),
			array( 'function f( ?mixed $a ) {}' ),
			array( 'function f(): static {}' ),
			array( 'class A { function __construct( private $b ) {} }' ),
			array( 'enum A { case B; }' ),
			array( 'try { f(); } catch ( E ) {}' ),
			array( '$a = $b ?? throw new E();' ),
			array( '$f = strlen( ... );' ),
			array( '$a::class;' ),
			array( '#[A] function f() {}' ),
		);
	}

	/**
	 * @dataProvider newer
	 */
	public function test_it_would_notice_a_newer_php( string $line ) {
		$this->assertNotSame( array(), Newer_Php::find( "<?php {$line}" ) );
	}
}
