"""A WooCommerce of our own: answers as the recorded store does, holds any size."""
