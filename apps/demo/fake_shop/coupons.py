from __future__ import annotations

from typing import Any

from apps.demo.fake_shop.customers import Customers
from apps.demo.fake_shop.errors import RestError, not_found
from apps.demo.fake_shop.money import ONE, is_amount, micro
from apps.demo.fake_shop.prices import moment
from apps.demo.fake_shop.rows import Coupon

KEPT = frozenset((
    "description", "individual_use", "product_ids", "excluded_product_ids",
    "usage_limit", "usage_limit_per_user", "limit_usage_to_x_items", "free_shipping",
    "product_categories", "excluded_product_categories", "exclude_sale_items",
    "minimum_amount", "maximum_amount",
))  # fmt: skip


class Coupons(Customers):
    def add_coupon(
        self, code: str, amount: str | float = "0", discount_type: str = "percent",
        **fields: Any,
    ) -> int:  # fmt: skip
        with self.lock:
            if self.coupon_of(code) is not None:
                raise RestError(
                    400, "woocommerce_rest_coupon_code_already_exists",
                    "The coupon code already exists",
                )  # fmt: skip
            now = self.moment()
            row = Coupon(0, code.lower(), 0, discount_type, now, now)
            self.write_coupon(row, {**fields, "amount": amount})
            row.id = self.next_id("post")
            self.coupons.add(row)
            self.tell("coupon.created", row.id)
            return row.id

    def coupon_of(self, code: str) -> Coupon | None:
        wanted = code.lower()
        found = (one for one in self.coupons if one.code == wanted)
        return next((one for one in found if one.status != "trash"), None)

    def write_coupon(self, row: Coupon, fields: dict[str, Any]) -> None:
        kind = fields.get("discount_type", row.discount_type)
        amount = fields.get("amount")
        if amount is not None:
            size = micro(amount) if is_amount(str(amount)) else 0
            if size < 0 or (kind == "percent" and size > 100 * ONE):
                raise RestError(
                    400, "coupon_invalid_amount", "Invalid discount amount."
                )
            row.amount = size
        row.discount_type = kind
        if "code" in fields:
            row.code = str(fields["code"]).lower()
        if "status" in fields:
            row.status = fields["status"]
        for key, is_gmt in (("date_expires", False), ("date_expires_gmt", True)):
            # A quirk that was recorded: at creation the GMT form is ignored.
            if key in fields and (not is_gmt or row.id):
                row.expires = moment(fields[key], self.zone, is_gmt=is_gmt)
        extra = {name: value for name, value in fields.items() if name in KEPT}
        if "email_restrictions" in fields:
            extra["email_restrictions"] = [one.lower() for one in fields["email_restrictions"]]  # fmt: skip
        if extra:
            row.extra = {**(row.extra or {}), **extra}
        if "meta_data" in fields:
            row.meta = self.merge_meta(row.meta, fields["meta_data"])

    def edit_coupon(self, pk: int, **fields: Any) -> None:
        with self.lock:
            row = self.coupons.get(pk)
            if row is None:
                raise not_found("coupons", status=400)
            self.write_coupon(row, fields)
            row.modified = self.moment()
            self.coupons.version += 1
            self.tell("coupon.updated", pk)

    def trash_coupon(self, pk: int) -> None:
        with self.lock:
            row = self.coupons.get(pk)
            if row is None:
                raise not_found("coupons")
            row.before_trash, row.status = row.status, "trash"
            row.modified = self.moment()
            self.coupons.version += 1
            self.trash_page(pk)

    def restore_coupon(self, pk: int) -> None:
        with self.lock:
            row = self.coupons.get(pk)
            if row is None:
                raise not_found("coupons")
            row.status = row.before_trash or "publish"
            row.modified = self.moment()
            self.coupons.version += 1
            self.tell("coupon.restored", pk)
            self.tell("product.restored", pk)

    def delete_coupon(self, pk: int) -> None:
        with self.lock:
            if pk not in self.coupons:
                raise not_found("coupons")
            self.coupons.remove(pk)
