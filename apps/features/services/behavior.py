"""What visitors did before a moment, and who they were known to be by then.

Who a visitor is becomes known by an order, a sign-in, a link in an e-mail; the visits
before are the same person's from that moment on, and nobody's in the numbers as of an
earlier one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

import polars as pl
from django.db.models import Min, QuerySet

from apps.accounts.models import Store
from apps.events.models import Interaction, Link, Metric, Session
from apps.events.models.stream import SLACK, least_id
from apps.events.services.engines.base import FRAME
from apps.events.services.engines.chosen import engine
from apps.features.services.known import Known
from apps.features.services.rows import AMOUNT, INT, MOMENT, TEXT, frame_of

VIEW, CART, WISH = "product_view", "add_to_cart", "wishlist"
MESSAGES = ("message_sent", "message_opened", "message_clicked")
# How far back numbers of behavior look.
RECENT = timedelta(days=90)
# Of raw events, so many days are in memory at once.
STRIDE = timedelta(days=3)
DAY = timedelta(days=1)
# Events of one answer, and visitors of one question: longer ones no engine takes.
PAGE, AT_ONCE = 10_000, 2_000
MESSAGE = ("id", "at", "type", "visitor", "customer_woo_id", "properties")
EMPTY: Any = FRAME


@dataclass
class Behavior:
    known: Known
    window: timedelta = RECENT

    @cached_property
    def links(self) -> pl.DataFrame:
        """visitor, customer, first_at: spells that had begun, by time; visitors who
        were nobody yet have one with no customer."""
        found = frame_of(
            self.link_rows,
            key=(TEXT, "visitor"),
            linked=(INT, "customer_id"),
            first_at=(MOMENT, "first_at"),
        )
        known = pl.col("first_at") < self.known.until
        return (
            found.with_columns(
                visitor=pl.col("key").hash(),
                linked=pl.when(known).then(pl.col("linked")),
                is_link=pl.lit(True),
            )
            .drop("key")
            .sort("first_at", "linked")
        )

    @property
    def link_rows(self) -> QuerySet[Link]:
        rows = Link.objects.of(self.known.store)
        if (few := self.known.few) is None:
            return rows
        # All of those who were one of them at some time.
        return rows.filter(visitor__in=rows.filter(customer__in=few).values("visitor"))

    def whose(self, rows: pl.LazyFrame) -> pl.LazyFrame:
        """Sets customer of (visitor, customer, at) to the person it was known to be.

        The last to sign in before it, or else the first ever. What the rows say
        themselves counts for visitors that never signed in: a server named them.
        """
        first = self.links.group_by("visitor", maintain_order=True).agg(
            pl.col("is_link").first(), first_linked=pl.col("linked").first()
        )
        spells = self.links.lazy().select("visitor", "first_at", "linked")
        found = (
            rows.sort("at")
            .join_asof(
                spells,
                left_on="at",
                right_on="first_at",
                by="visitor",
                check_sortedness=False,
            )
            .join(first.lazy(), on="visitor", how="left")
        )
        customer = (
            pl.when(pl.col("is_link"))
            .then(pl.coalesce("linked", "first_linked"))
            .otherwise(pl.col("customer"))
        )
        named = found.with_columns(customer=customer)
        columns = rows.collect_schema().names()
        return self.known.owners.persons(named.select(columns))

    @cached_property
    def touches(self) -> pl.LazyFrame:
        """customer (null: unknown), visitor, product, type, at, price (null: in another
        currency), quantity: views, carts and wishes of the window."""
        known = self.known
        rows = Interaction.objects.of(known.store).filter(
            at__lt=known.as_of,
            at__gte=known.as_of - self.window,
            type__in=(VIEW, CART, WISH),
        )
        if known.few is not None:
            rows = rows.filter(customer__in=known.few)
        found = frame_of(
            rows,
            customer=(INT, "customer_id"),
            key=(TEXT, "visitor"),
            product=(INT, "product_id"),
            type=(TEXT, "type"),
            at=(MOMENT, "at"),
            amount=(AMOUNT, "price"),
            currency=(TEXT, "currency"),
            quantity=(INT, "quantity"),
        )
        is_own = pl.col("currency") == known.store.currency
        plain = found.lazy().select(
            "customer",
            "product",
            "type",
            "at",
            "quantity",
            visitor=pl.col("key").hash(),
            price=pl.when(is_own).then(pl.col("amount")),
        )
        return self.whose(plain).collect().lazy()

    @cached_property
    def visits(self) -> pl.DataFrame:
        """session, customer, at (its beginning), device, source: of people. Where a
        visit ended is not asked: that may be later."""
        known = self.known
        rows = (
            Session.objects.of(known.store)
            .of_people()
            .filter(
                started_at__lt=known.as_of, started_at__gte=known.as_of - self.window
            )
        )
        if known.few is not None:
            rows = rows.filter(customer__in=known.few)
        found = frame_of(
            rows,
            session=(TEXT, "key"),
            customer=(INT, "customer_id"),
            key=(TEXT, "visitor"),
            at=(MOMENT, "started_at"),
            device=(TEXT, "device"),
            source=(TEXT, "utm_source"),
        )
        plain = found.lazy().with_columns(visitor=pl.col("key").hash()).drop("key")
        return self.whose(plain).collect()

    @cached_property
    def messages(self) -> pl.DataFrame:
        """customer, message, type, at: sent, opened and clicked in the window."""
        numbers = self.known.people.select("customer", woo="woo").drop_nulls()
        if self.known.few is None:
            found = self.raw(MESSAGE, MESSAGES, since=self.first_message_at)
        else:
            found = self.messages_of_few(numbers["woo"].to_list())
        message = pl.col("properties").str.json_path_match("$.message")
        plain = found.join(
            numbers, left_on="customer_woo_id", right_on="woo", how="left"
        ).select(
            "customer",
            "type",
            visitor=pl.col("visitor").hash(),
            at=pl.col("at").dt.epoch("us"),
            message=pl.coalesce(message, pl.col("id")),
        )
        whose = self.whose(plain.lazy())
        return whose.filter(pl.col("customer").is_not_null()).collect()

    def messages_of_few(self, numbers: Sequence[int]) -> pl.DataFrame:
        """By the customers' numbers in the shop and the visitors that they were: a
        newsletter goes to everybody, and one order asks about one."""
        store, end = self.known.store, self.known.as_of
        start = max(end - self.window, self.first_message_at)
        schema = {name: EMPTY[name] for name in MESSAGE}
        if start >= end:
            return pl.DataFrame(schema=schema)
        visitors = sorted(set(self.link_rows.values_list("visitor", flat=True)))
        rows = [
            {**row, "properties": json.dumps(row["properties"])}
            for row in told(store, visitors, numbers, start)
            if row["type"] in MESSAGES and start <= row["at"] < end
        ]
        said = [[row[name] for name in MESSAGE] for row in rows]
        found = pl.DataFrame(said, schema=schema, orient="row")
        met = set(found["visitor"]) - set(visitors)
        # Somebody else signed in there: whose it is then, the links alone say.
        others = Link.objects.of(store).filter(visitor__in=sorted(met))
        of_others = sorted(set(others.values_list("visitor", flat=True)))
        theirs = found.filter(~pl.col("visitor").is_in(of_others))
        return theirs.unique("id").sort("at", "id")

    @property
    def first_message_at(self) -> datetime:
        """The counts of days tell before which there is nothing to read."""
        days = Metric.objects.of(self.known.store).filter(
            grain=Metric.Grain.DAY, dimension="", name__in=MESSAGES
        )
        recent = days.filter(starts_at__gt=self.known.as_of - self.window - DAY)
        first: datetime | None = recent.aggregate(first=Min("starts_at"))["first"]
        return self.known.as_of if first is None else first

    def raw(
        self,
        columns: Sequence[str],
        types: Sequence[str] | None = None,
        since: datetime | None = None,
    ) -> pl.DataFrame:
        """Raw events of the window as far as they are kept, some days at a time: most
        of an event is what it says of its page and browser, which is not read."""
        end = self.known.as_of
        start = max(end - self.window, since or end - self.window)
        parts = [pl.DataFrame(schema=EMPTY).select(columns)]
        while start < end:
            stop = min(start + STRIDE, end)
            parts.append(
                engine().between(self.known.store, start, stop, types, columns)
            )
            start = stop
        return pl.concat(parts)


def told(
    store: Store, visitors: Sequence[str], numbers: Sequence[int], start: datetime
) -> Iterator[dict[str, Any]]:
    """What these people did from then on; what is both's comes twice."""
    for place in range(0, max(len(visitors), 1), AT_ONCE):
        those = visitors[place : place + AT_ONCE]
        after = least_id(start - SLACK).hex
        while after:
            part = engine().told(store, those, () if place else numbers, PAGE, after)
            yield from part
            after = part[-1]["id"] if len(part) == PAGE else ""
