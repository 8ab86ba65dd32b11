<?php
/**
 * Every setting but the connection.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain;

defined( 'ABSPATH' ) || exit;

/**
 * The list from which the screen is drawn and by which the form is cleaned.
 *
 * A field is name => section, type (bool, text, number, choice, choices), label, help, default, choices (value => label;
 * a choice and choices have them). A number may have min and max. Names are unique over all sections.
 */
class Fields {

	const LONGEST_TEXT = 500;

	/**
	 * Answers the headings of the screen, in its order.
	 *
	 * @return array<string, string>
	 */
	public static function sections(): array {
		return array(
			'shelves'  => __( 'Shelves', 'luxebrain' ),
			'tracking' => __( 'Tracking', 'luxebrain' ),
			'prices'   => __( 'Prices', 'luxebrain' ),
			'privacy'  => __( 'Privacy', 'luxebrain' ),
		);
	}

	/**
	 * Answers every field by its name.
	 *
	 * @return array<string, array<string, mixed>>
	 */
	public static function all(): array {
		return array_merge( self::shelves(), self::tracking(), self::prices(), self::privacy() );
	}

	/**
	 * Answers the fields of the shelves.
	 */
	private static function shelves(): array {
		return Shelves\Place_Hooks::fields();
	}

	/**
	 * Answers the fields of the tracking.
	 */
	private static function tracking(): array {
		return array(
			'tracking'     => array(
				'section' => 'tracking',
				'type'    => 'bool',
				'label'   => __( 'Learn from visits', 'luxebrain' ),
				'help'    => __( 'Only from visitors who agreed. Before that nothing is sent, and nothing is stored in their browser. Without it nobody gets picks of their own, nor a line under the price.', 'luxebrain' ),
				'default' => true,
			),
			'consent'      => array(
				'section' => 'tracking',
				'type'    => 'choice',
				'label'   => __( 'Consent', 'luxebrain' ),
				'help'    => __( 'A banner that speaks to WordPress (WP Consent API) always decides. Any other must tell LuxeBrain: let it call luxebrain.consent(true) after a yes and luxebrain.consent(false) after a no, or send the event luxe:consent. Until then nothing is learned from visits. Choose the second only where the law asks for no consent.', 'luxebrain' ),
				'default' => 'wait',
				'choices' => array(
					'wait' => __( 'Wait until the banner says yes', 'luxebrain' ),
					'none' => __( 'My shop needs no consent', 'luxebrain' ),
				),
			),
			'tracking_way' => array(
				'section' => 'tracking',
				'type'    => 'choice',
				'label'   => __( 'Way to LuxeBrain', 'luxebrain' ),
				'help'    => __( 'Where browsers cannot reach LuxeBrain, the shop hands on what they tell.', 'luxebrain' ),
				'default' => 'direct',
				'choices' => array(
					'direct' => __( 'Directly, through the shop where that fails', 'luxebrain' ),
					'shop'   => __( 'Always through the shop', 'luxebrain' ),
				),
			),
			'outbox_rows'  => array(
				'section' => 'tracking',
				'type'    => 'number',
				'label'   => __( 'Most facts kept while LuxeBrain is away', 'luxebrain' ),
				'default' => 100000,
				'min'     => 1000,
				'max'     => 1000000,
			),
			'outbox_days'  => array(
				'section' => 'tracking',
				'type'    => 'number',
				'label'   => __( 'Most days they are kept', 'luxebrain' ),
				'default' => 14,
				'min'     => 1,
				'max'     => 90,
			),
		);
	}

	/**
	 * Answers the fields of the prices.
	 */
	private static function prices(): array {
		return array(
			'lowest_price'      => array(
				'section' => 'prices',
				'type'    => 'bool',
				'label'   => __( 'Lowest price of the last 30 days', 'luxebrain' ),
				'help'    => __( 'Beside every reduced price, the lowest one of the 30 days before the reduction, as the European Union asks.', 'luxebrain' ),
				'default' => true,
			),
			'lowest_price_text' => array(
				'section' => 'prices',
				'type'    => 'text',
				'label'   => __( 'What it says', 'luxebrain' ),
				'help'    => __( '{price} is where the price goes.', 'luxebrain' ),
				'default' => __( 'Lowest price of the last 30 days: {price}', 'luxebrain' ),
			),
		);
	}

	/**
	 * Answers the fields of privacy.
	 */
	private static function privacy(): array {
		return array();
	}

	/**
	 * Cleans what the form sent. What it did not send, or what is not one of the choices, is left out.
	 *
	 * @param array $input Names and values, unslashed.
	 * @return array<string, mixed>
	 */
	public static function clean( array $input ): array {
		$cleaned = array();
		foreach ( array_intersect_key( self::all(), $input ) as $name => $field ) {
			$value = self::clean_one( $field, $input[ $name ] );
			if ( null !== $value ) {
				$cleaned[ $name ] = $value;
			}
		}
		return $cleaned;
	}

	/**
	 * Cleans one value. Cleaning twice changes nothing: WordPress does so on the first save.
	 *
	 * @param array $field The field.
	 * @param mixed $value What was sent.
	 * @return mixed Null where it is of no use.
	 */
	private static function clean_one( array $field, $value ) {
		switch ( $field['type'] ) {
			case 'bool':
				return is_scalar( $value ) ? in_array( $value, array( true, 1, '1', 'on', 'yes' ), true ) : null;
			case 'number':
				return is_numeric( $value ) ? self::within( $field, (int) $value ) : null;
			case 'choice':
				return is_scalar( $value ) && isset( $field['choices'][ $value ] ) ? (string) $value : null;
			case 'choices':
				$sent = array_filter( (array) $value, 'is_scalar' );
				return array_values( array_intersect( array_map( 'strval', array_keys( $field['choices'] ) ), $sent ) );
			default:
				return is_scalar( $value ) ? mb_substr( sanitize_text_field( (string) $value ), 0, self::LONGEST_TEXT ) : null;
		}
	}

	/**
	 * Keeps a number between its bounds.
	 *
	 * @param array $field  The field.
	 * @param int   $number What was sent.
	 */
	private static function within( array $field, int $number ): int {
		return max( $field['min'] ?? 0, min( $field['max'] ?? 1000000, $number ) );
	}
}
