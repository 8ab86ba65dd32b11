<?php
/**
 * What the plugin's tests share.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Tests;

use LuxeBrain\Client;
use PHPUnit\Framework\TestCase;

/**
 * Begins each test with an empty WordPress.
 */
abstract class Plugin_Test_Case extends TestCase {

	const URL = 'https://brain.example.com';
	const KEY = 'sk_a1B2c3D4e5F6_0123456789abcdefghijklmnopqrstuv';

	/**
	 * Empties WordPress.
	 */
	protected function setUp(): void {
		WordPress::reset();
	}

	/**
	 * Answers a client of a LuxeBrain that answers as told; the last answer stays.
	 *
	 * @param mixed ...$responses Of response(), or WP_Error.
	 */
	protected static function client( ...$responses ): Client {
		WordPress::$responses = $responses;
		return new Client( self::URL, self::KEY );
	}

	/**
	 * Answers what WordPress would hand over for this HTTP answer.
	 *
	 * @param int                   $status  HTTP status.
	 * @param string                $body    Body.
	 * @param array<string, string> $headers Headers, in lower case.
	 */
	protected static function response( int $status, string $body = '{}', array $headers = array() ): array {
		return compact( 'status', 'body', 'headers' );
	}
}
