<?php
/**
 * WooCommerce's moments.
 *
 * @package LuxeBrain
 */

defined( 'ABSPATH' ) || exit;

if ( ! class_exists( 'WC_DateTime' ) ) {
	/**
	 * A moment that knows the site's offset.
	 */
	class WC_DateTime extends DateTime {

		/**
		 * Answers seconds since 1970, moved by the site's offset.
		 */
		public function getOffsetTimestamp() { // phpcs:ignore Generic.NamingConventions
			return $this->getTimestamp() + $this->getOffset();
		}

		/**
		 * Answers the moment in the site's time.
		 *
		 * @param string $format As in date().
		 */
		public function date( $format ) {
			return ( new DateTime( '@' . $this->getTimestamp() ) )->setTimezone( wp_timezone() )->format( $format );
		}

		/**
		 * Answers it as ISO 8601.
		 */
		public function __toString() {
			return $this->format( DATE_ATOM );
		}
	}
}

/**
 * Answers a moment from what may be one.
 *
 * @param mixed $value Moment, seconds, text in UTC, or nothing.
 * @return WC_DateTime|null
 */
function luxebrain_stub_moment( $value ) {
	if ( ! $value || '0000-00-00 00:00:00' === $value ) {
		return null;
	}
	if ( $value instanceof DateTimeInterface ) {
		return new WC_DateTime( '@' . $value->getTimestamp() );
	}
	return is_numeric( $value ) ? new WC_DateTime( "@{$value}" ) : new WC_DateTime( $value, new DateTimeZone( 'UTC' ) );
}
