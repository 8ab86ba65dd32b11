"""What WooCommerce says and wants, without database and settings."""
