<?php
/**
 * The settings screen.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain;

defined( 'ABSPATH' ) || exit;

/**
 * One screen: the connection on top, then what Fields lists, section by section.
 */
class Settings_Screen {

	const TEST = 'luxebrain_test_connection';

	/**
	 * Puts the screen under WooCommerce, or under Settings where WooCommerce is absent.
	 */
	public static function add_page(): void {
		$parent = class_exists( 'WooCommerce' ) ? 'woocommerce' : 'options-general.php';
		add_submenu_page( $parent, __( 'LuxeBrain', 'luxebrain' ), __( 'LuxeBrain', 'luxebrain' ), Settings::capability(), Settings::PAGE, array( self::class, 'render' ) );
	}

	/**
	 * Brings the screen's own styles, on the screen only.
	 *
	 * @param string $page WordPress's name of the page.
	 */
	public static function add_styles( $page ): void {
		if ( false !== strpos( (string) $page, '_page_' . Settings::PAGE ) ) {
			wp_enqueue_style( 'luxebrain-admin', plugins_url( 'assets/admin.css', FILE ), array(), VERSION );
		}
	}

	/**
	 * Adds the way to the screen in the list of plugins.
	 *
	 * @param string[] $links The row's links.
	 * @return string[]
	 */
	public static function add_link( array $links ): array {
		$link = sprintf( '<a href="%s">%s</a>', esc_url( Settings::address() ), esc_html__( 'Settings', 'luxebrain' ) );
		return array_merge( array( $link ), $links );
	}

	/**
	 * Prints the screen.
	 */
	public static function render(): void {
		if ( ! current_user_can( Settings::capability() ) ) {
			return;
		}
		require __DIR__ . '/settings-page.php';
	}

	/**
	 * Answers the button: one call, and its result as a notice on the screen.
	 */
	public static function test_connection(): void {
		self::guard( self::TEST );
		Breaker::reset(); // A person who asks gets today's answer, not the pause.
		$answer = Settings::client()->whoami();
		if ( is_wp_error( $answer ) ) {
			self::go_back( $answer->get_error_message(), 'error' );
		}
		/* translators: %s: name of the store in LuxeBrain. */
		self::go_back( sprintf( __( 'Connected to LuxeBrain as %s.', 'luxebrain' ), $answer['store_name'] ) );
	}

	/**
	 * Lets only those through who may, and who came from the screen.
	 *
	 * @param string $action What is to be done; its nonce has the same name.
	 */
	public static function guard( string $action ): void {
		check_admin_referer( $action );
		if ( ! current_user_can( Settings::capability() ) ) {
			wp_die( esc_html__( 'Sorry, you are not allowed to do that.', 'luxebrain' ), 403 );
		}
	}

	/**
	 * Goes back to the screen, which says this sentence once.
	 *
	 * @param string $sentence Plain text.
	 * @param string $type     success, warning or error.
	 */
	public static function go_back( string $sentence, string $type = 'success' ): void {
		add_settings_error( Settings::OPTION, 'luxebrain_' . $type, esc_html( $sentence ), $type );
		// The way of WordPress's own options.php: the next page reads this transient once and removes it.
		set_transient( 'settings_errors', get_settings_errors(), 30 );
		wp_safe_redirect( add_query_arg( 'settings-updated', 'true', Settings::address() ) );
		exit;
	}

	/**
	 * Prints the fields of one section.
	 *
	 * @param string $section Its name.
	 */
	public static function draw_section( string $section ): void {
		foreach ( Fields::all() as $name => $field ) {
			if ( $section === $field['section'] ) {
				self::draw_row( $name, $field );
			}
		}
	}

	/**
	 * Prints one field with its label and its help.
	 *
	 * @param string $name  Its name.
	 * @param array  $field The field.
	 */
	private static function draw_row( string $name, array $field ): void {
		$id       = 'luxebrain-' . str_replace( '_', '-', $name );
		$help     = (string) ( $field['help'] ?? '' );
		$is_group = in_array( $field['type'], array( 'bool', 'choices' ), true );
		echo '<tr><th scope="row">';
		printf( $is_group ? '%2$s' : '<label for="%1$s">%2$s</label>', esc_attr( $id ), esc_html( $field['label'] ) );
		echo '</th><td>';
		self::draw_input( $name, $field, $id, '' === $help ? '' : $id . '-help' );
		if ( '' !== $help ) {
			printf( '<p class="description" id="%s-help">%s</p>', esc_attr( $id ), esc_html( $help ) );
		}
		echo '</td></tr>';
	}

