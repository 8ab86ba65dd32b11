<?php
/**
 * Signing, against vectors that the server's tests read too.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Tests;

use LuxeBrain\Signature;

/**
 * Tests of Signature.
 */
class Signature_Test extends Plugin_Test_Case {

	/**
	 * Answers the vectors by name.
	 */
	public function vectors(): array {
		$file = dirname( __DIR__, 3 ) . '/tests/fixtures/signing_vectors.json';
		return array_map( fn( $vector ) => array( $vector ), array_column( json_decode( file_get_contents( $file ), true ), null, 'name' ) );
	}

	/**
	 * @dataProvider vectors
	 */
	public function test_it_writes_the_canonical_text( array $vector ) {
		$body = base64_decode( $vector['body_base64'] );

		$canonical = Signature::canonical( $vector['method'], $vector['path'], $vector['timestamp'], $vector['nonce'], $body );

		$this->assertSame( $vector['canonical'], $canonical );
	}

	/**
	 * @dataProvider vectors
	 */
	public function test_it_signs_as_the_server_does( array $vector ) {
		$this->assertSame( $vector['signature'], Signature::sign( $vector['key'], $vector['canonical'] ) );
	}

	public function test_it_shows_only_the_public_part_of_a_key() {
		$this->assertSame( 'sk_a1B2c3D4e5F6', Signature::prefix( self::KEY ) );
	}

	public function test_it_signs_what_its_headers_say() {
		$headers = Signature::headers( self::KEY, 'POST', '/api/v1/events', '[]' );

		$canonical = Signature::canonical( 'POST', '/api/v1/events', (int) $headers['LuxeBrain-Timestamp'], $headers['LuxeBrain-Nonce'], '[]' );
		$this->assertSame( Signature::sign( self::KEY, $canonical ), $headers['LuxeBrain-Signature'] );
	}

	public function test_it_never_sends_the_secret() {
		$headers = Signature::headers( self::KEY, 'GET', '/', '' );

		$this->assertStringNotContainsString( substr( self::KEY, 16 ), implode( ' ', $headers ) );
	}

	public function test_it_draws_a_new_nonce_for_each_request() {
		$first  = Signature::headers( self::KEY, 'GET', '/', '' )['LuxeBrain-Nonce'];
		$second = Signature::headers( self::KEY, 'GET', '/', '' )['LuxeBrain-Nonce'];

		$this->assertNotSame( $first, $second );
		$this->assertMatchesRegularExpression( '/^[A-Za-z0-9_-]{16,64}$/', $first );
	}
}
