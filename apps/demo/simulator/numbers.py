"""The numbers that WooCommerce would have given: first of each kind."""

from __future__ import annotations

CUSTOMER_WOO = 101
PRODUCT_WOO = 1_001
VARIANT_WOO = 10_001
IMAGE_WOO = 100_001
ORDER_WOO = 200_001
# Orders that visitors place; no built shop has as many.
PLACED_WOO = 1_000_000
REFUND_WOO = 400_001
LINE_WOO = 500_001
