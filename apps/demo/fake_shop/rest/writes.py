"""Create, update and delete by kind: REST fields in, the fake's verbs below."""

from __future__ import annotations

from typing import Any

from apps.demo.fake_shop.errors import RestError
from apps.demo.fake_shop.hooks import HOOKS
from apps.demo.fake_shop.rest.params import check_fields
from apps.demo.fake_shop.rows import Json
from apps.demo.fake_shop.shop import FakeShop

NO_TRASH = frozenset(
    ("customers", "categories", "tags", "attributes", "terms", "webhooks")
)


class Writes:
    def __init__(self, shop: FakeShop) -> None:
        self.shop = shop

    def create(self, kind: str, fields: Json, scope: int) -> int:
        check_fields(kind, fields, is_new=True)
        make: Any = getattr(self, f"create_{kind}")
        number: int = make(dict(fields), scope)
        return number

    def create_products(self, fields: Json, scope: int) -> int:
        return self.shop.add_product(**fields)

    def create_variations(self, fields: Json, scope: int) -> int:
        return self.shop.add_variation(scope, **fields)

    def create_coupons(self, fields: Json, scope: int) -> int:
        return self.shop.add_coupon(**fields)

    def create_customers(self, fields: Json, scope: int) -> int:
        known = ("email", "first_name", "last_name", "billing", "shipping", "username",
                 "role", "meta_data")  # fmt: skip
        return self.shop.add_customer(**{name: fields[name] for name in known if name in fields})  # fmt: skip

    def create_categories(self, fields: Json, scope: int) -> int:
        kept = {name: fields[name] for name in ("parent", "slug", "description") if name in fields}  # fmt: skip
        return self.shop.add_category(fields["name"], **kept)

    def create_tags(self, fields: Json, scope: int) -> int:
        kept = {
            name: fields[name] for name in ("slug", "description") if name in fields
        }
        return self.shop.add_tag(fields["name"], **kept)

    def create_attributes(self, fields: Json, scope: int) -> int:
        return self.shop.add_attribute(fields["name"])

    def create_terms(self, fields: Json, scope: int) -> int:
        return self.shop.add_attribute_term(scope, fields["name"])

    def create_notes(self, fields: Json, scope: int) -> int:
        for_customer = fields.get("customer_note") is True
        return self.shop.add_note(scope, str(fields.get("note", "")), for_customer=for_customer)  # fmt: skip

    def create_orders(self, fields: Json, scope: int) -> int:
        lines = [
            (int(one.get("product_id") or 0), int(one.get("variation_id") or 0),
             int(one.get("quantity") or 1))
            for one in fields.get("line_items") or ()
        ]  # fmt: skip
        status = fields.get("status") or ("processing" if fields.get("set_paid") else "pending")  # fmt: skip
        carriage = fields.get("shipping_lines") or ()
        details = {
            "billing": fields.get("billing"), "shipping": fields.get("shipping"),
            "via": "rest-api", "note": fields.get("customer_note", ""), "source": "",
            "method": fields.get("payment_method", ""),
            "method_title": fields.get("payment_method_title", ""),
            "currency": fields.get("currency"), "meta_data": fields.get("meta_data"),
            "carriage": carriage[0].get("total", "0") if carriage else None,
            "fees": [(one.get("name", ""), one.get("total", "0")) for one in fields.get("fee_lines") or ()],
            "coupons": [one["code"] for one in fields.get("coupon_lines") or ()],
        }  # fmt: skip
        customer = int(fields.get("customer_id") or 0)
        try:
            return self.shop.place_order(lines, customer, status=status, **details)
        except RestError as refusal:
            # As recorded: the answer is 400, and a draft is left behind.
            draft = self.shop.place_order(
                lines, customer, status="auto-draft", **{**details, "coupons": ()}
            )
            refusal.data["new_draft_order_id"] = draft
            raise

    def create_refunds(self, fields: Json, scope: int) -> int:
        lines = [
            (
                int(one["id"]),
                int(one.get("quantity") or 0),
                one.get("refund_total") or 0,
            )
            for one in fields.get("line_items") or ()
        ]
        restock = fields.get("api_restock", True) is not False
        return self.shop.refund(
            scope,
            fields.get("amount"),
            lines,
            fields.get("reason", ""),
            restock=restock,
        )

    def create_webhooks(self, fields: Json, scope: int) -> int:
        check_webhook(fields, is_new=True)
        names = ("topic", "secret", "name", "status")
        kept = {name: fields[name] for name in names if name in fields}
        return self.shop.add_webhook(url=fields["delivery_url"], **kept)

    def update(self, kind: str, pk: int, fields: Json) -> None:
        check_fields(kind, fields, is_new=False)
        if kind == "webhooks":
            self.update_webhook(pk, fields)
        elif kind in ("categories", "tags", "terms"):
            self.shop.edit_term(self.shop.table(kind), pk, fields)
        elif kind in ("products", "variations", "orders", "customers", "coupons"):
            edit: Any = getattr(self.shop, f"edit_{kind[:-1]}")
            edit(pk, **{name: value for name, value in fields.items() if name != "id"})

    def update_webhook(self, pk: int, fields: Json) -> None:
        check_webhook(fields, is_new=False)
        hook = self.shop.webhooks[pk]
        before = hook.url
        for name, attribute in (("name", "name"), ("topic", "topic"), ("status", "status"),
                                ("delivery_url", "url"), ("secret", "secret")):  # fmt: skip
            if name in fields:
                setattr(hook, attribute, fields[name])
        hook.modified = self.shop.moment()
        self.shop.webhooks.version += 1
        # The counter is kept by a re-activation, and by a new address too.
        if hook.url != before or (hook.wants_ping and hook.status == "active"):
            self.shop.ping(hook)

    def delete(self, kind: str, pk: int, *, is_forced: bool, scope: int = 0) -> None:
        if kind in NO_TRASH and not is_forced:
            what = "Customers do" if kind == "customers" else "Webhooks do" if kind == "webhooks" else "Resource does"  # fmt: skip
            raise RestError(501, "woocommerce_rest_trash_not_supported", f"{what} not support trashing.")  # fmt: skip
        if kind == "refunds":
            if is_forced:
                self.shop.delete_refund(scope, pk)
        elif kind in ("webhooks", "attributes", "terms", "notes"):
            self.shop.table(kind).remove(pk)
        elif kind in ("categories", "tags"):
            self.shop.delete_term(self.shop.table(kind), pk, kind)
        elif kind == "variations" or is_forced:
            remove: Any = getattr(self.shop, f"delete_{kind[:-1]}")
            remove(pk)
        else:
            trash: Any = getattr(self.shop, f"trash_{kind[:-1]}")
            trash(pk)


def check_webhook(fields: Json, *, is_new: bool) -> None:
    if (is_new or "topic" in fields) and fields.get("topic") not in HOOKS:
        raise RestError(
            400, "woocommerce_rest_shop_webhook_invalid_topic",
            "Webhook topic is required and must be valid.",
        )  # fmt: skip
    url = str(fields.get("delivery_url", ""))
    if (is_new or url) and not url.startswith(("http://", "https://")):
        raise RestError(
            400, "woocommerce_rest_shop_webhook_invalid_delivery_url",
            "Webhook delivery URL must be a valid URL starting with http:// or https://.",
        )  # fmt: skip