	/**
	 * Prints the input itself.
	 *
	 * @param string $name  Its name.
	 * @param array  $field The field.
	 * @param string $id    Its id in the page.
	 * @param string $help  Id of its help; '' for none.
	 */
	private static function draw_input( string $name, array $field, string $id, string $help ): void {
		$input = Settings::OPTION . "[{$name}]";
		$value = Settings::get( $name );
		$told  = '' === $help ? '' : sprintf( ' aria-describedby="%s"', esc_attr( $help ) );
		switch ( $field['type'] ) {
			case 'bool':
				// A box that is not ticked sends nothing, so "no" goes first.
				printf( '<input type="hidden" name="%s" value="0">', esc_attr( $input ) );
				// phpcs:ignore WordPress.Security.EscapeOutput -- $told is escaped above.
				printf( '<fieldset><legend class="screen-reader-text">%s</legend><label><input type="checkbox" id="%s" name="%s" value="1"%s%s> %s</label></fieldset>', esc_html( $field['label'] ), esc_attr( $id ), esc_attr( $input ), checked( $value, true, false ), $told, esc_html( $field['text'] ?? __( 'Yes', 'luxebrain' ) ) );
				break;
			case 'choice':
				self::draw_choice( $field, $input, $id, $told );
				break;
			case 'choices':
				self::draw_choices( $field, $input, (array) $value );
				break;
			case 'number':
				// phpcs:ignore WordPress.Security.EscapeOutput -- $told is escaped above.
				printf( '<input type="number" class="luxebrain-number" id="%s" name="%s" value="%d" min="%d" max="%d"%s>', esc_attr( $id ), esc_attr( $input ), (int) $value, (int) ( $field['min'] ?? 0 ), (int) ( $field['max'] ?? 1000000 ), $told );
				break;
			default:
				// phpcs:ignore WordPress.Security.EscapeOutput -- $told is escaped above.
				printf( '<input type="text" class="regular-text" id="%s" name="%s" value="%s"%s>', esc_attr( $id ), esc_attr( $input ), esc_attr( (string) $value ), $told );
		}
	}

	/**
	 * Prints one of several.
	 *
	 * @param array  $field The field.
	 * @param string $input Name in the form.
	 * @param string $id    Id in the page.
	 * @param string $told  Attribute that names the help, escaped.
	 */
	private static function draw_choice( array $field, string $input, string $id, string $told ): void {
		$name = substr( $input, strlen( Settings::OPTION ) + 1, -1 );
		// phpcs:ignore WordPress.Security.EscapeOutput -- $told is escaped by who gives it.
		printf( '<select id="%s" name="%s"%s>', esc_attr( $id ), esc_attr( $input ), $told );
		foreach ( $field['choices'] as $value => $label ) {
			printf( '<option value="%s"%s>%s</option>', esc_attr( (string) $value ), selected( (string) Settings::get( $name ), (string) $value, false ), esc_html( $label ) );
		}
		echo '</select>';
	}

	/**
	 * Prints any of several.
	 *
	 * @param array  $field  The field.
	 * @param string $input  Name in the form.
	 * @param array  $chosen Chosen values.
	 */
	private static function draw_choices( array $field, string $input, array $chosen ): void {
		printf( '<fieldset><legend class="screen-reader-text">%s</legend>', esc_html( $field['label'] ) );
		printf( '<input type="hidden" name="%s[]" value="">', esc_attr( $input ) );
		foreach ( $field['choices'] as $value => $label ) {
			printf( '<label><input type="checkbox" name="%s[]" value="%s"%s> %s</label><br>', esc_attr( $input ), esc_attr( (string) $value ), checked( in_array( (string) $value, array_map( 'strval', $chosen ), true ), true, false ), esc_html( $label ) );
		}
		echo '</fieldset>';
	}
}
