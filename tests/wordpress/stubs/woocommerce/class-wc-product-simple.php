<?php
/**
 * A product without variations.
 *
 * @package LuxeBrain
 */

/**
 * Nothing but the name differs.
 */
class WC_Product_Simple extends WC_Product {
}
