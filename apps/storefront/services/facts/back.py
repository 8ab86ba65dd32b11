"""What was sold out for a day at least, and can be bought again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext

from apps.shop.models import StockChange, Variant
from apps.storefront.services.facts.line import About, Line

# Shorter is a correction in the shop's books, not an absence.
GONE_LEAST = timedelta(days=1)


def back(about: About) -> Iterator[Line]:
    since = about.at - timedelta(days=about.settings.back_days)
    changes = changes_of(about, since)
    gone_at, back_at = last_absence(changes, since)
    if gone_at is None or back_at is None or back_at - gone_at < GONE_LEAST:
        return
    if not was_there(about, gone_at):
        return
    facts = {"gone_at": stamp(gone_at), "back_at": stamp(back_at)}
    end = back_at + timedelta(days=about.settings.back_days)
    yield Line("back_in_stock", gettext("Back in stock"), facts, about.until(end))


def changes_of(about: About, since: datetime) -> Sequence[StockChange]:
    """Of all its sizes and colors since then, and the last one of each before."""
    history = StockChange.objects.of(about.store)
    before = (
        history.filter(variant=OuterRef("pk"), changed_at__lte=since)
        .order_by("-changed_at", "-pk")
        .values("pk")[:1]
    )
    variants = Variant.objects.of(about.store).live().filter(product=about.product)
    last = variants.annotate(last=Subquery(before)).values("last")
    within = Q(variant__in=variants, changed_at__gt=since, changed_at__lte=about.at)
    return list(history.filter(within | Q(pk__in=last)).order_by("changed_at", "pk"))


def last_absence(
    changes: Sequence[StockChange], since: datetime
) -> tuple[datetime | None, datetime | None]:
    """When all of it was gone, and when it came back; the second within the time asked."""
    there: dict[int, bool] = {}
    gone_at: datetime | None = None
    found: tuple[datetime | None, datetime | None] = (None, None)
    for change in changes:
        had_some = any(there.values())
        there[change.variant_id] = change.is_there
        has_some = any(there.values())
        if not has_some and (had_some or change.changed_at <= since):
            # Of the time before only each one's last change is known.
            gone_at, found = change.changed_at, (None, None)
        elif has_some and not had_some and change.changed_at > since:
            found = (gone_at, change.changed_at)
    return found


def was_there(about: About, at: datetime) -> bool:
    """Else it is new, not back."""
    variants = Variant.objects.of(about.store).live().filter(product=about.product)
    history = StockChange.objects.of(about.store).there()
    return history.filter(variant__in=variants, changed_at__lt=at).exists()


def stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
