<?php
/**
 * WordPress's "Export personal data", for what LuxeBrain holds.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Privacy;

use LuxeBrain\Settings;
use WP_Error;

defined( 'ABSPATH' ) || exit;

/**
 * Asks LuxeBrain part by part; WordPress calls page after page until it is done.
 */
class Exporter {

	const PATH   = '/api/v1/privacy/export/';
	const CURSOR = 'luxebrain_export_';
	const FIRST  = array(
		'section' => 'profile',
	);

	/**
	 * Adds ours to WordPress's exporters.
	 *
	 * @param array $exporters Those that are there.
	 */
	public static function add( array $exporters ): array {
		$exporters['luxebrain'] = array(
			'exporter_friendly_name' => __( 'LuxeBrain', 'luxebrain' ),
			'callback'               => array( self::class, 'export' ),
		);
		return $exporters;
	}

	/**
	 * Answers one page.
	 *
	 * @param string $email Whom.
	 * @param int    $page  From 1.
	 * @return array|WP_Error An error stops WordPress: an export that lacks something must not look whole.
	 */
	public static function export( $email, $page = 1 ) {
		if ( '' === Settings::get( 'url' ) ) {
			return self::page( array(), true );
		}
		$cursor = self::FIRST;
		if ( $page > 1 ) {
			$cursor = get_transient( self::CURSOR . md5( $email ) );
			if ( ! is_array( $cursor ) ) {
				return self::problem();
			}
		}
		$answer = Settings::client()->post( self::PATH, Person::question( $email ) + $cursor );
		if ( is_wp_error( $answer ) || ! is_array( $answer['sections'] ?? null ) ) {
			return self::problem( is_wp_error( $answer ) ? $answer->get_error_message() : '' );
		}
		$next = is_array( $answer['next'] ?? null ) ? $answer['next'] : null;
		if ( $next ) {
			set_transient( self::CURSOR . md5( $email ), $next, HOUR_IN_SECONDS );
		} else {
			delete_transient( self::CURSOR . md5( $email ) );
		}
		return self::page( self::items( $answer['sections'] ), null === $next );
	}

	/**
	 * Answers LuxeBrain's rows as WordPress wants them.
	 *
	 * @param array $sections Each with name, label and rows.
	 */
	private static function items( array $sections ): array {
		$items = array();
		foreach ( $sections as $section ) {
			foreach ( (array) ( $section['rows'] ?? array() ) as $number => $row ) {
				$items[] = array(
					'group_id'    => 'luxebrain-' . sanitize_key( $section['name'] ?? '' ),
					'group_label' => 'LuxeBrain: ' . sanitize_text_field( $section['label'] ?? '' ),
					'item_id'     => 'luxebrain-' . sanitize_key( $section['name'] ?? '' ) . "-{$number}",
					'data'        => self::fields( (array) $row ),
				);
			}
		}
		return $items;
	}

	/**
	 * Answers the fields of a row that say something.
	 *
	 * @param array $row Names and values.
	 */
	private static function fields( array $row ): array {
		$fields = array();
		foreach ( $row as $name => $value ) {
			if ( null !== $value && '' !== $value && array() !== $value ) {
				$fields[] = array(
					'name'  => sanitize_text_field( str_replace( '_', ' ', (string) $name ) ),
					'value' => esc_html( is_scalar( $value ) ? self::words( $value ) : (string) wp_json_encode( $value, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES ) ),
				);
			}
		}
		return $fields;
	}

	/**
	 * Answers a value in words.
	 *
	 * @param string|int|float|bool $value Value.
	 */
	private static function words( $value ): string {
		if ( is_bool( $value ) ) {
			return $value ? __( 'Yes', 'luxebrain' ) : __( 'No', 'luxebrain' );
		}
		return (string) $value;
	}

	/**
	 * Answers a page as WordPress wants it.
	 *
	 * @param array $items Items.
	 * @param bool  $done  Whether it is the last.
	 */
	private static function page( array $items, bool $done ): array {
		return array(
			'data' => $items,
			'done' => $done,
		);
	}

	/**
	 * Answers what the merchant reads where something is lacking.
	 *
	 * @param string $why LuxeBrain's or our own reason.
	 */
	private static function problem( string $why = '' ): WP_Error {
		return new WP_Error( 'luxebrain_export', trim( __( 'What LuxeBrain holds about this person could not be read, so this export would not be whole. Please try again.', 'luxebrain' ) . " {$why}" ) );
	}
}
