"""Thousands of made-up shops: whatever is asked, no answer breaks a rule.

`ANSWERS=100000 pytest tests/recommendations/test_rules.py` asks as often.
"""

from __future__ import annotations

import os
import random
import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.accounts.models import Store
from apps.core.services.memory import forget_all
from apps.decisions.models import Decision
from apps.events.models import Interaction
from apps.features.models import CustomerFeatures
from apps.recommendations.models import Kind, Shelf, ShelfSettings, Shown
from apps.recommendations.services.answer import answer
from apps.recommendations.services.answering.ask import Ask
from apps.registry.models import ModelVersion
from apps.shop.models import Category, Customer, Order, OrderLine, Product, Variant
from tests.conftest import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
ANSWERS = int(os.environ.get("ANSWERS", "300"))
A_SHOP = 20 if ANSWERS < 10_000 else 200
KINDS = [kind for kind in Kind.values if kind != Kind.CONTENT]
SIZES = ("S", "M", "L")


class Oracle:
    """A shop of facts, and by them alone who may stand on a shelf."""

    def __init__(self, draw: random.Random) -> None:
        forget_all()
        self.draw = draw
        self.store = Store.objects.create(slug="ours", name="Ours")
        self.other = Store.objects.create(slug="theirs", name="Theirs")
        self.settings = ShelfSettings.objects.create(
            store=self.store,
            exploration_share=draw.choice([0, 0.05, 0.5]),
            variety=draw.choice([0, 0.3, 1]),
            bought_days=draw.choice([0, 30]),
            fatigue_days=draw.choice([0, 14]),
        )
        self.categories = [self.category(number) for number in range(4)]
        self.facts = {}
        for number in range(draw.choice([3, 14, 30])):
            self.product(self.store, number)
        self.strangers = [self.product(self.other, 100 + n).pk for n in range(2)]
        self.ids = [*self.facts, *self.strangers, 10**9]
        self.customers = [self.customer(number) for number in range(2)]
        self.bought = {"v0": set(), "v1": set()}
        self.orders()
        self.visits()
        self.shelves()

    def maybe(self, share: float) -> bool:
        return self.draw.random() < share

    def category(self, number):
        above = None
        if number and self.maybe(0.5):
            above = Category.objects.of(self.store).order_by("pk").last()
        return Category.objects.create(
            store=self.store, name=f"C{number}", slug=f"c{number}", parent=above
        )

    def product(self, store, number):
        values = {
            "is_visible": not self.maybe(0.1),
            "status": "draft" if self.maybe(0.1) else "publish",
            "price": None if self.maybe(0.1) else Decimal(self.draw.randrange(10, 100)),
            "deleted_at": NOW if self.maybe(0.05) else None,
            "stock_status": "outofstock" if self.maybe(0.1) else "instock",
            "published_at": NOW + timedelta(days=self.draw.randrange(-50, 5)),
        }
        made = Product.objects.create(
            store=store, name=f"P{number}", slug=f"p{number}", currency="EUR",
            brand=self.draw.choice(["", "A", "B"]), **values,
        )  # fmt: skip
        sizes, has_variants = self.variants(store, made)
        held = self.draw.sample(self.categories, self.draw.randrange(3))
        if store == self.store:
            made.categories.add(*held)
            self.facts[made.pk] = {
                "shown": values["is_visible"] and values["status"] == "publish"
                and values["price"] is not None and values["deleted_at"] is None
                and values["published_at"] <= NOW,
                "there": values["stock_status"] == "instock"
                and (bool(sizes) or not has_variants),
                "sizes": sizes, "price": values["price"], "held": held,
            }  # fmt: skip
        return made

    def variants(self, store, made):
        """Sizes that can be ordered, and whether there is any variant."""
        sizes, has_variants = set(), False
        for size in self.draw.sample(SIZES, self.draw.randrange(4)):
            quantity, is_counted = self.draw.choice([0, 0, 1, 3]), not self.maybe(0.2)
            status = self.draw.choice(["instock", "outofstock"])
            is_gone = self.maybe(0.1)
            Variant.objects.create(
                store=store, product=made, size=size, stock_quantity=quantity,
                manages_stock=is_counted, stock_status=status,
                deleted_at=NOW if is_gone else None,
            )  # fmt: skip
            has_variants |= not is_gone
            can = quantity > 0 if is_counted else status == "instock"
            sizes |= {size} if can and not is_gone else set()
        return sizes, has_variants

    def customer(self, number):
        made = Customer.objects.create(store=self.store, email=f"{number}@mail.example")
        shares = [
            {"key": f"{category.pk}:{self.draw.choice(SIZES)}", "share": 0.6}
            for category in self.categories
        ]
        CustomerFeatures.objects.create(
            store=self.store, customer=made, as_of=NOW, spent=self.draw.choice([0, 500]),
            numbers={"size_profile": shares},
        )  # fmt: skip
        return made

    def orders(self):
        for customer in self.customers:
            self.bought[customer.pk] = set()
            for number in range(self.draw.randrange(3)):
                product = self.draw.choice(list(self.facts))
                days, status = (
                    self.draw.randrange(60),
                    self.draw.choice(
                        ["completed", "processing", "cancelled", "failed"]
                    ),
                )
                order = Order.objects.create(
                    store=self.store, number=str(number), status=status,
                    customer=customer, currency="EUR",
                    placed_at=NOW - timedelta(days=days),
                )  # fmt: skip
                OrderLine.objects.create(
                    store=self.store, order=order, product_id=product, name="x",
                    quantity=1, subtotal=1, total=1,
                )  # fmt: skip
                if status in ("completed", "processing") and self.is_lately(days):
                    self.bought[customer.pk].add(product)

    def is_lately(self, days):
        return days < self.settings.bought_days

    def visits(self):
        for visitor in ("v0", "v1"):
            for _ in range(self.draw.randrange(6)):
                kind = self.draw.choice(["product_view", "add_to_cart", "order"])
                days = self.draw.randrange(60)
                who = self.draw.choice([None, *self.customers])
                product = self.draw.choice(list(self.facts))
                Interaction.objects.create(
                    id=uuid.UUID(int=self.draw.getrandbits(128)), store=self.store,
                    visitor=visitor, product_id=product, type=kind, customer=who,
                    at=NOW - timedelta(days=days),
                )  # fmt: skip
                if kind == "order" and self.is_lately(days):
                    self.bought[visitor].add(product)
                    if who:
                        self.bought[who.pk].add(product)
        times = {str(self.draw.choice(self.ids)): 4 for _ in range(3)}
        Shown.objects.create(store=self.store, visitor="v0", times=times, last_at=NOW)

    def shelves(self):
        version = ModelVersion.objects.create(
            store=self.store, kind="k", name="n", number=1, status="champion",
            trained_at=NOW,
        )  # fmt: skip
        subjects = ["", "segment:new", "segment:mid"]
        subjects += [f"customer:{one.pk}" for one in self.customers]
        subjects += [f"product:{one}" for one in self.ids]
        for kind in Kind.values:
            for subject in subjects:
                if self.maybe(0.4):
                    many = self.draw.sample(
                        self.ids, self.draw.randrange(len(self.ids))
                    )
                    Shelf.objects.create(
                        store=self.store, version=version, kind=kind, subject=subject,
                        picks=[[one, 1.0, "taste", None] for one in many],
                        computed_at=NOW,
                    )  # fmt: skip

    def ask(self) -> Ask:
        some = self.draw.choice
        few = lambda most: tuple(  # noqa: E731
            self.draw.sample(self.ids, self.draw.randrange(min(most, len(self.ids))))
        )
        return Ask(
            kind=some(KINDS),
            customer=some([None, *(one.pk for one in self.customers)]),
            visitor=some(["", "v0", "v1"]),
            product=some([None, *self.ids]),
            basket=few(3),
            viewed=few(4),
            exclude=frozenset(few(3)),
            category=some([None, None, None, 0, *(c.pk for c in self.categories)]),
            price_from=some([None, None, Decimal(30)]),
            price_to=some([None, None, Decimal(70)]),
            size=some(["", "", "", *SIZES]),
            limit=some([None, 1, 4, 12]),
        )

    def allowed(self, ask: Ask) -> set[int]:
        hidden = {ask.product, *ask.basket, *ask.exclude}
        hidden |= self.bought.get(ask.customer, set()) | self.bought.get(
            ask.visitor, set()
        )
        return {
            product
            for product, fact in self.facts.items()
            if product not in hidden and self.fits(fact, ask)
        }

    def fits(self, fact, ask):
        if not (fact["shown"] and fact["there"]):
            return False
        if ask.size and ask.size not in fact["sizes"]:
            return False
        if ask.price_from and fact["price"] < ask.price_from:
            return False
        if ask.price_to and fact["price"] > ask.price_to:
            return False
        return ask.category is None or any(
            self.is_within(held, ask.category) for held in fact["held"]
        )

    def is_within(self, category, wanted):
        while category is not None:
            if category.pk == wanted:
                return True
            category = category.parent
        return False


