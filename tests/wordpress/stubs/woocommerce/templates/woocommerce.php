<?php
/**
 * A page of products in a classic theme.
 *
 * @package LuxeBrain
 */

get_header();
luxebrain_stub_print_products();
get_footer();
