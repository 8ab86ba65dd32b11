<?php
/**
 * Stands in for WP-CLI, which no registry of this project ships: what a command says is kept, an error ends it.
 *
 * @package LuxeBrain
 */

namespace WP_CLI {

	/**
	 * A command came to its end before its last line.
	 */
	class ExitException extends \Exception {
	}
}

namespace WP_CLI\Utils {

	/**
	 * Prints rows.
	 *
	 * @param string $format json, or anything else for a table.
	 * @param array  $items  Rows.
	 * @param array  $fields Columns.
	 */
	function format_items( $format, $items, $fields ) {
		if ( 'json' === $format ) {
			\WP_CLI::line( wp_json_encode( $items ) );
			return;
		}
		foreach ( $items as $item ) {
			$cells = array();
			foreach ( $fields as $field ) {
				$cells[] = $item[ $field ];
			}
			\WP_CLI::line( implode( "\t", $cells ) );
		}
	}
}

namespace {

	/**
	 * What commands use of it.
	 */
	class WP_CLI {

		/**
		 * Commands by name.
		 *
		 * @var string[]
		 */
		public static $commands = array();

		/**
		 * Lines said.
		 *
		 * @var string[]
		 */
		public static $said = array();

		/**
		 * Takes a command.
		 *
		 * @param string $name  Its name.
		 * @param string $class Class whose public methods are its subcommands.
		 */
		public static function add_command( $name, $class ) {
			self::$commands[ $name ] = $class;
		}

		/**
		 * Says a line.
		 *
		 * @param string $text Line.
		 */
		public static function line( $text = '' ) {
			self::$said[] = $text;
		}

		/**
		 * Says that it went well.
		 *
		 * @param string $text Line.
		 */
		public static function success( $text ) {
			self::line( "Success: {$text}" );
		}

		/**
		 * Warns.
		 *
		 * @param string $text Line.
		 */
		public static function warning( $text ) {
			self::line( "Warning: {$text}" );
		}

		/**
		 * Says what is wrong, and ends.
		 *
		 * @param string $text Line.
		 */
		public static function error( $text ) {
			self::line( "Error: {$text}" );
			self::halt( 1 );
		}

		/**
		 * Ends.
		 *
		 * @param int $code Exit status.
		 */
		public static function halt( $code ) {
			throw new WP_CLI\ExitException( '', $code );
		}

		/**
		 * Asks; nobody sits there.
		 *
		 * @param string $question   What.
		 * @param array  $assoc_args Options; `yes` answers.
		 */
		public static function confirm( $question, $assoc_args = array() ) {
			if ( empty( $assoc_args['yes'] ) ) {
				self::line( $question );
				self::halt( 0 );
			}
		}

		/**
		 * Runs `wp NAME VERB …`.
		 *
		 * @param string   $name    Command.
		 * @param string   $verb    Subcommand.
		 * @param string[] $args    Arguments.
		 * @param array    $options Options.
		 */
		public static function run_for_test( $name, $verb, $args, $options ) {
			do_action( 'cli_init' );
			$class = self::$commands[ $name ];
			$code  = 0;
			try {
				( new $class() )->$verb( $args, $options );
			} catch ( WP_CLI\ExitException $end ) {
				$code = $end->getCode();
			}
			return array( $code, self::$said );
		}
	}
}
