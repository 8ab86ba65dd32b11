from __future__ import annotations

from typing import Any


class RestError(Exception):
    """An answer that WooCommerce gives instead: its code, sentence and status."""

    def __init__(
        self, status: int, code: str, message: str, data: dict[str, Any] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.data = data or {}

    def body(self) -> dict[str, Any]:
        data: Any = {"status": self.status, **self.data}
        # The one error whose data is a bare number.
        if self.code == "woocommerce_rest_cannot_create_order_refund":
            data = self.status
        return {"code": self.code, "message": self.message, "data": data}


def not_found(kind: str, *, status: int = 404) -> RestError:
    code, message = {
        "products": ("woocommerce_rest_product_invalid_id", "Invalid ID."),
        "variations": ("woocommerce_rest_product_variation_invalid_id", "Invalid ID."),
        "orders": ("woocommerce_rest_shop_order_invalid_id", "Invalid ID."),
        "refunds": ("woocommerce_rest_invalid_order_refund_id", "Invalid order refund ID."),
        "coupons": ("woocommerce_rest_shop_coupon_invalid_id", "Invalid ID."),
        "customers": ("wc_user_invalid_id", "Invalid user ID."),
        "webhooks": ("woocommerce_rest_shop_webhook_invalid_id", "ID is invalid."),
        "notes": ("woocommerce_rest_invalid_id", "Invalid resource ID."),
    }.get(kind, ("woocommerce_rest_term_invalid", "Resource does not exist."))  # fmt: skip
    return RestError(status, code, message)
