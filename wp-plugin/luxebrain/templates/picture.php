<?php
/**
 * The search by picture. To change it, copy this file to luxebrain/picture.php in your theme.
 *
 * Keep the data- attribute, the classes and the template: the script looks for them. Cards are those of card.php.
 *
 * @package LuxeBrain
 * @var array $args {
 *     @type string $wrapper   Attributes of the outer element, escaped.
 *     @type string $id        A name for this page.
 *     @type string $label     Words, not escaped, as all that follow.
 *     @type string $note      What happens to the picture.
 *     @type string $title     Heading above what was found.
 *     @type bool   $is_hidden Whether the script brings the form to light; without it nothing could be found.
 *     @type array  $told      What the script must know.
 * }
 */

defined( 'ABSPATH' ) || exit;

?>
<section <?php echo $args['wrapper']; // Escaped. ?> data-luxe-picture="<?php echo esc_attr( wp_json_encode( $args['told'] ) ); ?>">
	<div class="luxe-picture__form" <?php echo $args['is_hidden'] ? 'hidden' : ''; ?>>
		<label class="luxe-picture__label" for="<?php echo esc_attr( $args['id'] ); ?>-file"><?php echo esc_html( $args['label'] ); ?></label>
		<input class="luxe-picture__file" id="<?php echo esc_attr( $args['id'] ); ?>-file" type="file" accept="image/*" aria-describedby="<?php echo esc_attr( $args['id'] ); ?>-note">
		<p class="luxe-picture__note" id="<?php echo esc_attr( $args['id'] ); ?>-note"><?php echo esc_html( $args['note'] ); ?></p>
	</div>
	<p class="luxe-picture__status" role="status" aria-live="polite"></p>
	<div class="luxe-shelf luxe-picture__found" hidden>
		<h2 class="luxe-shelf__title" id="<?php echo esc_attr( $args['id'] ); ?>"><?php echo esc_html( $args['title'] ); ?></h2>
		<div class="luxe-shelf__view" tabindex="0" role="group" aria-labelledby="<?php echo esc_attr( $args['id'] ); ?>">
			<ul class="luxe-shelf__list" role="list"></ul>
		</div>
	</div>
	<template><?php echo \LuxeBrain\Shelves\Template::draw( 'card', array() ); // Escaped in card.php. ?></template>
</section>
