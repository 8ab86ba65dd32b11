<?php
/**
 * Calling LuxeBrain, and bearing its misfortunes.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Tests;

use LuxeBrain\Breaker;
use LuxeBrain\Client;
use LuxeBrain\Signature;
use WP_Error;

/**
 * Tests of Client and Breaker.
 */
class Client_Test extends Plugin_Test_Case {

	public function test_it_answers_what_luxebrain_says() {
		$answer = self::client( self::response( 200, '{"store_name":"Ada & Co"}' ) )->whoami();

		$this->assertSame( 'Ada & Co', $answer['store_name'] );
	}

	public function test_it_names_an_answer_without_a_store() {
		$this->assertSame( 'luxebrain_garbled', self::client( self::response( 200, '{"store_name":null}' ) )->whoami()->get_error_code() );
	}

	public function test_it_asks_at_the_stored_address() {
		self::client( self::response( 200 ) )->whoami();

		$this->assertSame( 'https://brain.example.com/api/v1/auth/whoami', WordPress::$requests[0][0] );
	}

	public function test_it_waits_three_seconds_and_follows_no_redirect() {
		self::client( self::response( 200 ) )->whoami();

		$arguments = WordPress::$requests[0][1];
		$this->assertSame( array( 3, 0 ), array( $arguments['timeout'], $arguments['redirection'] ) );
	}

	public function test_it_percent_encodes_a_query() {
		self::client( self::response( 200 ) )->get( '/api/v1/search', array( 'q' => 'فستان a+b' ) );

		$this->assertSame( self::URL . '/api/v1/search?q=%D9%81%D8%B3%D8%AA%D8%A7%D9%86%20a%2Bb', WordPress::$requests[0][0] );
	}

	public function test_it_signs_path_query_and_body_as_sent() {
		self::client( self::response( 200 ) )->post( '/api/v1/events', array( 'name' => 'فستان' ) );

		$this->assert_signed( '/api/v1/events', WordPress::$requests[0][1] );
	}

	public function test_it_signs_the_path_of_an_address_below_a_folder() {
		WordPress::$responses = array( self::response( 200 ) );

		( new Client( 'https://example.com/brain/', self::KEY ) )->get( '/api/v1/products', array( 'limit' => 8 ) );

		$this->assertSame( 'https://example.com/brain/api/v1/products?limit=8', WordPress::$requests[0][0] );
		$this->assert_signed( '/brain/api/v1/products?limit=8', WordPress::$requests[0][1] );
	}

	public function test_it_takes_an_empty_204_for_a_success() {
		$this->assertSame( array(), self::client( self::response( 204, '' ) )->delete( '/api/v1/webhooks/1' ) );
	}

	/**
	 * Answers statuses with the reasons they stand for.
	 */
	public function refusals(): array {
		return array(
			array( 301, 'luxebrain_moved' ),
			array( 400, 'luxebrain_rejected' ),
			array( 401, 'luxebrain_refused' ),
			array( 403, 'luxebrain_refused' ),
			array( 404, 'luxebrain_not_found' ),
			array( 429, 'luxebrain_busy' ),
			array( 500, 'luxebrain_failed' ),
			array( 503, 'luxebrain_failed' ),
		);
	}

	/**
	 * @dataProvider refusals
	 */
	public function test_it_names_the_reason_of_a_refusal( int $status, string $reason ) {
		$this->assertSame( $reason, self::client( self::response( $status ) )->whoami()->get_error_code() );
	}

	public function test_it_names_an_unreachable_luxebrain() {
		$answer = self::client( new WP_Error( 'http_request_failed', 'cURL error 28' ) )->whoami();

		$this->assertSame( array( 'luxebrain_unreachable', 'cURL error 28' ), array( $answer->get_error_code(), $answer->get_error_data() ) );
	}

	public function test_it_names_an_answer_that_is_no_json() {
		$this->assertSame( 'luxebrain_garbled', self::client( self::response( 200, '<html>' ) )->whoami()->get_error_code() );
	}

	public function test_it_blames_the_clock_when_a_signature_is_refused_far_from_luxebrains_time() {
		$date = gmdate( DATE_RFC7231, time() - 3600 );

		$this->assertSame( 'luxebrain_clock', self::client( self::response( 401, '', array( 'date' => $date ) ) )->whoami()->get_error_code() );
	}

	public function test_it_blames_the_key_when_the_clocks_agree() {
		$date = gmdate( DATE_RFC7231, time() - 60 );

		$this->assertSame( 'luxebrain_refused', self::client( self::response( 401, '', array( 'date' => $date ) ) )->whoami()->get_error_code() );
	}

	public function test_it_calls_nobody_before_it_is_connected() {
		$this->assertSame( 'luxebrain_not_connected', ( new Client( '', self::KEY ) )->whoami()->get_error_code() );
		$this->assertSame( 'luxebrain_not_connected', ( new Client( self::URL, '' ) )->whoami()->get_error_code() );
		$this->assertSame( array(), WordPress::$requests );
	}

	public function test_it_calls_no_more_after_three_failures() {
		$client = self::client( self::response( 500 ) );

		$reasons = array_map( fn() => $client->whoami()->get_error_code(), range( 1, 4 ) );

		$this->assertSame( array( 'luxebrain_failed', 'luxebrain_failed', 'luxebrain_failed', 'luxebrain_paused' ), $reasons );
		$this->assertCount( 3, WordPress::$requests );
	}

	public function test_it_pauses_for_a_minute() {
		self::client( self::response( 500 ) )->whoami();

		$this->assertSame( array( Breaker::TRANSIENT => array( 1, 60 ) ), WordPress::$transients );
	}

	public function test_it_calls_again_when_the_minute_is_over() {
		$client = self::client( self::response( 500 ), self::response( 500 ), self::response( 500 ), self::response( 200, '{"store_name":"Ada"}' ) );
		array_map( fn() => $client->whoami(), range( 1, 3 ) );

		WordPress::$transients = array();

		$this->assertSame( array( 'store_name' => 'Ada' ), $client->whoami() );
	}

	public function test_it_counts_only_failures_in_a_row() {
		$client = self::client( self::response( 500 ), self::response( 500 ), self::response( 200 ), self::response( 500 ) );

		array_map( fn() => $client->whoami(), range( 1, 4 ) );

		$this->assertFalse( Breaker::is_open() );
	}

	public function test_it_does_not_count_a_clear_refusal_as_a_failure() {
		$client = self::client( self::response( 403 ) );

		array_map( fn() => $client->whoami(), range( 1, 4 ) );

		$this->assertCount( 4, WordPress::$requests );
	}

	/**
	 * Asserts that these arguments carry the right signature for the path.
	 *
	 * @param string $path      Path with query.
	 * @param array  $arguments Of wp_remote_request().
	 */
	private function assert_signed( string $path, array $arguments ): void {
		$headers   = $arguments['headers'];
		$canonical = Signature::canonical( $arguments['method'], $path, (int) $headers['LuxeBrain-Timestamp'], $headers['LuxeBrain-Nonce'], $arguments['body'] );
		$this->assertSame( Signature::sign( self::KEY, $canonical ), $headers['LuxeBrain-Signature'] );
	}
}
