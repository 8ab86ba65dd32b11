"""What nights and shelves leave behind about the first customer of the demo shop."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from apps.accounts.models import Store
from apps.decisions.services.log import log
from apps.decisions.services.outcomes import join
from apps.decisions.services.sentence import because
from apps.events.models import Session
from apps.segmentation.models import CustomerValue, Member, Place
from apps.segmentation.services import write
from apps.shop.models import Consent, Customer, Order, Product, Refund


def seed_story(store: Store, now: datetime) -> None:
    """And nothing about the second one."""
    for model in (CustomerValue, Place):
        model.objects.of(store).filter(customer=2).delete()
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
    row = CustomerValue.objects.of(who.store).get(customer=who)
    row.next_order_on = (now + timedelta(days=12)).date()
    row.drivers = [
        {"feature": "last order", "effect": -0.6},
        {"feature": "frequency", "effect": 0.4},
        {"feature": "rhythm", "effect": 0.2},
    ]
    row.save()
