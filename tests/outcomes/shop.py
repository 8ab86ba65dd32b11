"""A shop whose visits, clicks, orders and refunds are laid out by hand."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

from apps.decisions.models import Outcome
from apps.decisions.services.log import log
from apps.decisions.services.outcomes import join
from apps.decisions.services.sentence import because
from apps.events.models import Interaction, Session
from apps.outcomes.models import Credit
from apps.shop.models import Order, OrderLine, Product, Refund, RefundLine
from tests.conftest import NOW
from tests.events.rollups.conftest import at_ms, bring, roll_all


def ago(days=0.0, hours=0.0):
    return NOW - timedelta(days=days, hours=hours)


def product(store, name="Linen dress", woo_id=7):
    return Product.objects.create(
        store=store, name=name, slug=name, woo_id=woo_id, currency=store.currency,
        published_at=ago(100),
    )  # fmt: skip


def visit(store, person, channel, at, **values):
    return Session.objects.create(
        store=store, key=str(uuid4()), visitor=f"v{person.pk if person else uuid4()}",
        customer=person, started_at=at, last_at=at, channel=channel, **values,
    )  # fmt: skip


def order(store, person, at, *, total=100, tax=19, cost=None, thing=None, **values):
    """One line, plus its tax."""
    number = Order.objects.of(store).count() + 1
    made = Order.objects.create(
        store=store, number=str(number), customer=person, placed_at=at,
        total=Decimal(total) + Decimal(tax), tax_total=tax,
        **{"status": "completed", "currency": store.currency, "woo_id": number, **values},
    )  # fmt: skip
    OrderLine.objects.create(
        store=store, order=made, woo_id=1, product=thing, name="Linen dress", quantity=2,
        subtotal=total, total=total, tax=tax, unit_cost=cost,
    )  # fmt: skip
    return made


def refund(made, amount, *, pieces=0, total=0, tax=0, at=NOW):
    """Of money alone, or of pieces of the only line."""
    back = Refund.objects.create(
        store=made.store, order=made, amount=amount, refunded_at=at
    )
    if pieces:
        RefundLine.objects.create(
            store=made.store, refund=back, order_line=made.lines.get(), quantity=pieces,
            total=total, tax=tax,
        )  # fmt: skip
    return back


def shelf(store, *things, visitor="v1", at=None):
    """A decision of products that somebody was shown."""
    return log(
        store, "recommendations.served", f"visitor:{visitor}",
        chosen={"products": [thing.pk for thing in things]}, reason=because("popular"),
        at=at or ago(hours=3),
    )  # fmt: skip


def tell_order(store, made, thing, *, visitor="v1", at=None, number=None):
    """What the shop's page says of an order; returns the outcome's source."""
    said = {
        "type": "order", "id": f"order-{made.pk}", "visitor": visitor, "session": "s1",
        "order": number or made.woo_id, "value": float(made.total), "currency": "EUR",
        "at": at_ms(at or made.placed_at),
        "items": [{"product": thing.woo_id, "price": 50, "quantity": 2}],
    }  # fmt: skip
    bring(store, [said])
    roll_all()
    deed = Interaction.objects.of(store).get(type="order", at=at or made.placed_at)
    return f"interaction:{deed.pk}"


def credit_click(store, decision, source, at):
    """As recommendations does for the last click on the product."""
    return join(
        (store, decision.pk), "order", source, at, amount=Decimal(100), currency="EUR"
    )


def click(store, person, decision, thing, at):
    """On a shelf, as it is noted: the deed and its outcome."""
    deed = Interaction.objects.create(
        id=uuid4(), store=store, visitor=f"v{person.pk}", customer=person,
        product=thing, type="recommendation_clicked", at=at,
    )  # fmt: skip
    join((store, decision.pk), "click", f"product:{thing.pk}:{deed.pk.hex}", at)


def said_of(store, *kinds):
    """The log's rows, the oldest first: kind, amount."""
    rows = Outcome.objects.of(store).filter(kind__in=kinds).order_by("pk")
    return [(row.kind, row.amount) for row in rows]


def credit_of(store, rule, measure="revenue", *, days=30, currency="EUR"):
    rows = Credit.objects.of(store).filter(rule=rule, days=days, currency=currency)
    return dict(rows.values_list("channel", measure))
