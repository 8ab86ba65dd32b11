"""Random histories of a small shop, told through the doors that write it."""

from __future__ import annotations

import random
import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec

from apps.core.errors import ConflictError
from apps.events.models import Interaction, Link, Metric, Session
from apps.events.services.engines.chosen import engine
from apps.events.services.rows import Row
from apps.features.services import states
from apps.shop.models import Customer, CustomerMerge, Order, Product, Refund
from apps.shop.services import merge, orders, prices, refunds, remove, stock
from tests.features.conftest import PHONE, Shop

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)


class History:
    """Each deed happens at its moment; whatever it changes is noted, as by the beat
    that keeps numbers up."""

    def __init__(self, store, seed: int) -> None:
        self.shop, self.store = Shop(store), store
        self.random = random.Random(seed)
        self.visitors = [f"visitor-{n}" for n in range(4)]
        groups = [self.shop.category(name) for name in ("Tops", "Shoes")]
        self.people = [self.customer(BEGIN - timedelta(days=1)) for _ in range(3)]
        for group in groups:
            product = self.shop.product(
                group.name, group, sizes=("S", "M"), cost=Decimal(9)
            )
            prices.change_price(product, Decimal(30), at=BEGIN, reason="first")

    def customer(self, at) -> Customer:
        return Customer.objects.create(
            store=self.store,
            email=f"{uuid.uuid4().hex}@mail.example",
            source_created_at=at,
        )

    def do(self, name: str, at: datetime) -> None:
        getattr(self, name)(at)
        ids = list(Order.objects.of(self.store).values_list("pk", flat=True))
        states.note(self.store, ids, at)

    def one(self, rows):
        found = list(rows.order_by("pk"))
        return self.random.choice(found) if found else None

    def an_order(self):
        return self.one(Order.objects.of(self.store))

    def a_product(self) -> Product:
        return self.one(Product.objects.of(self.store))

    def places_order(self, at) -> None:
        person = self.one(Customer.objects.of(self.store).live())
        guest = self.random.random() < 0.1
        lines = [
            (self.a_product(), self.random.randint(1, 3), self.random.randint(5, 60))
            for _ in range(self.random.randint(1, 3))
        ]
        status = self.random.choice(["pending", "on-hold", "processing", "completed"])
        self.shop.order(
            None if guest else person,
            *[
                (product, units, str(paid), str(paid + 5))
                for product, units, paid in lines
            ],
            placed_at=at,
            source_modified_at=at,
            status=status,
            total=Decimal(sum(paid for *_, paid in lines) + 5),
            coupon_codes=self.random.choice([[], ["SPRING"]]),
            currency=self.random.choice(["EUR", "EUR", "EUR", "USD"]),
        )

    def edits_order(self, at) -> None:
        """Another status, and other lines: some go, some come, some change."""
        order = self.an_order()
        if order is None:
            return
        lines = [
            (
                line.woo_id,
                {
                    "product": line.product,
                    "variant": line.variant,
                    "name": line.name,
                    "quantity": self.random.randint(1, 5),
                    "subtotal": line.subtotal,
                    "total": line.total,
                },
            )
            for line in order.lines.all()
            if self.random.random() < 0.8
        ]
        values = {
            "number": order.number,
            "status": self.random.choice(
                ["pending", "processing", "completed", "cancelled", "failed", "trash"]
            ),
            "total": order.total + self.random.randint(0, 9),
            "coupon_codes": self.random.choice([[], ["LATE"]]),
        }
        orders.record(self.store, order.woo_id, at, values, lines)

    def refunds_order(self, at) -> None:
        order = self.an_order()
        if order is None:
            return
        line = self.one(order.lines)
        named = line is not None and self.random.random() < 0.5
        amount = Decimal(self.random.randint(1, 20))
        values = {"amount": amount, "refunded_at": at}
        back = {"order_line": line, "quantity": 1, "total": amount}
        refunds.record(order, self.number(), values, [(self.number(), back)] * named)

    def removes_refund(self, at) -> None:
        refund = self.one(Refund.objects.of(self.store).live())
        if refund is not None:
            remove.remove(Refund, self.store, refund.woo_id, at)

    def removes_order(self, at) -> None:
        order = self.one(Order.objects.of(self.store).live())
        if order is not None:
            remove.remove(Order, self.store, order.woo_id, at)

    def changes_price(self, at) -> None:
        product = self.a_product()
        subject = self.random.choice([product, *product.variants.all()])
        price = Decimal(self.random.randint(10, 50))
        prices.change_price(
            subject, price, at=at, reason="sale", regular_price=Decimal(40)
        )

    def changes_stock(self, at) -> None:
        variant = self.one(self.a_product().variants)
        quantity = self.random.choice([0, 0, 3, 8, None])
        stock.change_stock(variant, quantity, at, "counted")

    def merges(self, at) -> None:
        people = list(Customer.objects.of(self.store).live().order_by("pk"))
        if len(people) > 1:
            kept, absorbed = self.random.sample(people, 2)
            merge.merge(kept, absorbed, at=at, reason="one person")

    def parts(self, at) -> None:
        merged = self.one(CustomerMerge.objects.of(self.store).filter(reverted_at=None))
        if merged is not None:
            try:
                merge.undo(merged, at=at)
            except ConflictError:
                return

    def registers(self, at) -> None:
        self.people.append(self.customer(at))

    def removes_customer(self, at) -> None:
        person = self.one(Customer.objects.of(self.store).live())
        if person is not None:
            Customer.objects.filter(pk=person.pk).update(deleted_at=at)

    def adds_product(self, at) -> None:
        product = self.shop.product(
            "New", source_created_at=at, published_at=at, sizes=("M",)
        )
        prices.change_price(product, Decimal(25), at=at, reason="first")

    def removes_product(self, at) -> None:
        product = self.one(Product.objects.of(self.store).live())
        if product is not None:
            Product.objects.filter(pk=product.pk).update(deleted_at=at)

    def touches(self, at) -> None:
        Interaction.objects.create(
            id=uuid.UUID(int=self.random.getrandbits(128)),
            store=self.store,
            visitor=self.random.choice(self.visitors),
            product=self.a_product(),
            type=self.random.choice(["product_view", "add_to_cart", "wishlist"]),
            at=at,
            price=Decimal(30),
            currency="EUR",
        )

    def visits(self, at) -> None:
        """A visit whose second half comes an hour later."""
        key, visitor = f"visit-{self.number()}", self.random.choice(self.visitors)
        Session.objects.create(
            store=self.store,
            key=key,
            visitor=visitor,
            started_at=at,
            last_at=at + timedelta(hours=1),
            device=PHONE,
            events=2,
            is_bot=self.random.random() < 0.2,
        )
        product = self.a_product().woo_id
        rows = [
            self.event("product_view", at, visitor, key, product),
            self.event("cart", at + timedelta(hours=1), visitor, key, None),
        ]
        engine().append([engine().prepare(self.store.pk, rows)], 2, at)

    def mails(self, at) -> None:
        kind = self.random.choice(["message_sent", "message_opened", "message_clicked"])
        row = self.event(kind, at, self.random.choice(self.visitors), "", None)
        said = msgspec.json.encode({"message": str(self.random.randint(1, 3))})
        row = row._replace(properties=said)
        engine().append([engine().prepare(self.store.pk, [row])], 1, at)
        midnight = at.replace(hour=0, minute=0)
        Metric.objects.get_or_create(
            store=self.store, grain=Metric.Grain.DAY, name=kind, starts_at=midnight
        )

    def event(self, kind, at, visitor, session, product) -> Row:
        at_ms = int(at.timestamp() * 1000)
        number = (at_ms << 80) | self.random.getrandbits(64)
        return Row(
            number.to_bytes(16, "big"), at_ms, kind, visitor, session, None, product,
            None, 1, 300_000, "EUR", b"{}", b"{}",
        )  # fmt: skip

    def signs_in(self, at) -> None:
        """On a visitor's browser, from now on."""
        visitor = self.random.choice(self.visitors)
        person = self.random.choice(self.people)
        Link.objects.of(self.store).filter(visitor=visitor, ended_at=None).update(
            ended_at=at
        )
        Link.objects.create(
            store=self.store,
            visitor=visitor,
            customer=person,
            evidence="login",
            first_at=at,
            last_at=at,
        )

    def number(self) -> int:
        return self.random.randint(10**6, 10**12)


DEEDS = [
    "places_order", "places_order", "places_order", "edits_order", "refunds_order",
    "removes_refund", "removes_order", "changes_price", "changes_stock", "merges",
    "parts", "registers", "removes_customer", "adds_product", "removes_product",
    "touches", "touches", "visits", "mails", "signs_in",
]  # fmt: skip
