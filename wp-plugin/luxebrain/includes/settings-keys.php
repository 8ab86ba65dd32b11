<?php
/**
 * The connection by hand, for who connects without a code. The page gives `$luxebrain_connection`.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain;

defined( 'ABSPATH' ) || exit;
?>
<details>
	<summary><?php esc_html_e( 'Enter address and keys by hand', 'luxebrain' ); ?></summary>
	<table class="form-table" role="presentation">
		<tr>
			<th scope="row"><label for="luxebrain-url"><?php esc_html_e( 'Address of LuxeBrain', 'luxebrain' ); ?></label></th>
			<td>
				<input type="url" class="regular-text code" dir="ltr" id="luxebrain-url" name="<?php echo esc_attr( Settings::OPTION ); ?>[url]"
					value="<?php echo esc_attr( $luxebrain_connection['url'] ); ?>" placeholder="https://brain.example.com">
			</td>
		</tr>
		<tr>
			<th scope="row"><label for="luxebrain-secret-key"><?php esc_html_e( 'Secret key', 'luxebrain' ); ?></label></th>
			<td>
				<input type="password" class="regular-text code" dir="ltr" id="luxebrain-secret-key" name="<?php echo esc_attr( Settings::OPTION ); ?>[secret_key]"
					value="" autocomplete="new-password" spellcheck="false" aria-describedby="luxebrain-secret-key-help">
				<p class="description" id="luxebrain-secret-key-help">
					<?php
					if ( '' === $luxebrain_connection['secret_key'] ) {
						esc_html_e( 'Make one in LuxeBrain and copy it here. It is never shown again.', 'luxebrain' );
					} else {
						/* translators: %s: first characters of the key. */
						printf( esc_html__( 'Stored: %s… Leave the field empty to keep it.', 'luxebrain' ), '<code>' . esc_html( Signature::prefix( $luxebrain_connection['secret_key'] ) ) . '</code>' );
					}
					?>
				</p>
			</td>
		</tr>
		<tr>
			<th scope="row"><label for="luxebrain-publishable-key"><?php esc_html_e( 'Publishable key', 'luxebrain' ); ?></label></th>
			<td>
				<input type="text" class="regular-text code" dir="ltr" id="luxebrain-publishable-key" name="<?php echo esc_attr( Settings::OPTION ); ?>[publishable_key]"
					value="<?php echo esc_attr( $luxebrain_connection['publishable_key'] ); ?>" autocomplete="off" spellcheck="false" aria-describedby="luxebrain-publishable-key-help">
				<p class="description" id="luxebrain-publishable-key-help"><?php esc_html_e( 'Shoppers\' browsers use this one. It is no secret.', 'luxebrain' ); ?></p>
			</td>
		</tr>
	</table>
</details>
