<?php
/**
 * The settings screen.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain;

defined( 'ABSPATH' ) || exit;

/**
 * One screen, one option. The secret key goes in and never comes out again: the page shows its prefix only.
 */
class Settings {

	const OPTION = 'luxebrain_settings';
	const PAGE   = 'luxebrain';
	const TEST   = 'luxebrain_test_connection';

	/**
	 * Answers what is stored, with '' for what is not.
	 *
	 * @return array<string, string> url, secret_key, publishable_key.
	 */
	public static function all(): array {
		$stored = get_option( self::OPTION );
		$empty  = array(
			'url'             => '',
			'secret_key'      => '',
			'publishable_key' => '',
		);
		return array_merge( $empty, array_intersect_key( is_array( $stored ) ? $stored : array(), $empty ) );
	}

	/**
	 * Answers the client of the stored connection.
	 */
	public static function client(): Client {
		$settings = self::all();
		return new Client( $settings['url'], $settings['secret_key'] );
	}

	/**
	 * Answers who may see and change the connection.
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
	 * Puts the screen under WooCommerce, or under Settings where WooCommerce is absent.
	 */
	public static function add_page(): void {
		$parent = class_exists( 'WooCommerce' ) ? 'woocommerce' : 'options-general.php';
		add_submenu_page( $parent, __( 'LuxeBrain', 'luxebrain' ), __( 'LuxeBrain', 'luxebrain' ), self::capability(), self::PAGE, array( self::class, 'render' ) );
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
	 * @return array<string, string>
	 */
	public static function sanitize( $input ): array {
		$kept  = self::all();
		$input = is_array( $input ) ? array_map( 'trim', array_filter( $input, 'is_string' ) ) : array();
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
	private static function is_safe_url( string $url ): bool {
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

	/**
	 * Answers the button: one call, and its result as a notice on the screen.
	 */
	public static function test_connection(): void {
		check_admin_referer( self::TEST );
		if ( ! current_user_can( self::capability() ) ) {
			wp_die( esc_html__( 'Sorry, you are not allowed to do that.', 'luxebrain' ), 403 );
		}
		Breaker::reset(); // A person who asks gets today's answer, not the pause.
		$answer = self::client()->whoami();
		if ( is_wp_error( $answer ) ) {
			add_settings_error( self::OPTION, $answer->get_error_code(), $answer->get_error_message() );
		} else {
			/* translators: %s: name of the store in LuxeBrain. */
			$sentence = sprintf( __( 'Connected to LuxeBrain as %s.', 'luxebrain' ), $answer['store_name'] );
			add_settings_error( self::OPTION, 'luxebrain_connected', esc_html( $sentence ), 'success' );
		}
		// The way of WordPress's own options.php: the next page reads this transient once and removes it.
		set_transient( 'settings_errors', get_settings_errors(), 30 );
		wp_safe_redirect( add_query_arg( 'settings-updated', 'true', self::address() ) );
		exit;
	}

	/**
	 * Adds the way to the screen in the list of plugins.
	 *
	 * @param string[] $links The row's links.
	 * @return string[]
	 */
	public static function add_link( array $links ): array {
		$link = sprintf( '<a href="%s">%s</a>', esc_url( self::address() ), esc_html__( 'Settings', 'luxebrain' ) );
		return array_merge( array( $link ), $links );
	}

	/**
	 * Prints the screen.
	 */
	public static function render(): void {
		if ( ! current_user_can( self::capability() ) ) {
			return;
		}
		$settings = self::all();
		require __DIR__ . '/settings-page.php';
	}
}
