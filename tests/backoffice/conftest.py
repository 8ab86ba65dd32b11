"""A small shop with a dozen of everything: enough that one query per row is felt."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from apps.accounts.models import Store, StoreOrigin, Usage, User
from apps.accounts.services import audit, keys
from apps.decisions.services import suggest
from apps.decisions.services.log import log
from apps.decisions.services.outcomes import join
from apps.decisions.services.sentence import because
from apps.events.models import (
    Evidence,
    IdentityChange,
    Link,
    Session,
    Tracking,
)
from apps.experiments.services import draft, life
from apps.features.models import CustomerFeatures, ProductFeatures
from apps.inventory.models import Supplier, SupplyTerm
from apps.outcomes.models import ChannelCost, OutcomeSettings
from apps.privacy.models import PrivacyRequest
from apps.recommendations.models import ShelfSettings
from apps.registry.services import training, versions
from apps.segmentation.models import Member, RfmScore
from apps.segmentation.services import write
from apps.shop.models import (
    Address,
    Category,
    Coupon,
    Image,
    Order,
    OrderLine,
    PriceChange,
    Product,
    Refund,
    RefundLine,
    StockChange,
    Variant,
)
from apps.storefront.models import Banner, LineSettings, Place, Placement, Rule
from tests.backoffice.sync_rows import connected, synced
from tests.conftest import NOW, customer, say
from tests.experiments.written import read, started

DOZEN = 12


def signed_in(user: User, store: Store | None = None) -> Client:
    client = Client()
    client.force_login(user)
    if store:
        session = client.session
        session["store_id"] = store.pk
        session.save()
    return client


def product_of(store, n, category):
    product = Product.objects.create(
        store=store, name=f"Dress {n}", slug=f"dress-{n}", sku=f"D{n}", brand="Velanne",
        currency=store.currency, price=Decimal(80), regular_price=Decimal(100),
        published_at=NOW - timedelta(days=n), cost=Decimal(30),
    )  # fmt: skip
    product.categories.add(category)
    Image.objects.create(
        store=store, product=product, url=f"/media/{n}.png", alt="Front"
    )
    variant = Variant.objects.create(
        store=store, product=product, sku=f"D{n}-M", size="M", color="Red",
        price=Decimal(80), stock_quantity=n, cost=Decimal(30),
    )  # fmt: skip
    PriceChange.objects.create(
        store=store, product=product, price=80, currency=store.currency, changed_at=NOW
    )
    StockChange.objects.create(store=store, variant=variant, quantity=n, changed_at=NOW)
    return variant


def order_of(store, n, person, variant):
    order = Order.objects.create(
        store=store, number=f"{1000 + n}", status="completed", customer=person,
        currency=store.currency, total=Decimal(160), placed_at=NOW - timedelta(days=n),
        refunded_total=Decimal(80), attribution={"source": "instagram"},
    )  # fmt: skip
    line = OrderLine.objects.create(
        store=store, order=order, product=variant.product, variant=variant,
        name=variant.product.name, quantity=2, subtotal=160, total=160, unit_cost=30,
    )  # fmt: skip
    refund = Refund.objects.create(
        store=store, order=order, amount=80, refunded_at=NOW, reason="Too small"
    )
    RefundLine.objects.create(
        store=store, refund=refund, order_line=line, quantity=1, total=80
    )
    return order


def buyer_of(store, n):
    person = customer(store, f"Zoe{n}")
    person.first_ordered_at = person.last_ordered_at = NOW - timedelta(days=n)
    person.save()
    say(person, is_granted=True)
    Address.objects.create(store=store, customer=person, city="Berlin", country="DE")
    return person


def supplied(store, n, product):
    supplier = Supplier.objects.create(store=store, name=f"Mill {n}", currency="EUR")
    SupplyTerm.objects.create(
        store=store, supplier=supplier, product=product, unit_cost=30
    )


def numbered(store, n, person, product):
    CustomerFeatures.objects.create(
        store=store, customer=person, as_of=NOW, orders=1, spent=80.0, recency_days=n
    )
    ProductFeatures.objects.create(
        store=store, product=product, as_of=NOW, units_28=n, velocity=n / 28
    )
    RfmScore.objects.create(
        store=store, customer=person, recency=5, frequency=4, money=3, code="543",
        days=n, orders=1, spent=80.0, as_of=NOW,
    )  # fmt: skip


def grouped(store, n, person):
    told = {"name": f"Buyers {n}", "conditions": {"did": "bought", "times": n + 1}}
    segment = write.create(store, told, NOW)
    Member.objects.create(store=store, segment=segment, customer=person, entered_at=NOW)


def watched(store, n, person):
    """A visit, whose browser was found to be the person's."""
    Session.objects.create(
        store=store, key=f"s{n}", visitor=f"v{n}", started_at=NOW, last_at=NOW
    )
    Link.objects.create(
        store=store, visitor=f"v{n}", customer=person, evidence=Evidence.LOGIN,
        first_at=NOW, last_at=NOW,
    )  # fmt: skip
    IdentityChange.objects.create(
        store=store, visitor=f"v{n}", customer=person, made_at=NOW,
        kind=IdentityChange.Kind.LINKED, reason=IdentityChange.Reason.SEEN,
    )  # fmt: skip


