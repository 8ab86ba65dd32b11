"""What a list takes and how a bad value is told, per kind; the rest is ignored."""

from __future__ import annotations

import re
from typing import Any

from apps.demo.fake_shop.errors import RestError
from apps.demo.fake_shop.moments import STAMP

ORDER_STATUSES = ("auto-draft", "pending", "processing", "on-hold", "completed",
                  "cancelled", "refunded", "failed", "checkout-draft")  # fmt: skip
POST_STATUSES = ("any", "future", "trash", "draft", "pending", "private", "publish")
POSTS = ("date", "id", "include", "title", "slug", "modified")
TERMS = ("id", "include", "name", "slug", "term_group", "description", "count")
ORDERBY = {
    "products": (*POSTS, "popularity", "rating", "post__in", "price", "sales",
                 "menu_order", "random"),
    "variations": (*POSTS, "menu_order"),
    "orders": POSTS, "refunds": POSTS, "coupons": POSTS,
    "customers": ("id", "include", "name", "registered_date"),
    "categories": TERMS, "tags": TERMS, "terms": TERMS,
    "webhooks": ("date", "id", "title"),
}  # fmt: skip
DATES = ("after", "before", "modified_after", "modified_before")
# Not for customers, categories, tags: unknown parameters are ignored there.
DATED = frozenset(("products", "variations", "orders", "refunds", "coupons"))
NUMBERS = {"page": (1, None), "per_page": (1, 100), "offset": (None, None),
           "customer": (None, None), "product": (None, None), "dp": (None, None)}  # fmt: skip
ID_LISTS = ("include", "exclude", "parent", "parent_exclude")
TRUE = ("1", "true", "yes", "on")


def is_true(value: Any) -> bool:
    return str(value).lower() in TRUE


class Params(dict[str, Any]):
    """Clean values by name, with WooCommerce's defaults for the kind."""

    def __init__(self, kind: str, query: dict[str, Any]) -> None:
        by_name = kind in ("customers", "categories", "tags", "terms")
        super().__init__(
            page=1, per_page=10, order="asc" if by_name else "desc",
            orderby="name" if by_name else "date",
        )  # fmt: skip
        self.kind = kind
        self.bad: dict[str, tuple[str, str, Any]] = {}
        for name, value in query.items():
            self.take(name, value)
        if self.bad:
            raise invalid(self.bad)

    def take(self, name: str, value: Any) -> None:
        if name in NUMBERS:
            self.take_number(name, value, *NUMBERS[name])
        elif name == "order":
            self.take_choice(name, value, ("asc", "desc"))
        elif name == "orderby" and self.kind in ORDERBY:
            self.take_choice(name, value, ORDERBY[self.kind])
        elif name == "status":
            self.take_status(value)
        elif name in DATES and self.kind in DATED:
            if STAMP.match(value) is None:
                self.bad[name] = ("rest_invalid_date", "Invalid date.", None)
            self[name] = value
        elif (name in ID_LISTS and name != "parent") or (name == "parent" and self.kind != "categories"):  # fmt: skip
            self.take_ids(name, value)
        else:
            self[name] = value

    def take_number(
        self, name: str, value: Any, low: int | None, high: int | None
    ) -> None:
        if not re.match(r"^[+-]?\d+$", str(value)):
            self.bad[name] = wrong_type(name, "integer")
            return
        number = int(value)
        if low is not None and high is not None and not low <= number <= high:
            message = f"{name} must be between {low} (inclusive) and {high} (inclusive)"
            self.bad[name] = ("rest_out_of_bounds", message, None)
        elif low is not None and number < low:
            message = f"{name} must be greater than or equal to {low}"
            self.bad[name] = ("rest_out_of_bounds", message, None)
        self[name] = number

    def take_choice(self, name: str, value: Any, choices: tuple[str, ...]) -> None:
        if value not in choices:
            self.bad[name] = not_one_of(name, choices)
        self[name] = value

    def take_status(self, value: Any) -> None:
        if self.kind == "orders":
            wanted = value if isinstance(value, list) else [one for one in value.split(",") if one]  # fmt: skip
            for at, one in enumerate(wanted):
                if one not in ("any", "trash", *ORDER_STATUSES):
                    choices = ("any", "trash", *ORDER_STATUSES)
                    text = not_one_of(f"status[{at}]", choices)
                    self.bad["status"] = text
            self["status"] = wanted
        elif self.kind in ("products", "variations"):
            self.take_choice("status", value, POST_STATUSES)
        else:
            self["status"] = value

    def take_ids(self, name: str, value: Any) -> None:
        parts = value if isinstance(value, list) else re.split(r"[\s,]+", value)
        wanted = [one for one in parts if one]
        for at, one in enumerate(wanted):
            if not str(one).isdigit():
                self.bad[name] = wrong_type(f"{name}[{at}]", "integer", name)
                return
        self[name] = [int(one) for one in wanted]


def wrong_type(shown: str, kind: str, name: str = "") -> tuple[str, str, Any]:
    message = f"{shown} is not of type {kind}."
    return ("rest_invalid_type", message, {"param": name or shown})


def not_one_of(name: str, choices: tuple[str, ...]) -> tuple[str, str, Any]:
    text = ", ".join(choices[:-1]) + f", and {choices[-1]}" if len(choices) > 2 else " and ".join(choices)  # fmt: skip
    return ("rest_not_in_enum", f"{name} is not one of {text}.", None)


def invalid(bad: dict[str, tuple[str, str, Any]]) -> RestError:
    return RestError(
        400, "rest_invalid_param", f"Invalid parameter(s): {', '.join(bad)}",
        {
            "params": {name: message for name, (_, message, _) in bad.items()},
            "details": {
                name: {"code": code, "message": message, "data": data}
                for name, (code, message, data) in bad.items()
            },
        },
    )  # fmt: skip


MONEY = ("regular_price", "sale_price")
TYPES: dict[str, dict[str, type | tuple[type, ...]]] = {
    "products": {"name": str, "slug": str, "sku": str, "regular_price": str,
                 "sale_price": str, "description": str, "short_description": str,
                 "categories": list, "tags": list, "images": list, "attributes": list,
                 "meta_data": list},
    "orders": {"billing": dict, "shipping": dict, "line_items": list,
               "coupon_lines": list, "meta_data": list, "customer_note": str},
    "customers": {"email": str, "first_name": str, "last_name": str, "billing": dict,
                  "shipping": dict, "meta_data": list},
    "coupons": {"code": str, "meta_data": list},
}  # fmt: skip
TYPES["variations"] = {**TYPES["products"], "attributes": list}
NAMES = {str: "string", list: "array", dict: "object"}


def check_fields(kind: str, fields: dict[str, Any], *, is_new: bool) -> None:
    """Types of written fields, before anything is done."""
    if is_new:
        needed = {"coupons": "code", "customers": "email", "categories": "name", "tags": "name"}.get(kind)  # fmt: skip
        if needed and needed not in fields:
            raise RestError(
                400, "rest_missing_callback_param", f"Missing parameter(s): {needed}",
                {"params": [needed]},
            )  # fmt: skip
    bad = {
        name: wrong_type(name, NAMES[wanted])  # type: ignore[index]
        for name, wanted in TYPES.get(kind, {}).items()
        if fields.get(name) is not None and not isinstance(fields[name], wanted)
    }
    if kind == "orders" and fields.get("status") not in (None, *ORDER_STATUSES):
        bad["status"] = not_one_of("status", ORDER_STATUSES)
    if bad:
        raise invalid(bad)
