<?php
/**
 * The banner. To change it, copy this file to luxebrain/hero.php in your theme.
 *
 * Keep the data- attributes: the script exchanges what is in it.
 *
 * @package LuxeBrain
 * @var array $args {
 *     @type string $wrapper Attributes of the outer element, escaped.
 *     @type string $heading Words, not escaped, as all that follow.
 *     @type string $text    Words.
 *     @type string $label   Words on the button.
 *     @type string $url     Where it leads.
 *     @type string $image   Address of the picture.
 *     @type string $decision Which choice of LuxeBrain it is: a click tells it.
 * }
 */

defined( 'ABSPATH' ) || exit;

?>
<section <?php echo $args['wrapper']; // Escaped. ?> data-luxe-place="home-hero" data-luxe-decision="<?php echo esc_attr( $args['decision'] ?? '' ); ?>">
	<img class="luxe-hero__picture" alt="" decoding="async" <?php echo '' === $args['image'] ? 'hidden' : 'src="' . esc_url( $args['image'] ) . '"'; ?>>
	<div class="luxe-hero__words">
		<h2 class="luxe-hero__heading"><?php echo esc_html( $args['heading'] ); ?></h2>
		<p class="luxe-hero__text"><?php echo esc_html( $args['text'] ); ?></p>
		<?php if ( '' !== $args['url'] && '' !== $args['label'] ) : ?>
			<a class="luxe-hero__button wp-element-button" href="<?php echo esc_url( $args['url'] ); ?>"><?php echo esc_html( $args['label'] ); ?></a>
		<?php endif; ?>
	</div>
</section>
