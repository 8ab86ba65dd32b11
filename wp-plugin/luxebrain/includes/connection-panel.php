<?php
/**
 * The top of the settings screen: connecting, or how the connection is.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain;

use LuxeBrain\Connection\Actions;
use LuxeBrain\Connection\Health;
use LuxeBrain\Connection\Link;
use LuxeBrain\Connection\Status;

defined( 'ABSPATH' ) || exit;

$luxebrain_link   = Link::all();
$luxebrain_post   = admin_url( 'admin-post.php' );
$luxebrain_checks = Settings::is_connected() && ! Settings::is_copy() ? Health::checks( Status::recent() ) : array();
$luxebrain_waits  = Settings::is_connected() ? Health::count( 'outbox' ) : 0;
$luxebrain_words  = array(
	'good'    => __( 'Well', 'luxebrain' ),
	'warning' => __( 'Look at this', 'luxebrain' ),
	'bad'     => __( 'Not well', 'luxebrain' ),
	'info'    => '',
);
?>
<?php if ( Settings::is_copy() ) : ?>
	<div class="notice notice-warning inline">
		<p>
			<?php
			/* translators: %s: address of the connected site. */
			printf( esc_html__( 'This site is a copy of %s, or has moved. LuxeBrain rests here: nothing is shown, sent or changed. If this is the shop at its new address, connect it again below.', 'luxebrain' ), '<code dir="ltr">' . esc_html( Settings::all()['site'] ) . '</code>' );
			?>
		</p>
	</div>
<?php endif; ?>
<?php if ( ! Settings::is_connected() || Settings::is_copy() ) : ?>
	<div class="luxebrain-connect">
		<h2><?php esc_html_e( 'Connect your shop', 'luxebrain' ); ?></h2>
		<p><?php esc_html_e( 'In LuxeBrain open Shop connection, choose “Connect with the plugin”, and paste the code here. It works once and for 30 minutes.', 'luxebrain' ); ?></p>
		<form method="post" action="<?php echo esc_url( $luxebrain_post ); ?>">
			<input type="hidden" name="action" value="<?php echo esc_attr( Actions::CONNECT ); ?>">
			<?php wp_nonce_field( Actions::CONNECT ); ?>
			<label for="luxebrain-code"><?php esc_html_e( 'Connection code', 'luxebrain' ); ?></label>
			<input type="text" class="large-text code" dir="ltr" id="luxebrain-code" name="code" value="" placeholder="lbc1_…" autocomplete="off" spellcheck="false" required>
			<?php submit_button( __( 'Connect', 'luxebrain' ), 'primary', 'connect', false ); ?>
		</form>
		<p><?php esc_html_e( 'Or enter LuxeBrain\'s address, sign in there, and come back connected:', 'luxebrain' ); ?></p>
		<form method="post" action="<?php echo esc_url( $luxebrain_post ); ?>">
			<input type="hidden" name="action" value="<?php echo esc_attr( Actions::BEGIN ); ?>">
			<?php wp_nonce_field( Actions::BEGIN ); ?>
			<label for="luxebrain-brain"><?php esc_html_e( 'Address of LuxeBrain', 'luxebrain' ); ?></label>
			<input type="url" class="regular-text code" dir="ltr" id="luxebrain-brain" name="url" value="<?php echo esc_attr( Settings::all()['url'] ); ?>" placeholder="https://brain.example.com" required>
			<?php submit_button( __( 'Go to LuxeBrain', 'luxebrain' ), 'secondary', 'begin', false ); ?>
		</form>
	</div>
<?php else : ?>
	<h2>
		<?php
		/* translators: %s: name of the store in LuxeBrain. */
		printf( esc_html__( 'Connected as %s', 'luxebrain' ), esc_html( '' !== $luxebrain_link['store_name'] ? $luxebrain_link['store_name'] : ( Status::last()['answer']['store_name'] ?? '…' ) ) );
		?>
	</h2>
	<p>
		<a href="<?php echo esc_url( Settings::all()['url'] ); ?>" dir="ltr"><?php echo esc_html( Settings::all()['url'] ); ?></a>
	</p>
	<?php foreach ( $luxebrain_link['warnings'] as $luxebrain_warning ) : ?>
		<div class="notice notice-warning inline"><p><?php echo esc_html( $luxebrain_warning ); ?></p></div>
	<?php endforeach; ?>
	<table class="widefat striped luxebrain-health">
		<tbody>
			<?php foreach ( $luxebrain_checks as $luxebrain_check ) : ?>
				<tr class="luxebrain-<?php echo esc_attr( $luxebrain_check['state'] ); ?>">
					<th scope="row"><?php echo esc_html( $luxebrain_check['name'] ); ?></th>
					<td><strong><?php echo esc_html( $luxebrain_words[ $luxebrain_check['state'] ] ); ?></strong> <?php echo esc_html( $luxebrain_check['text'] ); ?></td>
				</tr>
			<?php endforeach; ?>
		</tbody>
	</table>
<?php endif; ?>
<?php if ( Settings::is_connected() ) : ?>
	<div class="luxebrain-verbs">
		<?php if ( ! Settings::is_copy() ) : ?>
			<form method="post" action="<?php echo esc_url( $luxebrain_post ); ?>">
				<input type="hidden" name="action" value="<?php echo esc_attr( Settings_Screen::TEST ); ?>">
				<?php
				wp_nonce_field( Settings_Screen::TEST );
				submit_button( __( 'Test connection', 'luxebrain' ), 'secondary', 'test', false );
				?>
			</form>
		<?php endif; ?>
		<form method="post" action="<?php echo esc_url( $luxebrain_post ); ?>">
			<input type="hidden" name="action" value="<?php echo esc_attr( Actions::DISCONNECT ); ?>">
			<?php wp_nonce_field( Actions::DISCONNECT ); ?>
			<details>
				<summary><?php esc_html_e( 'Disconnect…', 'luxebrain' ); ?></summary>
				<?php if ( Settings::is_copy() ) : ?>
					<p><?php esc_html_e( 'Keys and webhooks are removed from this copy. The shop itself stays connected.', 'luxebrain' ); ?></p>
				<?php else : ?>
					<p><?php esc_html_e( 'LuxeBrain\'s keys and webhooks are removed from this shop. Shelves and the lowest-price line disappear at once.', 'luxebrain' ); ?></p>
					<?php if ( $luxebrain_waits ) : ?>
						<p>
							<?php
							/* translators: %s: number. */
							echo esc_html( sprintf( _n( '%s fact that LuxeBrain was not told yet is lost.', '%s facts that LuxeBrain was not told yet are lost.', $luxebrain_waits, 'luxebrain' ), number_format_i18n( $luxebrain_waits ) ) );
							?>
						</p>
					<?php endif; ?>
					<p><?php esc_html_e( 'Your settings stay here, and so does what your products were sold for, which goes on being noted. What was copied stays in LuxeBrain.', 'luxebrain' ); ?></p>
				<?php endif; ?>
				<?php submit_button( __( 'Disconnect', 'luxebrain' ), 'delete', 'disconnect', false ); ?>
			</details>
		</form>
	</div>
<?php endif; ?>
