<?php
/**
 * Answers for WordPress.org, which tests never reach: it knows nothing. An error would be logged, a 404 is not.
 *
 * @package LuxeBrain
 */

add_filter(
	'pre_http_request',
	function ( $answer, $arguments, $url ) {
		if ( 'api.wordpress.org' !== wp_parse_url( $url, PHP_URL_HOST ) ) {
			return $answer;
		}
		return array(
			'headers'  => array(),
			'body'     => '',
			'response' => array(
				'code'    => 404,
				'message' => 'Not Found',
			),
			'cookies'  => array(),
			'filename' => null,
		);
	},
	10,
	3
);
