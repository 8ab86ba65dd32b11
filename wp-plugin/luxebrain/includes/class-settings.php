<?php
/**
 * What the merchant set.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain;

defined( 'ABSPATH' ) || exit;

/**
 * One option: the connection, and the fields of Fields. The secret key goes in and never comes out again.
 */
class Settings {

	const OPTION     = 'luxebrain_settings';
	const PAGE       = 'luxebrain';
	const CONNECTION = array(
		'url'             => '',
		'secret_key'      => '',
		'publishable_key' => '',
		'site'            => '', // Which site was connected: a copy of it must not speak for it.
	);

	/**
	 * Answers one setting: what is stored, or its default.
	 *
	 * The address of LuxeBrain is '' also on a copy of the connected site, so that all of the plugin rests there.
	 *
	 * @param string $name A field of Fields, `url`, `secret_key` or `publishable_key`.
	 * @return mixed Null for a name that nobody knows.
	 */
	public static function get( string $name ) {
		if ( isset( self::CONNECTION[ $name ] ) ) {
			return self::is_copy() ? '' : self::all()[ $name ];
		}
		$stored = self::stored();
		return array_key_exists( $name, $stored ) ? $stored[ $name ] : ( Fields::all()[ $name ]['default'] ?? null );
	}

	/**
	 * Answers the connection as it is stored, with '' for what is not.
	 *
	 * @return array<string, string> url, secret_key, publishable_key, site.
	 */
	public static function all(): array {
		return array_merge( self::CONNECTION, array_intersect_key( self::stored(), self::CONNECTION ) );
	}

	/**
	 * Tells whether there is a connection, be it at rest.
	 */
	public static function is_connected(): bool {
		$connection = self::all();
		return '' !== $connection['url'] && '' !== $connection['secret_key'];
	}

	/**
	 * Tells whether this is a copy of the site that was connected, for trying things out.
	 */
	public static function is_copy(): bool {
		$site = self::all()['site'];
		return '' !== $site && self::site() !== $site;
	}

	/**
	 * Answers this site's address, so written that https and www make no other site of it.
	 *
	 * Past WordPress's filters: with a domain for each language they answer the visitor's.
	 */
	public static function site(): string {
		// Some write WP_HOME from the request's host; on the command line there is none.
		$has_host = defined( 'WP_HOME' ) && wp_parse_url( (string) WP_HOME, PHP_URL_HOST );
		return $has_host ? self::bare( (string) WP_HOME ) : self::stored_site();
	}

	/**
	 * Answers this site's address as the database has it, whatever wp-config.php says.
	 */
	public static function stored_site(): string {
		$kept = wp_load_alloptions();
		return self::bare( (string) ( $kept['home'] ?? get_option( 'home' ) ) );
	}

	/**
	 * Answers an address without what makes no other site of it.
	 *
	 * @param string $address Address.
	 */
	private static function bare( string $address ): string {
		return (string) preg_replace( '~^(https?:)?//(www\.)?~', '', strtolower( untrailingslashit( $address ) ) );
	}

	/**
	 * Answers the client of the connection.
	 */
	public static function client(): Client {
		return new Client( self::get( 'url' ), self::get( 'secret_key' ) );
	}

	/**
	 * Keeps what the plugin itself found out; what a form sent goes through sanitize().
	 *
	 * @param array<string, mixed> $changes Names and values.
	 */
	public static function store( array $changes ): void {
		$is_guarded = remove_filter( 'sanitize_option_' . self::OPTION, array( self::class, 'sanitize' ) );
		update_option( self::OPTION, array_merge( self::stored(), $changes ) );
		if ( $is_guarded ) {
			add_filter( 'sanitize_option_' . self::OPTION, array( self::class, 'sanitize' ) );
		}
	}

	/**
	 * Answers the whole option.
	 */
	private static function stored(): array {
		$stored = get_option( self::OPTION );
		return is_array( $stored ) ? $stored : array();
	}

	/**
	 * Answers who may see and change the settings.
	 */
	public static function capability(): string {
		return class_exists( 'WooCommerce' ) ? 'manage_woocommerce' : 'manage_options';
	}

