<?php
/**
 * Removes each thing that LuxeBrain ever stored, by name, in every site of a network.
 *
 * @package LuxeBrain
 */

defined( 'WP_UNINSTALL_PLUGIN' ) || exit;

/**
 * Removes what one site holds.
 */
function luxebrain_uninstall_site(): void {
	delete_option( 'luxebrain_settings' );
	delete_transient( 'luxebrain_failures' );
}

if ( is_multisite() ) {
	foreach ( get_sites(
		array(
			'fields' => 'ids',
			'number' => 0,
		)
	) as $luxebrain_site_id ) {
		switch_to_blog( $luxebrain_site_id );
		luxebrain_uninstall_site();
		restore_current_blog();
	}
} else {
	luxebrain_uninstall_site();
}
