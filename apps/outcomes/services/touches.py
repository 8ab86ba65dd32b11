"""What people did before they bought: visits by channel, and clicks on our shelves.

Kept as numbers, some twenty bytes a touch, read a week at a time: a year of a large
shop's visits fits.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

import polars as pl
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from apps.accounts.models import Store
from apps.decisions.models import Outcome
from apps.events.models import Interaction, Session
from apps.events.services.enrich import CHANNELS
from apps.features.services.rows import INT, MOMENT, TEXT, frame_of, micros

# Our own shelves, beside the channels of visits.
PICKS = "picks"
# A visit that says nothing of where it came from.
UNKNOWN = "unknown"
NAMES = (*(name or UNKNOWN for name in CHANNELS), PICKS)
NUMBER = {name: place for place, name in enumerate(NAMES)}
OF_PICKS = NUMBER[PICKS]
TOUCH = {"person": pl.Int64, "at": pl.Int64, "channel": pl.Int8}
AT_ONCE = timedelta(days=7)
IDS_AT_ONCE = 400
# More touches are no person's: a machine, or a till with one account for everybody.
MOST_TOUCHES = 2_000


def touches(store: Store, start: datetime, end: datetime) -> pl.DataFrame:
    """person, at, channel, by person and time. `at` is microseconds since 1970.

    A person is a customer's id, or for visitors whom nobody knows a number below 0.
    Clicks on shelves during one visit are one touch.
    """
    visits = [shrunk(part) for part in parts_of(store, start, end)]
    found = pl.concat([pl.DataFrame(schema=TOUCH), *visits, clicks(store, start, end)])
    found = found.sort("person", "at", "channel")
    again = (
        (pl.col("channel") == OF_PICKS)
        & (pl.col("channel").shift() == OF_PICKS)
        & (pl.col("person").shift() == pl.col("person"))
    )
    found = found.filter(~again.fill_null(value=False))
    return found.filter(pl.len().over("person") <= MOST_TOUCHES)


def parts_of(store: Store, start: datetime, end: datetime) -> Iterator[pl.DataFrame]:
    since = start
    while since < end:
        until = min(since + AT_ONCE, end)
        visits = Session.objects.of(store).of_people()
        visits = visits.filter(started_at__gte=since, started_at__lt=until)
        known = visits.filter(Q(customer__isnull=False) | ~Q(visitor=""))
        yield frame_of(
            known.annotate(person_id=Coalesce("customer__merged_into", "customer")),
            customer=(INT, "person_id"),
            visitor=(TEXT, "visitor"),
            at=(MOMENT, "started_at"),
            name=(TEXT, "channel"),
        )
        since = until


def shrunk(visits: pl.DataFrame) -> pl.DataFrame:
    channel = pl.col("name").replace_strict(
        NUMBER, default=NUMBER[UNKNOWN], return_dtype=pl.Int8
    )
    return visits.select(person=person(), at="at", channel=channel).cast(
        pl.Schema(TOUCH)
    )


def person() -> pl.Expr:
    hashed = (pl.col("visitor").hash() // 4).cast(pl.Int64)
    return pl.coalesce("customer", -hashed - 1)


def clicks(store: Store, start: datetime, end: datetime) -> pl.DataFrame:
    """Of those that the decision log knows: pages may claim any."""
    told = Outcome.objects.of(store).filter(
        kind=Outcome.Kind.CLICK, occurred_at__gte=start, occurred_at__lt=end
    )
    keys = [
        key
        for source in told.values_list("source", flat=True)
        if (key := key_in(source)) is not None
    ]
    found: list[tuple[int | None, str, int]] = []
    for first in range(0, len(keys), IDS_AT_ONCE):
        deeds = Interaction.objects.of(store).filter(
            pk__in=keys[first : first + IDS_AT_ONCE]
        )
        rows = deeds.annotate(
            person_id=Coalesce("customer__merged_into", F("customer"))
        )
        found += [
            (customer, visitor, micros(at))
            for customer, visitor, at in rows.values_list("person_id", "visitor", "at")
            if customer or visitor
        ]
    frame = pl.DataFrame(
        found,
        schema={"customer": pl.Int64, "visitor": pl.String, "at": pl.Int64},
        orient="row",
    )
    return frame.select(person=person(), at="at", channel=pl.lit(OF_PICKS)).cast(
        pl.Schema(TOUCH)
    )


def key_in(source: str) -> UUID | None:
    """The click's event: product:<id>:<event>."""
    try:
        return UUID(source.rpartition(":")[2])
    except ValueError:
        return None