def check(oracle: Oracle, ask: Ask) -> None:
    found = answer(oracle.store, ask, NOW, oracle.draw, explains=True)
    allowed = oracle.allowed(ask)
    limit = ask.limit or oracle.settings.shelf_size
    assert set(found.products) <= allowed
    # Each once, and as many as there are: never empty while anything can be bought, but
    # for what was viewed.
    assert len(set(found.products)) == len(found.products) <= limit
    if ask.kind != Kind.RECENT:
        assert len(found.products) == min(limit, len(allowed))
    decision = Decision.objects.of(oracle.store).get(pk=found.decision_id)
    assert decision.chosen["products"] == found.products
    assert all(0 < place.propensity <= 1 for place in found.places)
    assert all(place.sentence for place in found.places)


@settings(
    max_examples=max(1, ANSWERS // A_SHOP),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(seed=st.integers(0, 2**48))
def ask_all(seed):
    with transaction.atomic():
        oracle = Oracle(random.Random(seed))
        for _ in range(A_SHOP):
            check(oracle, oracle.ask())
        transaction.set_rollback(True)


def test_no_answer_breaks_a_rule(db):
    ask_all()


def test_the_oracle_has_something_to_say(db):
    """Otherwise empty shelves would pass for obedience."""
    sizes = []
    for seed in range(5):
        with transaction.atomic():
            oracle = Oracle(random.Random(seed))
            sizes += [len(oracle.allowed(oracle.ask())) for _ in range(A_SHOP)]
            transaction.set_rollback(True)
    assert sum(size > 0 for size in sizes) > 40
    assert sum(size == 0 for size in sizes) > 5
