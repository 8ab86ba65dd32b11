from __future__ import annotations

import re
from typing import Any

from apps.demo.fake_shop.errors import RestError, not_found
from apps.demo.fake_shop.products import Products
from apps.demo.fake_shop.rows import ADDRESS, NOWHERE, Address, Customer


def address(given: Any, held: Address = NOWHERE) -> Address:
    """Letter case is kept: WooCommerce stores what was typed."""
    given = given or {}
    return tuple(
        str(given.get(name, old) or "") for name, old in zip(ADDRESS, held, strict=True)
    )


class Customers(Products):
    def add_customer(
        self, email: str, first_name: str = "", last_name: str = "", **billing: Any
    ) -> int:
        """`role`, `username` and whole `billing`/`shipping` dicts are taken too."""
        with self.lock:
            self.check_email(email, 0)
            moment = self.moment()
            username = billing.pop("username", "") or re.sub(r"[^a-z0-9._-]", "", email.split("@")[0].lower())  # fmt: skip
            row = Customer(
                self.next_id("user"), email, first_name, last_name, username, moment,
                moment, billing.pop("role", "customer"),
            )  # fmt: skip
            shipping, whole = (
                billing.pop("shipping", None),
                billing.pop("billing", None),
            )
            meta = billing.pop("meta_data", None)
            if billing:
                named = {
                    "email": email,
                    "first_name": first_name,
                    "last_name": last_name,
                }
                whole = {**named, **billing}
            row.billing = address(whole)
            row.shipping = address(shipping)
            row.meta = self.merge_meta((), meta)
            self.customers.add(row)
            self.tell("customer.created", row.id)
            self.tell("customer.updated", row.id)
            return row.id

    def check_email(self, email: str, pk: int) -> None:
        if not re.match(r"^[^@\s]+@[^@\s]+\.[^@\s]+$", email):
            message = "Please provide a valid email address."
            raise RestError(400, "registration-error-invalid-email", message)
        for one in self.customers:
            if one.email.lower() == email.lower() and one.id != pk:
                raise RestError(
                    400, "registration-error-email-exists",
                    f"An account is already registered with {email}. Please log in or "
                    "use a different email address.",
                )  # fmt: skip

    def edit_customer(self, pk: int, **fields: Any) -> None:
        with self.lock:
            row = self.customers.get(pk)
            if row is None:
                raise not_found("customers", status=400)
            if fields.get("email"):
                self.check_email(fields["email"], pk)
            for name in ("email", "first_name", "last_name", "role"):
                if name in fields:
                    setattr(row, name, fields[name])
            if "billing" in fields:
                row.billing = address(fields["billing"], row.billing)
            if "shipping" in fields:
                row.shipping = address(fields["shipping"], row.shipping)
            if "meta_data" in fields:
                row.meta = self.merge_meta(row.meta, fields["meta_data"])
            row.modified = self.moment()
            self.customers.version += 1
            self.tell("customer.updated", pk)

    def delete_customer(self, pk: int) -> None:
        """The one forced deletion that is told; the orders stay, as guests'."""
        with self.lock:
            if pk not in self.customers:
                raise not_found("customers")
            self.customers.remove(pk)
            for order in self.orders:
                if order.customer == pk:
                    order.customer = 0
            self.orders.version += 1
            self.tell("customer.deleted", pk)

    def paid_once(self, pk: int) -> None:
        row = self.customers.get(pk)
        if row is not None and not row.is_paying:
            row.is_paying = True
            row.modified = self.moment()
            self.customers.version += 1
            self.tell("customer.updated", pk)