def decided(store, n):
    decision = log(
        store, "pricing.suggested", f"product:{n}", chosen={"price": "70"},
        reason=because("popular"), at=NOW, candidates=[{"price": "70"}, {"price": "60"}],
    )  # fmt: skip
    join((store, decision.pk), "click", f"event:{n}", NOW)
    return decision


def proposed(store, n, *, rails=True):
    return suggest.propose(
        store,
        suggest.Proposal(
            "pricing.price",
            f"product:{n}",
            {"before": {"price": 80}, "after": {"price": 70}},
            because("popular"),
            [suggest.Ruling("margin", rails, "The margin is kept.")],
        ),
        NOW,
    )


def experimented(store, n):
    """A test that runs and was looked at, and a holdout of a place."""
    read(started(store, f"Shelf {n} or none", layer=f"layer {n}"))
    read(life.start(draft.leave_alone(store, f"shelf:p{n}", 0.05, NOW), NOW))


def placed(store, n, product):
    Placement.objects.create(store=store, place=Place.values[n], size=n + 1)
    Rule.objects.create(
        store=store, name=f"Rule {n}", action="pin", products=[product.pk]
    )
    Banner.objects.create(store=store, heading=f"Banner {n}", product=product)


def fill(store: Store, owner: User) -> None:
    category = Category.objects.create(store=store, name="Dresses", slug="dresses")
    connected(store)
    Tracking.objects.for_store(store)
    ShelfSettings.objects.create(store=store)
    OutcomeSettings.objects.create(store=store)
    LineSettings.objects.create(store=store)
    for n in range(DOZEN):
        synced(store, n)
        variant = product_of(store, n, category)
        person = buyer_of(store, n)
        order_of(store, n, person, variant)
        numbered(store, n, person, variant.product)
        grouped(store, n, person)
        watched(store, n, person)
        supplied(store, n, variant.product)
        placed(store, n, variant.product)
        decided(store, n)
        proposed(store, n)
        experimented(store, n)
        PrivacyRequest.objects.create(
            store=store, kind="erase", mark=f"{n:064}", asked_by=owner, asked_at=NOW
        )
        ChannelCost.objects.create(
            store=store, channel="ads", month_on=date(2025, n + 1, 1), amount=100 + n,
            currency=store.currency,
        )  # fmt: skip
        Coupon.objects.create(store=store, code=f"SUMMER{n}", kind="percent", amount=10)
        Usage.objects.create(store=store, month_on=NOW.date(), kind=f"kind{n}", count=n)
        keys.create(store, "sk", f"Key {n}")
        StoreOrigin.objects.create(
            store=store, origin=f"https://{store.slug}{n}.example"
        )
        audit.record("test.done", store=store, actor=owner)
        trained = versions.Trained("decayed", NOW, metrics={"recall": 0.5 + n / 100})
        versions.promote(versions.register(store, "picks.trending", trained), NOW)
        training.queue(store, f"kind{n}", NOW)


@pytest.fixture
def shop(store, owner):
    fill(store, owner)
    return store


@pytest.fixture
def page(owner, store):
    """The owner's browser."""
    return signed_in(owner)


@pytest.fixture
def root(db):
    return User.objects.create_superuser(
        "root@luxebrain.example", "correct horse battery"
    )
