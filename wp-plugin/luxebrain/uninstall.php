<?php
/**
 * WordPress reads this when the plugin is deleted.
 *
 * @package LuxeBrain
 */

defined( 'WP_UNINSTALL_PLUGIN' ) || exit;

require_once __DIR__ . '/luxebrain.php'; // For its classes; it hooks nothing in while it goes.

LuxeBrain\Removal::everywhere();