	/**
	 * Answers the screen's address.
	 */
	public static function address(): string {
		$parent = class_exists( 'WooCommerce' ) ? 'admin.php' : 'options-general.php';
		return admin_url( $parent . '?page=' . self::PAGE );
	}

	/**
	 * Registers the option; options.php then checks nonce and capability.
	 */
	public static function register(): void {
		register_setting(
			self::PAGE,
			self::OPTION,
			array(
				'type'              => 'array',
				'sanitize_callback' => array( self::class, 'sanitize' ),
				'show_in_rest'      => false,
			)
		);
	}

	/**
	 * Keeps what is well-formed, says what is not, and keeps the old value there.
	 *
	 * WordPress calls this twice on the first save, so a second pass changes nothing.
	 *
	 * @param mixed $input What the form sent.
	 * @return array<string, mixed>
	 */
	public static function sanitize( $input ): array {
		$input = is_array( $input ) ? $input : array();
		$known = array_intersect_key( self::stored(), Fields::all() );
		return array_merge( self::sanitize_connection( $input ), $known, Fields::clean( $input ) );
	}

	/**
	 * Keeps a well-formed connection, and that it is this site's.
	 *
	 * @param array $input What the form sent.
	 * @return array<string, string>
	 */
	private static function sanitize_connection( array $input ): array {
		$before = self::all();
		$kept   = $before;
		$input  = array_map( 'trim', array_filter( $input, 'is_string' ) );
		if ( isset( $input['url'] ) ) {
			$kept['url'] = self::sanitize_url( $input['url'], $kept['url'] );
		}
		// The form never holds the stored secret, so an empty field means that nothing changes.
		if ( '' !== ( $input['secret_key'] ?? '' ) ) {
			$problem            = __( 'A secret key starts with sk_ and has 48 characters. The one stored before is kept.', 'luxebrain' );
			$kept['secret_key'] = self::keep_key( $input['secret_key'], '/^sk_[A-Za-z0-9]{12}_[A-Za-z0-9]{32}$/D', $kept['secret_key'], $problem );
		}
		if ( isset( $input['publishable_key'] ) ) {
			$problem                 = __( 'A publishable key starts with pk_ and has 27 characters. The one stored before is kept.', 'luxebrain' );
			$kept['publishable_key'] = self::keep_key( $input['publishable_key'], '/^(pk_[A-Za-z0-9]{24})?$/D', $kept['publishable_key'], $problem );
		}
		if ( $kept !== $before ) {
			$kept['site'] = '' === $kept['url'] ? '' : self::site();
		}
		return $kept;
	}

	/**
	 * Keeps a usable address without its last slash.
	 *
	 * @param string $url  What was entered.
	 * @param string $kept What stays when it is refused.
	 */
	private static function sanitize_url( string $url, string $kept ): string {
		$url = rtrim( esc_url_raw( $url, array( 'http', 'https' ) ), '/' );
		if ( '' === $url || self::is_safe_url( $url ) ) {
			return $url;
		}
		add_settings_error( self::OPTION, 'luxebrain_url', __( 'Please enter LuxeBrain\'s address with https, for example https://brain.example.com. The one stored before is kept.', 'luxebrain' ) );
		return $kept;
	}

	/**
	 * Accepts https, and http on the same machine or in a local environment.
	 *
	 * @param string $url Address.
	 */
	public static function is_safe_url( string $url ): bool {
		$parts = (array) wp_parse_url( $url );
		if ( ! isset( $parts['scheme'], $parts['host'] ) || isset( $parts['query'] ) || isset( $parts['fragment'] ) || isset( $parts['user'] ) ) {
			return false;
		}
		return 'https' === $parts['scheme']
			|| in_array( $parts['host'], array( 'localhost', '127.0.0.1', '[::1]' ), true )
			|| 'local' === wp_get_environment_type();
	}

	/**
	 * Keeps a key of the right shape.
	 *
	 * @param string $key     What was entered.
	 * @param string $shape   Regular expression.
	 * @param string $kept    What stays when it is refused.
	 * @param string $problem What the merchant reads then.
	 */
	private static function keep_key( string $key, string $shape, string $kept, string $problem ): string {
		if ( preg_match( $shape, $key ) ) {
			return $key;
		}
		add_settings_error( self::OPTION, 'luxebrain_key', $problem );
		return $kept;
	}
}
