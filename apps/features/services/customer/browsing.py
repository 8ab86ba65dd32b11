"""What a customer looks at, and how they answer messages."""

from __future__ import annotations

import polars as pl

from apps.features.definitions.customer import WINDOWS
from apps.features.services.behavior import CART, VIEW, WISH, Behavior
from apps.features.services.shares import joined, part

VERBS = {"views": VIEW, "carts": CART, "wishlists": WISH}
# What a number is called, and what a visit says of its device (events, enrich).
DEVICES = {"mobile": "phone", "tablet": "tablet", "desktop": "computer"}


def browsing(behavior: Behavior) -> pl.LazyFrame:
    known = behavior.known
    seen = behavior.touches.filter(pl.col("customer").is_not_null())
    visits = behavior.visits.lazy().filter(pl.col("customer").is_not_null())
    is_view = pl.col("type") == VIEW
    looks = seen.group_by("customer").agg(
        *(
            ((pl.col("type") == kind) & (pl.col("at") >= known.since(days)))
            .sum()
            .alias(f"{verb}_{days}")
            for verb, kind in VERBS.items()
            for days in WINDOWS
        ),
        view_days=known.age(pl.col("at").filter(is_view).max()),
        products_viewed_90=pl.col("product").filter(is_view).n_unique(),
        touched_at=pl.col("at").max(),
    )
    came = visits.group_by("customer").agg(
        *(
            (pl.col("at") >= known.since(days)).sum().alias(f"sessions_{days}")
            for days in WINDOWS
        ),
        *(
            part(
                (pl.col("device") == device).sum(), (pl.col("device") != "").sum()
            ).alias(f"{name}_share")
            for name, device in DEVICES.items()
        ),
        came_at=pl.col("at").max(),
    )
    both = joined([looks, came, bought_after_view(behavior)], on=["customer"])
    last = pl.max_horizontal("touched_at", "came_at")
    return both.with_columns(seen_days=known.age(last)).drop("touched_at", "came_at")


def bought_after_view(behavior: Behavior) -> pl.LazyFrame:
    known = behavior.known
    viewed = (
        behavior.touches.filter(
            (pl.col("type") == VIEW) & pl.col("customer").is_not_null()
        )
        .select("customer", "product")
        .unique()
    )
    bought = (
        known.lines.filter(pl.col("at") >= known.since(behavior.window.days))
        .select("customer", "product", is_bought=pl.lit(True))
        .unique()
    )
    both = viewed.join(bought, on=["customer", "product"], how="left")
    share = pl.col("is_bought").fill_null(False).mean()
    return both.group_by("customer").agg(browse_to_buy=share)


def messages(behavior: Behavior) -> pl.LazyFrame:
    """Of each message whether it was sent, opened, clicked: a click opened it."""
    known = behavior.known
    kinds = {"sent": "message_sent", "opened": "message_opened"}
    clicked = pl.col("type") == "message_clicked"
    each = (
        behavior.messages.lazy()
        .group_by("customer", "message")
        .agg(
            *(
                (pl.col("type") == kind).any().alias(name)
                for name, kind in kinds.items()
            ),
            clicked=clicked.any(),
            click_at=pl.col("at").filter(clicked).max(),
        )
    )
    sent = pl.col("sent").sum()
    opened = (pl.col("sent") & (pl.col("opened") | pl.col("clicked"))).sum()
    return each.group_by("customer").agg(
        messages_90=sent,
        open_share=part(opened, sent),
        click_share=part((pl.col("sent") & pl.col("clicked")).sum(), sent),
        click_days=known.age(pl.col("click_at").max()),
    )
