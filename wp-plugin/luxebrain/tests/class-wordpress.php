<?php
/**
 * What the stubs remember and answer.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Tests;

/**
 * A WordPress in memory; each test begins with an empty one.
 */
class WordPress {

	/**
	 * Stored options.
	 *
	 * @var array<string, mixed>
	 */
	public static $options = array();

	/**
	 * Stored transients, each with value and lifetime.
	 *
	 * @var array<string, array{0: mixed, 1: int}>
	 */
	public static $transients = array();

	/**
	 * Requests sent, each with URL and arguments.
	 *
	 * @var array<int, array{0: string, 1: array}>
	 */
	public static $requests = array();

	/**
	 * What the next requests are answered; the last one stays.
	 *
	 * @var array<int, mixed>
	 */
	public static $responses = array();

	/**
	 * Codes of the errors that a settings screen would show.
	 *
	 * @var string[]
	 */
	public static $notices = array();

	/**
	 * Hooks, by name.
	 *
	 * @var array<string, callable>
	 */
	public static $hooks = array();

	/**
	 * Sites of the network; empty means no network.
	 *
	 * @var int[]
	 */
	public static $sites = array();

	/**
	 * Sites switched to, in order.
	 *
	 * @var int[]
	 */
	public static $visited = array();

	/**
	 * Forgets all but the hooks, which the plugin set once, when it was loaded.
	 */
	public static function reset(): void {
		self::$options    = array( 'home' => 'http://maison.example' );
		self::$transients = array();
		self::$requests   = array();
		self::$responses  = array();
		self::$notices    = array();
		self::$sites      = array();
		self::$visited    = array();
	}
}
