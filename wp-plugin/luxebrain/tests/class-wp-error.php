<?php
/**
 * WordPress's error value, as far as the plugin uses it.
 *
 * @package LuxeBrain
 */

/**
 * A code, a sentence, and data.
 */
class WP_Error {

	/**
	 * Code.
	 *
	 * @var string
	 */
	private $code;

	/**
	 * Sentence.
	 *
	 * @var string
	 */
	private $message;

	/**
	 * Data.
	 *
	 * @var mixed
	 */
	private $data;

	/**
	 * Takes the three.
	 *
	 * @param string $code    Code.
	 * @param string $message Sentence.
	 * @param mixed  $data    Data.
	 */
	public function __construct( string $code, string $message = '', $data = '' ) {
		$this->code    = $code;
		$this->message = $message;
		$this->data    = $data;
	}

	/**
	 * Answers the code.
	 */
	public function get_error_code(): string {
		return $this->code;
	}

	/**
	 * Answers the sentence.
	 */
	public function get_error_message(): string {
		return $this->message;
	}

	/**
	 * Answers the data.
	 *
	 * @return mixed
	 */
	public function get_error_data() {
		return $this->data;
	}
}
