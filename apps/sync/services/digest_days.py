"""Our side of the plugin's digests, and where the two differ."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Case, F, Value, When
from django.db.models.expressions import Combinable

from apps.accounts.models import Store
from apps.core.money import MoneyField
from apps.sync.models import Certificate, CertificateLine
from apps.sync.services.kinds import KINDS
from apps.sync.woo import digests
from apps.sync.woo.digests import DayDigest, Digests

# Columns of a line after the id and the moment of change, and the one that is summed.
FIELDS: dict[str, tuple[str, ...]] = {
    "orders": ("status", "total"),
    "refunds": ("order__woo_id", "amount"),
    "products": ("status", "price", "stock_quantity"),
    "variations": ("product__woo_id", "price", "stock_quantity"),
    "coupons": ("amount",),
    "customers": (),
}
SUMMED = {"orders": "total", "refunds": "amount", "coupons": "amount"}
# Where amounts may be in other currencies than the store's: those are not summed.
CURRENCIES = {"orders": "currency", "refunds": "order__currency"}
NONE = DayDigest(0, Decimal(0), "0" * 64)


def ours(store: Store, kind: str) -> Digests:
    return digests.gather(lines(store, kind))


def lines(store: Store, kind: str) -> Iterator[tuple[date, str, Decimal]]:
    fields = FIELDS[kind]
    rows = KINDS[kind].copier.live(store).order_by()
    columns = ("source_created_at", "woo_id", "source_modified_at", *fields)
    found = rows.values_list(*columns, own_worth(store, kind))
    for created, *said, worth in found.iterator(chunk_size=2_000):
        line = "|".join(map(plain, said))
        yield (created.date() if created else date.min), line, worth


def own_worth(store: Store, kind: str) -> Combinable:
    """What a row adds to its day's sum."""
    nothing = Value(Decimal(0), output_field=MoneyField())
    amount, currency = SUMMED.get(kind), CURRENCIES.get(kind)
    if amount is None:
        return nothing
    if currency is None:
        return F(amount)
    is_own = When(**{currency: store.currency}, then=F(amount))
    return Case(is_own, default=nothing, output_field=MoneyField())


def plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value.timestamp():.0f}"
    if isinstance(value, Decimal):
        return f"{value:.4f}"
    return str(value)


def unlike(shop: Digests, copy: Digests) -> set[date]:
    return {
        day
        for day in set(shop) | set(copy)
        if shop.get(day, NONE).digest != copy.get(day, NONE).digest
    }


def write_down(
    certificate: Certificate, kind: str, shop: Digests, copy: Digests, leave: set[date]
) -> None:
    """Lines of the days that are not to be read. Done twice, they are the same."""
    known = CertificateLine.objects.of(certificate.store).filter(
        certificate=certificate, kind=kind
    )
    known.delete()
    CertificateLine.objects.bulk_create(
        CertificateLine(
            store=certificate.store,
            certificate=certificate,
            kind=kind,
            created_on=day,
            shop_count=shop.get(day, NONE).count,
            our_count=copy.get(day, NONE).count,
            shop_total=shop.get(day, NONE).total,
            our_total=copy.get(day, NONE).total,
            shop_digest=shop.get(day, NONE).digest,
            our_digest=copy.get(day, NONE).digest,
        )
        for day in sorted(set(shop) | set(copy))
        if day not in leave
    )
