<?php
/**
 * `wp luxebrain …`
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Cli;

use LuxeBrain\Breaker;
use LuxeBrain\Connection\Connect;
use LuxeBrain\Connection\Disconnect;
use LuxeBrain\Connection\Health;
use LuxeBrain\Connection\Status;
use LuxeBrain\Schedule;
use LuxeBrain\Settings;
use LuxeBrain\Shelves\Copies;
use LuxeBrain\Tracking\Outbox;
use WP_CLI;
use function WP_CLI\Utils\format_items;

defined( 'ABSPATH' ) || exit;

/**
 * Connects the shop to LuxeBrain, and looks after the connection.
 */
class Commands {

	/**
	 * Tells WP-CLI of the commands.
	 */
	public static function add(): void {
		WP_CLI::add_command( 'luxebrain', self::class );
	}

	/**
	 * Shows how the connection was when LuxeBrain was last asked.
	 *
	 * ## OPTIONS
	 *
	 * [--format=<format>]
	 * : table, json, csv or yaml.
	 * ---
	 * default: table
	 * ---
	 *
	 * @param string[] $args    None.
	 * @param array    $options Options.
	 */
	public function status( $args, $options ): void {
		self::refuse_unconnected();
		WP_CLI::line( sprintf( 'LuxeBrain: %s', Settings::get( 'url' ) ) );
		self::show( Health::checks( Status::last() ), $options );
	}

	/**
	 * Asks LuxeBrain now, shows every check, and ends with 1 where one is bad.
	 *
	 * ## OPTIONS
	 *
	 * [--format=<format>]
	 * : table, json, csv or yaml.
	 * ---
	 * default: table
	 * ---
	 *
	 * @param string[] $args    None.
	 * @param array    $options Options.
	 */
	public function doctor( $args, $options ): void {
		self::refuse_unconnected();
		Breaker::reset();
		$checks = Health::checks( Status::ask() );
		self::show( $checks, $options );
		if ( 'bad' === Health::worst( $checks ) ) {
			WP_CLI::halt( 1 );
		}
	}

	/**
	 * Does at once what is otherwise done in the background: facts are told, shelves and prices renewed.
	 */
	public function sync(): void {
		self::refuse_unconnected();
		Breaker::reset();
		Copies::want_all();
		foreach ( array_keys( Schedule::JOBS ) as $job ) {
			do_action( $job );
		}
		$error = Status::last()['error'];
		if ( '' !== $error ) {
			WP_CLI::error( $error );
		}
		WP_CLI::success( __( 'Done.', 'luxebrain' ) );
	}

	/**
	 * Tells LuxeBrain every fact that waits in the outbox.
	 */
	public function flush(): void {
		self::refuse_unconnected();
		Breaker::reset();
		$told = Outbox::flush();
		WP_CLI::line( (string) wp_json_encode( $told ) );
	}

	/**
	 * Connects this site with a code from LuxeBrain.
	 *
	 * ## OPTIONS
	 *
	 * <code>
	 * : The code; `-` reads it from standard input, so that it stays out of the shell's history.
	 *
	 * @param string[] $args The code.
	 */
	public function connect( $args ): void {
		$code = '-' === $args[0] ? (string) fgets( STDIN ) : $args[0];
		$link = Connect::with_code( $code, self::user() );
		if ( is_wp_error( $link ) ) {
			WP_CLI::error( $link->get_error_message() );
			return;
		}
		foreach ( $link['warnings'] as $warning ) {
			WP_CLI::warning( $warning );
		}
		/* translators: %s: name of the store in LuxeBrain. */
		WP_CLI::success( sprintf( __( 'Connected to LuxeBrain as %s. The first copy of your shop begins in a moment.', 'luxebrain' ), $link['store_name'] ) );
	}

	/**
	 * Disconnects this site: keys and webhooks are removed.
	 *
	 * ## OPTIONS
	 *
	 * [--yes]
	 * : Do not ask.
	 *
	 * @param string[] $args    None.
	 * @param array    $options Options.
	 */
	public function disconnect( $args, $options ): void {
		WP_CLI::confirm( __( 'Remove LuxeBrain\'s keys and webhooks from this shop?', 'luxebrain' ), $options );
		if ( ! Disconnect::run() ) {
			WP_CLI::warning( __( 'LuxeBrain did not answer, so disconnect the shop there, too.', 'luxebrain' ) );
		}
		WP_CLI::success( __( 'Disconnected.', 'luxebrain' ) );
	}

	/**
	 * Ends where there is nothing to look after.
	 */
	private static function refuse_unconnected(): void {
		if ( Settings::is_copy() ) {
			WP_CLI::error( __( 'This site is a copy of the one that is connected, so LuxeBrain rests here.', 'luxebrain' ) );
		}
		if ( ! Settings::is_connected() ) {
			WP_CLI::error( __( 'This site is not connected to LuxeBrain: wp luxebrain connect <code>', 'luxebrain' ) );
		}
	}

	/**
	 * Answers as whom LuxeBrain will act: --user, or the first who may manage the shop.
	 */
	private static function user(): int {
		if ( current_user_can( Settings::capability() ) ) {
			return get_current_user_id();
		}
		$found = get_users(
			array(
				'role'    => 'administrator',
				'orderby' => 'ID',
				'number'  => 1,
				'fields'  => 'ID',
			)
		);
		return (int) ( $found[0] ?? 0 );
	}

	/**
	 * Prints checks.
	 *
	 * @param array $checks  What Health::checks() answers.
	 * @param array $options Options of the command.
	 */
	private static function show( array $checks, array $options ): void {
		format_items( $options['format'] ?? 'table', $checks, array( 'name', 'state', 'text' ) );
	}
}
