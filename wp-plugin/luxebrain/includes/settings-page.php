<?php
/**
 * What the settings screen looks like.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain;

defined( 'ABSPATH' ) || exit;

$luxebrain_connection = Settings::all();
?>
<div class="wrap">
	<h1><?php esc_html_e( 'LuxeBrain', 'luxebrain' ); ?></h1>
	<?php
	// Below Settings, WordPress has printed these already.
	if ( 'options-general.php' !== $GLOBALS['parent_file'] ) {
		settings_errors();
	}
	?>
	<?php require __DIR__ . '/connection-panel.php'; ?>
	<form method="post" action="options.php">
		<?php settings_fields( Settings::PAGE ); ?>
		<?php foreach ( Fields::sections() as $luxebrain_section => $luxebrain_heading ) : ?>
			<?php if ( in_array( $luxebrain_section, array_column( Fields::all(), 'section' ), true ) ) : ?>
				<h2><?php echo esc_html( $luxebrain_heading ); ?></h2>
				<table class="form-table luxebrain-fields" role="presentation">
					<?php Settings_Screen::draw_section( $luxebrain_section ); ?>
				</table>
			<?php endif; ?>
		<?php endforeach; ?>
		<?php require __DIR__ . '/settings-keys.php'; ?>
		<?php submit_button(); ?>
	</form>
</div>
