<?php
/**
 * Room for the lines under a product's price. To change it, copy this file to luxebrain/line.php in your theme.
 *
 * Keep the data- attribute: the script puts the lines in, each a p.
 *
 * @package LuxeBrain
 * @var array $args {
 *     @type string $wrapper Attributes of the outer element, escaped.
 *     @type string $text    An example for the editor, not escaped; empty in the shop.
 * }
 */

defined( 'ABSPATH' ) || exit;

?>
<div <?php echo $args['wrapper']; // Escaped. ?> data-luxe-place="price-line" aria-live="off"><?php echo '' === $args['text'] ? '' : '<p>' . esc_html( $args['text'] ) . '</p>'; ?></div>
