<?php
/**
 * Tokens as every client of LuxeBrain makes them.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Tests;

use LuxeBrain\Tracking\Customer_Token;
use LuxeBrain\Tracking\Event_Id;

/**
 * Tests of Customer_Token and Event_Id.
 */
class Customer_Token_Test extends Plugin_Test_Case {

	/**
	 * Answers the shared vectors of pages' tokens.
	 */
	public function vectors(): array {
		$all = json_decode( file_get_contents( dirname( __DIR__, 3 ) . '/tests/fixtures/customer_token_vectors.json' ), true );
		$own = array_filter( $all, fn( $one ) => 'page' === $one['purpose'] );
		return array_map( fn( $one ) => array( $one ), array_combine( array_column( $own, 'name' ), $own ) );
	}

	/**
	 * @dataProvider vectors
	 */
	public function test_it_signs_as_the_vectors_say( array $vector ) {
		$this->assertSame( $vector['token'], Customer_Token::make( $vector['key'], $vector['customer'], $vector['expires'] ) );
	}

	public function test_it_makes_ids_that_begin_with_their_moment() {
		$id = Event_Id::make( 1767225600000 );

		$this->assertMatchesRegularExpression( '/^019b76da-a800-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/', $id );
		$this->assertNotSame( $id, Event_Id::make( 1767225600000 ) );
	}

	public function test_it_makes_one_id_of_one_thing() {
		$id = Event_Id::of( 1767225600000, 'order:1' );

		$this->assertSame( $id, Event_Id::of( 1767225600000, 'order:1' ) );
		$this->assertNotSame( $id, Event_Id::of( 1767225600000, 'order:2' ) );
		$this->assertMatchesRegularExpression( '/^019b76da-a800-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/', $id );
	}
}
