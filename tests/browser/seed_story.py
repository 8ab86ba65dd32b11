"""What nights and shelves leave behind about the first customer of the demo shop."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from apps.accounts.models import Store
from apps.decisions.services.log import log
from apps.decisions.services.outcomes import join
from apps.decisions.services.sentence import because
from apps.events.models import Session
from apps.registry.services import versions
from apps.segmentation.models import CustomerValue, Member, Place, ValueModel
from apps.segmentation.models.learned import GROUPS
from apps.segmentation.models.value import VALUE
from apps.segmentation.services import write
from apps.shop.models import Consent, Customer, Order, Product, Refund


def seed_story(store: Store, now: datetime) -> None:
    who = Customer.objects.of(store).get(pk=1)
    valued(who, now)
    told = {"name": "عملاء الكتان", "conditions": {"did": "bought"}}
    linen = write.create(store, told, now)
    spring = write.create(
        store, {"name": "Spring buyers", "conditions": {"did": "bought"}}, now
    )
    ago = [now - timedelta(days=days) for days in range(60)]
    Member.objects.create(store=store, segment=linen, customer=who, entered_at=ago[9])
    Member.objects.create(
        store=store, segment=spring, customer=who, entered_at=ago[40], left_at=ago[8]
    )
    Consent.objects.create(
        store=store, customer=who, channel="email", purpose="marketing",
        is_granted=True, text_shown="Send me news.", text_version="1",
        surface="checkout", stated_at=ago[30],
    )  # fmt: skip
    Session.objects.create(
        store=store, key="story", visitor="story", customer=who, started_at=ago[7],
        last_at=ago[7], channel="search", page_views=6, product_views=4, cart_adds=1,
    )  # fmt: skip
    shown(who, now)
    made = Order.objects.of(store).placed().filter(customer=who).first()
    if made is not None:
        Refund.objects.create(
            store=store, order=made, amount=20, reason="Too small", refunded_at=ago[5]
        )


def shown(who: Customer, now: datetime) -> None:
    products = list(Product.objects.of(who.store).values_list("pk", flat=True)[:5])
    for days, arm in ((6, "best"), (4, "best"), (2, "held_out")):
        at, code = now - timedelta(days=days), "popular"
        decision = log(
            who.store, "recommendations.served", f"customer:{who.pk}",
            chosen={"products": products}, arm=arm, at=at,
            reason=because("holdout" if arm == "held_out" else code),
        )  # fmt: skip
        if days == 6:
            key = (who.store, decision.pk)
            join(key, "click", "story:1", at)
            join(key, "order", "story:2", at, amount=Decimal(90), currency="EUR")


def valued(who: Customer, now: datetime) -> None:
    store = who.store
    value, groups = (
        versions.register(store, kind, versions.Trained("rhythms", now))
        for kind in (VALUE, GROUPS)
    )
    for version in (value, groups):
        versions.promote(version, now)
    Place.objects.create(
        store=store, version=groups, customer=who, code="loyal", since_at=now,
        placed_at=now,
        reason=[{"kind": "spent", "times": 1.6}, {"kind": "every", "value": 34.0}],
    )  # fmt: skip
    ValueModel.objects.create(store=store, version=value, computed_at=now)
    CustomerValue.objects.create(
        store=store, version=value, customer=who, chance=0.42, churn=0.58,
        band="medium", orders=4, spent=420.0, total=610.0, orders_90=0.6,
        revenue_90=48.0, low_90=0.0, high_90=160.0, orders_365=2.1, revenue_365=190.0,
        low_365=30.0, high_365=410.0, next_order_on=(now + timedelta(days=12)).date(),
        computed_at=now,
        drivers=[
            {"feature": "last order", "effect": -0.6},
            {"feature": "frequency", "effect": 0.4},
            {"feature": "rhythm", "effect": 0.2},
        ],
    )  # fmt: skip
