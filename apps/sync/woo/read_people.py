"""Read customers, and who bought. Pure: no database, no clock."""

from __future__ import annotations

from apps.sync.woo.fields import (
    Payload,
    changed,
    moment,
    number,
    text,
    woo_id,
)
from apps.sync.woo.things import (
    Parsed,
    Person,
)


def customer(payload: Payload) -> Parsed:
    billing = payload.get("billing")
    billing = billing if isinstance(billing, dict) else {}
    values = {
        "email": text(payload, "email").strip().lower(),
        "first_name": text(payload, "first_name") or text(billing, "first_name"),
        "last_name": text(payload, "last_name") or text(billing, "last_name"),
        "phone": text(billing, "phone"),
        "source_created_at": moment(payload, "date_created"),
    }
    return Parsed(woo_id(payload), changed(payload), values)


def person(payload: Payload) -> Person:
    billing = payload.get("billing")
    billing = billing if isinstance(billing, dict) else {}
    shipping = payload.get("shipping")
    shipping = shipping if isinstance(shipping, dict) else {}
    # Goods that are not shipped have no such address.
    place = shipping if text(shipping, "country") else billing
    return Person(
        customer_id=max(0, number(payload, "customer_id")),
        email=text(billing, "email").strip().lower(),
        values={
            "first_name": text(billing, "first_name"),
            "last_name": text(billing, "last_name"),
            "phone": text(billing, "phone"),
        },
        place={
            "country": text(place, "country").upper(),
            "region": text(place, "state"),
            "city": text(place, "city"),
            "postcode": text(place, "postcode"),
        },
    )
