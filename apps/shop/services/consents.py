"""What someone agreed to, in which words, and whether it still holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models.functions import Greatest

from apps.shop.models import Consent, Customer


@dataclass(frozen=True)
class Wording:
    """What the person saw, and where: the proof that a consent needs."""

    text: str
    version: str
    surface: str


def state(
    customer: Customer,
    channel: str,
    purpose: str,
    *,
    is_granted: bool,
    wording: Wording,
    at: datetime,
) -> Consent:
    """Note a statement; the same one delivered twice is one row.

    The customer is as new as what they said: who follows changes asks by when a row
    was written, and a statement may come long after it was made, or from a clock that
    runs fast.
    """
    statement, is_new = Consent.objects.get_or_create(
        store=customer.store,
        customer=customer,
        channel=Consent.Channel(channel),
        purpose=Consent.Purpose(purpose),
        is_granted=is_granted,
        stated_at=at,
        defaults={
            "text_shown": wording.text,
            "text_version": wording.version,
            "surface": wording.surface,
        },
    )
    if is_new:
        customer.save(update_fields=["updated_at"])
        rows = Customer.objects.of(customer.store).filter(pk=customer.pk)
        rows.update(updated_at=Greatest("updated_at", at))
    return statement


def is_granted(customer: Customer, channel: str, purpose: str, at: datetime) -> bool:
    """Whether the latest statement made by then is a yes. Silence is no."""
    statements = Consent.objects.of(customer.store).by(customer)
    latest = (
        statements.filter(channel=channel, purpose=purpose, stated_at__lte=at)
        .newest_first()
        .first()
    )
    return latest is not None and latest.is_granted
