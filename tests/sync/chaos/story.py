"""What happens in a shop while LuxeBrain copies it: one random act at a time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

from apps.demo.fake_shop.shop import FakeShop

BEGIN = datetime(2026, 11, 10, 12, tzinfo=UTC)
COLORS, SIZES = ("Red", "Blue", "Sand"), ("S", "M", "L")
STATUSES = ("processing", "completed", "on-hold", "cancelled", "failed", "pending")


class Story:
    """Acts on a fake shop; each takes a moment of the shop's clock, or none."""

    def __init__(self, shop: FakeShop, random: Random) -> None:
        self.shop, self.random = shop, random
        self.now = BEGIN
        shop.clock = lambda: self.now
        self.people = 0

    def pass_time(self) -> None:
        """Often none: many things happen in one second, which is all that Woo writes."""
        self.now += timedelta(seconds=self.random.choice((0, 0, 1, 2, 7, 40)))

    def begin(self) -> None:
        for word in ("Women", "Men"):
            self.shop.add_category(word)
        self.shop.add_attribute("Size", terms=list(SIZES))
        for _ in range(3):
            self.new_product()
        for _ in range(2):
            self.new_dress()
            self.new_customer()
            self.new_coupon()
        for _ in range(5):
            self.new_order()
        self.now += timedelta(hours=1)

    def act(self) -> str:
        name = self.random.choice(ACTS)
        getattr(self, name)()
        self.pass_time()
        return name

    def one(self, kind: str, **wanted: object) -> int | None:
        found = [
            pk
            for pk, said in self.shop.truth(kind).items()
            if all(said.get(name) == value for name, value in wanted.items())
        ]
        return self.random.choice(found) if found else None

    def new_product(self) -> None:
        self.shop.add_product(
            name=f"Scarf {self.random.randint(1, 999)}",
            regular_price=str(self.random.randint(10, 90)),
            stock=self.random.choice((None, 0, 1, 30)),
            categories=[self.one("categories")],
            images=self.random.randint(0, 2),
        )

    def new_dress(self) -> None:
        dress = self.shop.add_product(name="Dress", type="variable")
        for size in self.random.sample(SIZES, 2):
            self.new_variation(dress, size)

    def new_variation(self, dress: int | None = None, size: str = "L") -> None:
        dress = dress or self.one("products", type="variable")
        if dress:
            self.shop.add_variation(
                dress,
                attributes={"Color": self.random.choice(COLORS), "Size": size},
                regular_price=str(self.random.randint(50, 190)),
                stock=self.random.randint(0, 9),
            )

    def new_customer(self) -> None:
        self.people += 1
        self.shop.add_customer(
            f"Person{self.people}@Example.test", f"P{self.people}", "Doe"
        )

    def new_coupon(self) -> None:
        self.shop.add_coupon(f"code{self.random.randint(1, 10**9)}", "10")

    def new_order(self, status: str = "") -> None:
        lines = []
        for pk, said in self.random.sample(
            sorted(self.shop.truth("products").items()), 2
        ):
            if said["type"] == "variable" and said["variations"]:
                lines.append((pk, self.random.choice(said["variations"]), 1))
            elif said["type"] == "simple":
                lines.append((pk, 0, self.random.randint(1, 3)))
        if not lines:
            return
        customer = self.random.choice((0, self.one("customers") or 0))
        email = "" if customer else f"Guest{self.random.randint(1, 4)}@example.test"
        self.shop.place_order(
            lines, customer, email, status or self.random.choice(STATUSES)
        )

    def checkout(self) -> None:
        pk = self.one("products", type="simple")
        if pk:
            self.shop.open_checkout([(pk, 0, 1)], email="draft@example.test")

    def finish(self) -> None:
        pk = self.one("orders", status="checkout-draft")
        if pk:
            self.shop.finish_checkout(pk)

    def change_status(self) -> None:
        pk = self.one("orders")
        if pk and self.shop.truth("orders")[pk]["status"] != "checkout-draft":
            self.shop.set_order_status(pk, self.random.choice(STATUSES))

    def refund(self) -> None:
        pk = self.one("orders", status="completed") or self.one(
            "orders", status="processing"
        )
        if pk is None:
            return
        said = self.shop.truth("orders")[pk]
        left = float(said["total"]) + sum(float(r["total"]) for r in said["refunds"])
        if left < 1:
            return
        if self.random.random() < 0.3:
            self.shop.refund(pk)
        else:
            self.shop.refund(pk, amount=f"{left * self.random.random() + 0.01:.2f}")

    def delete_refund(self) -> None:
        pk = self.one("refunds")
        if pk:
            self.shop.delete_refund(self.shop.truth("refunds")[pk]["parent_id"], pk)

    def change_price(self) -> None:
        pk = self.one("products", type="simple")
        if pk:
            price = self.random.randint(10, 90)
            sale = self.random.choice(("", str(price - 1)))
            self.shop.edit_product(pk, regular_price=str(price), sale_price=sale)

    def change_variation(self) -> None:
        pk = self.one("variations")
        if pk:
            self.shop.edit_variation(
                pk,
                regular_price=str(self.random.randint(50, 190)),
                stock_quantity=self.random.randint(0, 20),
            )

    def change_customer(self) -> None:
        pk = self.one("customers", role="customer")
        if pk:
            fields = {"first_name": f"N{self.random.randint(1, 99)}"}
            if self.random.random() < 0.4:
                self.people += 1
                fields["email"] = f"person{self.people}@example.test"
            self.shop.edit_customer(pk, **fields)

    def guest_registers(self) -> None:
        email = f"guest{self.random.randint(1, 4)}@example.test"
        if not any(
            said["email"].lower() == email
            for said in self.shop.truth("customers").values()
        ):
            self.shop.add_customer(email, "Gue", "Sted")

    def delete_customer(self) -> None:
        pk = self.one("customers", role="customer")
        if pk:
            self.shop.delete_customer(pk)

    def change_coupon(self) -> None:
        pk = self.one("coupons")
        if pk:
            self.shop.edit_coupon(pk, amount=f"{self.random.randint(1, 50)}.00")

    def bin_order(self) -> None:
        pk = self.one("orders")
        if pk and self.shop.truth("orders")[pk]["status"] != "checkout-draft":
            self.shop.trash_order(pk)

    def unbin_order(self) -> None:
        for row in self.shop.orders:
            if row.status == "trash":
                self.shop.untrash_order(row.id)
                return

    def bin_product(self) -> None:
        if len(self.shop.truth("products")) > 4:
            self.shop.trash_product(self.one("products"))

    def unbin_product(self) -> None:
        for row in self.shop.products:
            if row.status == "trash":
                self.shop.restore_product(row.id)
                return

    def delete_for_good(self) -> None:
        kind = self.random.choice(("order", "product", "variation", "coupon"))
        pk = self.one(f"{kind}s")
        if pk and (kind != "product" or len(self.shop.truth("products")) > 4):
            getattr(self.shop, f"delete_{kind}")(pk)

    def bin_coupon(self) -> None:
        pk = self.one("coupons")
        if pk:
            self.shop.trash_coupon(pk)


ACTS = (
    *(["new_order"] * 5), *(["change_status"] * 4), *(["refund"] * 4),
    *(["change_price"] * 3), *(["change_variation"] * 3), "new_product", "new_dress",
    "new_variation", "new_customer", "new_coupon", "checkout", "checkout", "finish",
    "delete_refund", "delete_refund", "change_customer", "change_customer",
    "guest_registers", "delete_customer", "change_coupon", "bin_order", "unbin_order",
    "bin_product", "unbin_product", "delete_for_good", "delete_for_good", "bin_coupon",
)  # fmt: skip
