"""Who a customer is: what the shop's copy knows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Case, Q, Subquery, When

from apps.segmentation.services.conditions.deeds import Asked
from apps.segmentation.services.conditions.field import (
    Field,
    Kind,
    Sheet,
    text_column,
)
from apps.shop.models import Address, Consent

PERSON = "Who they are"
CONSENT = "What they agreed to"
# Each address that is known of them counts.
ADDRESSES = Sheet(Address, is_many=True)


def flag(condition: Q) -> Callable[[Asked], Any]:
    """Always known."""
    return lambda asked: Case(When(condition, then=True), default=False)


def agreed(channel: str) -> Callable[[Asked], Any]:
    """As shop's own services/consents.py reads it: the newest statement made by then,
    under rows merged into this one, too; of two at one moment the refusal."""

    def newest(asked: Asked) -> Any:
        said = Consent.objects.of(asked.store).filter(
            asked.person(),
            channel=channel,
            purpose=Consent.Purpose.MARKETING,
            stated_at__lte=asked.at,
        )
        return Subquery(said.newest_first().values("is_granted")[:1])

    return newest


ATTRIBUTES = (
    Field(
        "country", Kind.TEXT, "Country", "Of any address, two letters as in DE",
        PERSON, text_column("country"), ADDRESSES,
    ),
    Field(
        "region", Kind.TEXT, "Region", "Of any address, as the shop writes it",
        PERSON, text_column("region"), ADDRESSES,
    ),
    Field(
        "city", Kind.TEXT, "City", "Of any address", PERSON, text_column("city"),
        ADDRESSES,
    ),
    Field(
        "postcode", Kind.TEXT, "Postcode", "Of any address", PERSON,
        text_column("postcode"), ADDRESSES,
    ),
    Field(
        "language", Kind.TEXT, "Language", "As the shop has it, such as en", PERSON,
        text_column("language"),
    ),
    Field(
        "acquisition_channel", Kind.TEXT, "Came by",
        "The channel by which they first came, where the shop knows it", PERSON,
        text_column("acquisition_channel"),
    ),
    Field(
        "registered", Kind.FLAG, "Has an account", "No: they order as a guest", PERSON,
        flag(Q(is_guest=False)),
    ),
    Field(
        "guest", Kind.FLAG, "Orders as a guest", "No: they have an account", PERSON,
        flag(Q(is_guest=True)),
    ),
    Field(
        "has_email", Kind.FLAG, "E-mail address known", "Whether there is one", PERSON,
        flag(~Q(email="")),
    ),
    Field(
        "has_phone", Kind.FLAG, "Phone number known", "Whether there is one", PERSON,
        flag(~Q(phone="")),
    ),
    *(
        Field(
            f"consent_{channel}", Kind.FLAG, f"Marketing by {words}",
            "What they last said; not known: they never said anything", CONSENT,
            agreed(channel),
        )
        for channel, words in (
            (Consent.Channel.EMAIL.value, "e-mail"),
            (Consent.Channel.SMS.value, "SMS"),
            (Consent.Channel.WHATSAPP.value, "WhatsApp"),
        )
    ),
)  # fmt: skip
