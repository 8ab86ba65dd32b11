<?php
/**
 * What the shop's privacy policy may say of LuxeBrain.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Privacy;

defined( 'ABSPATH' ) || exit;

/**
 * A suggestion in WordPress's guide to the privacy policy.
 */
class Policy {

	/**
	 * Adds the text.
	 */
	public static function add(): void {
		$paragraphs = array(
			__( 'With your consent, this shop records which pages and products you look at, what you put into your basket and what you order, to show you products that fit. Before you consent, nothing is recorded and nothing is kept in your browser.', 'luxebrain' ),
			__( 'This is kept in LuxeBrain, which the shop runs itself or has run for it. It also holds a copy of your orders and of your account: name, e-mail address, phone number, and of your address the country, region, city and postcode. Streets, passwords and payment data are not copied.', 'luxebrain' ),
			__( 'If you consent, your browser keeps a random number, so that your visits belong together: in its storage, and in the cookie luxebrain_visitor for a year after your last visit. The number of your visit is kept there, too, and in the cookie luxebrain_session until half an hour after your last click. What you did waits in the storage until it is sent; the products that you looked at last stay there until you close the page\'s tab. If you are signed in and consent to be known, the storage keeps a signed mark with the number of your account for up to an hour, and the cookie luxebrain_turn a random number until you close the browser. What you do in the shop is sent with these numbers, from your browser and from the shop\'s server; LuxeBrain also sees the address of your internet connection, and keeps it shortened, unless the shop has set there that it is kept whole. You can withdraw your consent at any time; then the cookies and what the storage keeps are removed.', 'luxebrain' ),
			__( 'If you choose a photo to search by, a small copy of it is sent to LuxeBrain for this search, and is not kept.', 'luxebrain' ),
			__( 'You can ask what is held about you, and have it erased. What was sold stays in the books without your name.', 'luxebrain' ),
		);
		wp_add_privacy_policy_content( 'LuxeBrain', wp_kses_post( '<p>' . implode( '</p><p>', $paragraphs ) . '</p>' ) );
	}
}
