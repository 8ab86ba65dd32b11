<?php
/**
 * Bottom of each page.
 *
 * @package LuxeBrain
 */

?>
</main>
<?php wp_footer(); ?>
</body>
</html>
