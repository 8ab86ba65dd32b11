<?php
/**
 * A product on a shelf. To change it, copy this file to luxebrain/card.php in your theme.
 *
 * Keep the data- attributes: the script and the tracker read them.
 *
 * @package LuxeBrain
 * @var array $args {
 *     Empty for a place that waits.
 *
 *     @type WC_Product $product    The product.
 *     @type string     $name       Its name, not escaped.
 *     @type string     $url        Its address, not escaped.
 *     @type string     $image_html WooCommerce's picture.
 *     @type string     $price_html WooCommerce's price.
 *     @type array      $data       What the tracker tells.
 * }
 */

defined( 'ABSPATH' ) || exit;

?>
<li class="luxe-card" <?php echo $args ? 'data-luxe="' . esc_attr( wp_json_encode( $args['data'] ) ) . '"' : ''; ?>>
	<a class="luxe-card__link" href="<?php echo esc_url( $args['url'] ?? '' ); ?>">
		<span class="luxe-card__picture"><?php echo $args ? wp_kses_post( $args['image_html'] ) : '<img alt="">'; ?></span>
		<span class="luxe-card__name"><?php echo esc_html( $args['name'] ?? '' ); ?></span>
		<span class="luxe-card__price price"><?php echo wp_kses_post( $args['price_html'] ?? '' ); ?></span>
	</a>
</li>
