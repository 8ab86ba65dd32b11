"""Where a customer began: the category of the first order, and the channel of the first
visit."""

from __future__ import annotations

import json
from typing import Any

import polars as pl
from django.db.models import F, Window
from django.db.models.functions import Coalesce, RowNumber

from apps.accounts.models import Store
from apps.events.models import Session
from apps.events.services.enrich import (
    ADS,
    DIRECT,
    MEDIA,
    REFERRAL,
    SEARCH,
    known_site,
)
from apps.features.services.known import Known
from apps.features.services.rows import INT, MOMENT, TEXT, frame_of
from apps.shop.models import Order

# As WooCommerce says how an order's visit began.
# https://developer.woocommerce.com/docs/features/order-attribution/
TYPES = {"typein": DIRECT, "organic": SEARCH, "referral": REFERRAL, "utm": REFERRAL}
NO_MEDIUM = ("", "(none)", "(not set)")
TYPED = ("(direct)", "direct")


def categories(known: Known, firsts: pl.DataFrame) -> pl.DataFrame:
    """customer, category: the topmost one for which the first order paid most. Of two
    alike the one with more pieces, then the older one."""
    tops = known.goods.categories.lazy().select("product", category="main_category")
    bought = (
        known.lines.join(firsts.lazy().select("order"), on="order")
        .join(tops, on="product")
        .group_by("customer", "category")
        .agg(paid=pl.col("total").fill_null(0).sum(), units=pl.col("units").sum())
        .sort("customer", "paid", "units", "category", descending=[False, True, True, False])
    )  # fmt: skip
    return (
        bought.group_by("customer", maintain_order=True)
        .agg(category=pl.col("category").first().cast(pl.String))
        .collect()
    )


def channels(known: Known, firsts: pl.DataFrame) -> pl.DataFrame:
    """customer, channel: of the first visit that is known, where it came before the
    first order; else what the shop noted with that order."""
    visits = first_visits(known.store).rename({"at": "visit_at"})
    noted = of_orders(known.store, firsts)
    is_before = pl.col("visit_at") <= pl.col("at")
    visited = pl.when(is_before).then(pl.col("visited"))
    return (
        firsts.join(visits, on="customer", how="left")
        .join(noted, on="order", how="left")
        .select("customer", channel=pl.coalesce(visited, "noted"))
        .drop_nulls("channel")
    )


def first_visits(store: Store) -> pl.DataFrame:
    """customer, at, visited: each person's first one whose channel is known."""
    visits = Session.objects.of(store).of_people().exclude(channel="")
    told = visits.exclude(customer=None).annotate(
        person=Coalesce("customer__merged_into", "customer")
    )
    numbered = told.annotate(
        place=Window(
            RowNumber(),
            partition_by=[F("person")],
            order_by=[F("started_at").asc(), F("pk").asc()],
        )
    )
    return frame_of(
        numbered.filter(place=1),
        customer=(INT, "person"),
        at=(MOMENT, "started_at"),
        visited=(TEXT, "channel"),
    )


def of_orders(store: Store, firsts: pl.DataFrame) -> pl.DataFrame:
    """order, noted: of first orders of which the shop noted a channel."""
    told = Order.objects.of(store).exclude(attribution={})
    found = frame_of(told, order=(INT, "pk"), text=(TEXT, "attribution"))
    mine = found.join(firsts.select("order"), on="order")
    texts = mine["text"].unique().to_list()
    channels = {text: channel_noted(json.loads(text)) for text in texts}
    noted = pl.col("text").replace_strict(channels, return_dtype=pl.String)
    return mine.select("order", noted=noted if channels else pl.col("text"))


def channel_noted(said: dict[str, Any]) -> str | None:
    """By the words that visits are sorted by, too."""
    source, medium, kind = (
        str(said.get(name, "")).strip().lower() for name in ("source", "medium", "type")
    )
    if medium in MEDIA and MEDIA[medium] != REFERRAL:
        return MEDIA[medium]
    if medium.startswith("paid"):
        return ADS
    if source in TYPED or kind == "typein":
        return DIRECT
    found = known_site(source) if medium in (*NO_MEDIUM, "referral") else ""
    return (
        found or MEDIA.get(medium) or TYPES.get(kind) or (REFERRAL if source else None)
    )
