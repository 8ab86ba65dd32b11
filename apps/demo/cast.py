"""People of the demo shop whom a visitor may play."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Store
from apps.shop.models import Consent, Customer

KEY = "demo_customer"


@dataclass(frozen=True)
class Part:
    customer: Customer
    role: str | Promise


def simulated(store: Store) -> QuerySet[Customer]:
    """Invented people only, who came out of the simulated shop. Whoever orders on these
    pages is a real visitor, whom nobody may play."""
    return Customer.objects.of(store).live().exclude(source_created_at=None)


def people(store: Store) -> list[Part]:
    """Four who differ: loyal, new, opted out, asleep. Fewer in a shop with fewer."""
    buyers = (
        Customer.objects.of(store)
        .live()
        .exclude(first_ordered_at=None)
        .exclude(email="")
        .filter(pk__in=simulated(store))
    )
    refused = Consent.objects.of(store).filter(
        channel=Consent.Channel.EMAIL, is_granted=False
    )
    wanted: list[tuple[QuerySet[Customer], Promise]] = [
        (
            buyers.annotate(count=Count("orders")).order_by("-count", "id"),
            _("Loyal: orders often"),
        ),
        (buyers.order_by("-first_ordered_at", "id"), _("New: has just ordered first")),
        (
            buyers.filter(pk__in=refused.values("customer")).order_by("id"),
            _("Opted out of e-mail"),
        ),
        (buyers.order_by("last_ordered_at", "id"), _("Asleep: ordered long ago")),
    ]
    parts: list[Part] = []
    for customers, role in wanted:
        taken = [part.customer.pk for part in parts]
        if customer := customers.exclude(pk__in=taken).first():
            parts.append(Part(customer, role))
    return parts


def signed_in(request: HttpRequest, store: Store) -> Customer | None:
    customer_id = request.session.get(KEY)
    if customer_id is None:
        return None
    return simulated(store).filter(pk=customer_id).first()
