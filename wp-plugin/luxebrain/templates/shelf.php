<?php
/**
 * A shelf. To change it, copy this file to luxebrain/shelf.php in your theme.
 *
 * Keep the data- attributes, and one li for each place: the script exchanges what is in them.
 *
 * @package LuxeBrain
 * @var array $args {
 *     @type string $wrapper    Attributes of the outer element, escaped.
 *     @type string $place      Placement.
 *     @type string $id         A name for this page.
 *     @type string $title      Heading.
 *     @type bool   $keep_title Whether the heading stays whatever LuxeBrain says.
 *     @type bool   $is_fixed   Whether the picks stay, too.
 *     @type array  $cards      What card.php shows, one by one.
 *     @type int    $places     Empty places that wait for the visitor's own picks.
 * }
 */

defined( 'ABSPATH' ) || exit;

?>
<section <?php echo $args['wrapper']; // Escaped. ?> aria-labelledby="<?php echo esc_attr( $args['id'] ); ?>" <?php echo $args['is_fixed'] ? '' : 'data-luxe-place="' . esc_attr( $args['place'] ) . '"'; ?>>
	<h2 class="luxe-shelf__title" id="<?php echo esc_attr( $args['id'] ); ?>" <?php echo $args['keep_title'] ? 'data-luxe-keep="yes"' : ''; ?>><?php echo esc_html( $args['title'] ); ?></h2>
	<div class="luxe-shelf__view" tabindex="0" role="group" aria-labelledby="<?php echo esc_attr( $args['id'] ); ?>">
		<ul class="luxe-shelf__list" role="list">
			<?php
			foreach ( $args['cards'] as $card ) {
				echo \LuxeBrain\Shelves\Template::draw( 'card', $card ); // Escaped in card.php.
			}
			for ( $at = 0; $at < $args['places']; $at++ ) {
				echo \LuxeBrain\Shelves\Template::draw( 'card', array() ); // Escaped in card.php.
			}
			?>
		</ul>
	</div>
</section>
