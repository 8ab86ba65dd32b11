<?php
/**
 * Plugin Name:          LuxeBrain
 * Plugin URI:           https://luxebrain.example/
 * Description:          Connects a WooCommerce fashion shop to its LuxeBrain: recommendations, prices, stock and messages.
 * Version:              0.1.0
 * Requires at least:    6.1
 * Requires PHP:         7.4
 * WC requires at least: 8.0
 * WC tested up to:      10.5
 * Author:               LuxeBrain
 * License:              GPL-2.0-or-later
 * License URI:          https://www.gnu.org/licenses/gpl-2.0.html
 * Text Domain:          luxebrain
 * Domain Path:          /languages
 *
 * @package LuxeBrain
 */

namespace LuxeBrain;

defined( 'ABSPATH' ) || exit;

const VERSION = '0.1.0';
const FILE    = __FILE__;

require_once __DIR__ . '/includes/class-signature.php';
require_once __DIR__ . '/includes/class-breaker.php';
require_once __DIR__ . '/includes/class-client.php';
require_once __DIR__ . '/includes/class-settings.php';
require_once __DIR__ . '/includes/class-plugin.php';

Plugin::boot();
