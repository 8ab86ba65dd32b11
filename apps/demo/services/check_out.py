"""Turn a bag into an order, once."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from apps.accounts.models import Store
from apps.core.errors import ConflictError
from apps.demo.models import Checkout
from apps.demo.simulator.numbers import PLACED_WOO
from apps.shop.models import Address, Consent, Customer, Order, Variant
from apps.shop.services import bulk, consents, customers, place_order


@dataclass(frozen=True)
class Buyer:
    """What the form says. `agreed` is what stood beside the box that was ticked."""

    email: str
    first_name: str
    last_name: str
    country: str
    city: str
    postcode: str
    language: str
    agreed: consents.Wording | None = None


def check_out(
    store: Store,
    buyer: Buyer,
    lines: Sequence[tuple[Variant, int]],
    *,
    token: uuid.UUID,
    at: datetime,
    coupon_code: str = "",
) -> Order:
    """Place the order of this token, or return the one it placed before.

    A second click waits at the token's unique row until the first has committed.
    """
    with transaction.atomic():
        checkout, is_first = Checkout.objects.get_or_create(store=store, token=token)
        if not is_first:
            if checkout.order is None:
                raise ConflictError("This order is no longer there.")
            return checkout.order
        customer, _ = customers.find_or_create(store, buyer.email, names(buyer))
        order = place_order.place(
            store,
            customer=customer,
            lines=lines,
            at=at,
            coupon_code=coupon_code,
            shipping_address=address_of(customer, buyer),
        )
        if buyer.agreed:
            agree(customer, buyer.agreed, at)
        # A real shop would have given it a number; events name orders by it.
        order.woo_id = PLACED_WOO + order.pk
        order.save(update_fields=["woo_id"])
        checkout.order = order
        checkout.save(update_fields=["order"])
    return order


def names(buyer: Buyer) -> dict[str, str]:
    return {
        "first_name": buyer.first_name,
        "last_name": buyer.last_name,
        "language": buyer.language,
    }


def address_of(customer: Customer, buyer: Buyer) -> Address:
    place = {
        "country": buyer.country,
        "region": "",
        "city": buyer.city,
        "postcode": buyer.postcode,
    }
    same = Address.objects.of(customer.store).filter(customer=customer, **place)
    if known := same.first():
        return known
    try:
        return bulk.insert([Address(store=customer.store, customer=customer, **place)])[
            0
        ]
    except IntegrityError:  # another order has just gone there for the first time
        return same.get()


def agree(customer: Customer, wording: consents.Wording, at: datetime) -> None:
    """Keep the yes with its words. An unticked box says nothing, so nothing is kept."""
    consents.state(
        customer,
        Consent.Channel.EMAIL,
        Consent.Purpose.MARKETING,
        is_granted=True,
        wording=wording,
        at=at,
    )
