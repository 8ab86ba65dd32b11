<?php
/**
 * What Tools, Site Health says about LuxeBrain.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Health;

use LuxeBrain\Connection\Health;
use LuxeBrain\Connection\Link;
use LuxeBrain\Connection\Status;
use LuxeBrain\Settings;
use const LuxeBrain\VERSION;

defined( 'ABSPATH' ) || exit;

/**
 * One test, from what is known already: LuxeBrain is not called. And the facts that support asks for, without a secret.
 */
class Site_Health {

	const TEST = 'luxebrain_connection';

	/**
	 * Adds the test.
	 *
	 * @param array $tests WordPress's tests.
	 */
	public static function add_test( array $tests ): array {
		$tests['direct'][ self::TEST ] = array(
			'label' => __( 'LuxeBrain', 'luxebrain' ),
			'test'  => array( self::class, 'test' ),
		);
		return $tests;
	}

	/**
	 * Answers the test.
	 */
	public static function test(): array {
		list( $status, $label, $text ) = self::finding();
		return array(
			'label'       => $label,
			'status'      => $status,
			'badge'       => array(
				'label' => __( 'LuxeBrain', 'luxebrain' ),
				'color' => 'blue',
			),
			'description' => $text,
			'actions'     => sprintf( '<p><a href="%s">%s</a></p>', esc_url( Settings::address() ), esc_html__( 'Open LuxeBrain\'s page', 'luxebrain' ) ),
			'test'        => self::TEST,
		);
	}

	/**
	 * Answers status, headline and HTML.
	 *
	 * @return string[]
	 */
	private static function finding(): array {
		if ( Settings::is_copy() ) {
			return array( 'good', __( 'LuxeBrain rests on this copy of the shop', 'luxebrain' ), self::paragraph( __( 'Nothing is shown, sent or changed here.', 'luxebrain' ) ) );
		}
		if ( ! Settings::is_connected() ) {
			return array( 'recommended', __( 'LuxeBrain is not connected', 'luxebrain' ), self::paragraph( __( 'Until it is, the plugin does nothing.', 'luxebrain' ) ) );
		}
		$checks = Health::checks( Status::last() );
		$wrong  = array_filter(
			$checks,
			function ( array $check ): bool {
				return in_array( $check['state'], array( 'bad', 'warning' ), true );
			}
		);
		if ( ! $wrong ) {
			return array( 'good', __( 'LuxeBrain is connected and well', 'luxebrain' ), self::paragraph( $checks[0]['text'] ) );
		}
		$list = '';
		foreach ( $wrong as $check ) {
			$list .= sprintf( '<li><strong>%s</strong>: %s</li>', esc_html( $check['name'] ), esc_html( $check['text'] ) );
		}
		$is_bad = 'bad' === Health::worst( $checks );
		return array( $is_bad ? 'critical' : 'recommended', $is_bad ? __( 'LuxeBrain needs you', 'luxebrain' ) : __( 'LuxeBrain has something to tell', 'luxebrain' ), "<ul>{$list}</ul>" );
	}

	/**
	 * Answers one paragraph.
	 *
	 * @param string $text Plain text.
	 */
	private static function paragraph( string $text ): string {
		return '<p>' . esc_html( $text ) . '</p>';
	}

	/**
	 * Adds LuxeBrain to the information that is copied for support.
	 *
	 * @param array $sections WordPress's sections.
	 */
	public static function add_information( array $sections ): array {
		$link   = Link::all();
		$fields = array(
			'version'   => self::field( __( 'Version', 'luxebrain' ), VERSION ),
			'connected' => self::field( __( 'Connected', 'luxebrain' ), Settings::is_connected() ? __( 'Yes', 'luxebrain' ) : __( 'No', 'luxebrain' ) ),
			'copy'      => self::field( __( 'Copy of the shop', 'luxebrain' ), Settings::is_copy() ? __( 'Yes', 'luxebrain' ) : __( 'No', 'luxebrain' ) ),
			'address'   => self::field( __( 'Address of LuxeBrain', 'luxebrain' ), Settings::all()['url'] ),
			'store'     => self::field( __( 'Store', 'luxebrain' ), $link['store'] ),
		);
		if ( Settings::is_connected() ) {
			foreach ( Health::checks( Status::last() ) as $number => $check ) {
				$fields[ "check_{$number}" ] = self::field( $check['name'], $check['text'] );
			}
		}
		$sections['luxebrain'] = array(
			'label'  => __( 'LuxeBrain', 'luxebrain' ),
			'fields' => $fields,
		);
		return $sections;
	}

	/**
	 * Answers one field.
	 *
	 * @param string $label What it is.
	 * @param string $value Plain text.
	 */
	private static function field( string $label, string $value ): array {
		return compact( 'label', 'value' );
	}
}
