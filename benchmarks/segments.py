"""`python -m benchmarks.segments`: do the learned segments stay, and do they find the
demo shop's true types?

Stay: each way to group is trained on four weeks in a row, each from the one before, and
places everybody as of its own day. Counted are buyers of both weeks to whom nothing
happened in between: the same orders, spend, pieces and returns, and no visit (their last
one is seven days older, or none is known). Time goes by for them, too, so a few rightly
move; the adjusted Rand index counts these against it.

Find: of all buyers at the end, against the types that the simulator drew them from.
`supervised` is a gradient boosting that is told the types of two thirds and guesses the
rest, from the same numbers: more than that is not in them. PRODUCTS, CUSTOMERS and SEED
for another shop.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import polars as pl
from lightgbm import LGBMClassifier
from sklearn.metrics import adjusted_rand_score, confusion_matrix
from sklearn.model_selection import cross_val_predict

from benchmarks.own_demo import own_demo
from benchmarks.report import publish
from ml_models.segments.all import make
from ml_models.segments.base import CODES, Crowd, Grouper, Places
from ml_models.segments.numbers import Scale
from ml_models.segments.stable import moved

UNTIL = "2026-06-01"
WEEK = timedelta(days=7)
WEEKS = 4
SEED = 1
# All of these stand still where nothing happened to a customer.
STILL = ("orders", "spent", "units", "returned_units")
Recipe = tuple[str, Mapping[str, Any]]
# Beside the champion.
RECIPES: Mapping[str, Recipe] = {
    "autoencoder": ("autoencoder", {"width": 6, "pull": 0.7}),
    "kmeans": ("kmeans", {"pull": 0.5}),
    "rule": ("rule", {}),
}
SCALE_CUSTOMERS = 260_000


@dataclass(frozen=True)
class Week:
    """rows: the customers' frame; crowd: the same as the models read it."""

    rows: pl.DataFrame
    crowd: Crowd


def week_of(store: Any, as_of: datetime) -> Week:
    from apps.features.services.frame import frame
    from apps.segmentation.services.learning.crowd import crowd_of

    rows = frame(store, "customer", as_of)
    return Week(rows, crowd_of(rows))


def unchanged(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """`old`, `new`: rows of the buyers to whom nothing happened between the two."""
    columns = ["customer", "seen_days", *STILL]
    both = (
        before.select(columns)
        .with_row_index("old")
        .filter(pl.col("orders") > 0)
        .join(after.select(columns).with_row_index("new"), on="customer", suffix="_now")
    )
    still = [pl.col(name) == pl.col(f"{name}_now") for name in STILL]
    older = (pl.col("seen_days_now") - pl.col("seen_days") - WEEK.days).abs() < 0.01
    unseen = pl.col("seen_days").is_null() & pl.col("seen_days_now").is_null()
    return both.filter(*still, older | unseen)


def stays(name: str, recipe: Recipe, weeks: list[Week]) -> list[dict[str, Any]]:
    """A row for each retraining."""
    kind, config = recipe
    rows: list[dict[str, Any]] = []
    serving: Grouper | None = None
    before: tuple[Week, Places] | None = None
    for week in weeks:
        model = make(kind, config, SEED)
        model.fit(week.crowd, serving)
        places = model.assign(week.crowd)
        if before and serving:
            kept = unchanged(before[0].rows, week.rows)
            old = before[1][kept["old"].to_numpy()]
            new = places[kept["new"].to_numpy()]
            rows.append(
                {
                    "model": name,
                    "week": len(rows) + 1,
                    "of": len(kept),
                    "ARI": float(adjusted_rand_score(old, new)),
                    "moved": float((old != new).mean()),
                    "by the training alone": moved(model, serving, week.crowd),
                }
            )
        serving, before = model, (week, places)
    return rows


def types_of(store: Any, rows: pl.DataFrame) -> Places:
    """The true type of each row; customers' addresses have their number."""
    from django.conf import settings

    from apps.demo.simulator import truth
    from apps.shop.models import Customer

    arrays, _ = truth.load(Path(settings.VAR_DIR) / "demo" / store.slug)
    email = dict(Customer.objects.of(store).values_list("pk", "email"))
    numbers = [
        int(email[pk].removeprefix("customer").split("@")[0]) - 1
        for pk in rows["customer"]
    ]
    return np.asarray(arrays["customer_type"])[numbers]


def finds(
    week: Week, types: Places, recipes: Mapping[str, Recipe]
) -> tuple[dict[str, float], list[dict[str, Any]]]:
    """ARI by way to group, and one table of types by segments each."""
    buyers = week.crowd.is_buyer
    rivals = {}
    for name, (kind, config) in recipes.items():
        model = make(kind, config, SEED)
        model.fit(week.crowd)
        rivals[name] = model.assign(week.crowd)[buyers]
    mine = week.crowd.take(buyers)
    guess = LGBMClassifier(
        n_estimators=80, num_leaves=15, min_child_samples=30, verbose=-1, seed=SEED
    )
    numbers = Scale.of(mine).apply(mine)
    rivals["supervised"] = cross_val_predict(guess, numbers, types[buyers], cv=3)
    figures, rows = {}, []
    for name, found in rivals.items():
        figures[name] = float(adjusted_rand_score(types[buyers], found))
        table = confusion_matrix(types[buyers], found, labels=range(len(CODES)))
        rows += [
            {"model": name, "true type": code, **dict(zip(CODES, line, strict=True))}
            for code, line in zip(CODES, table.tolist(), strict=True)
        ]
    return figures, rows


def seconds_for_many(week: Week) -> float:
    """To place 260,000 customers with what was learned, numpy alone."""
    kind, config = RECIPES["autoencoder"]
    model = make(kind, config, SEED)
    model.fit(week.crowd)
    chance = np.random.default_rng(SEED)
    many = week.crowd.take(chance.integers(0, len(week.crowd), SCALE_CUSTOMERS))
    begun = perf_counter()
    model.assign(many)
    return perf_counter() - begun


def champion(store: Any, as_of: datetime) -> Recipe:
    """What the shop's own loop would let serve."""
    from apps.registry.services.learn import learn

    made = learn(
        store, "segmentation.groups", as_of=as_of, clock=lambda: datetime.now(UTC)
    )
    say(f"{made.name} {made.parameters}: {made.status}; {made.card['reasons']}")
    say(f"{made.card['rivals']} {made.card['against']}")
    return made.name, made.parameters


def measure() -> tuple[dict[str, float], list[dict[str, Any]]]:
    from apps.demo.models import DemoShop

    shop = DemoShop.objects.across_stores().select_related("store").get()
    store = shop.store
    weeks = [week_of(store, shop.as_of - n * WEEK) for n in range(WEEKS, -1, -1)]
    say(f"{len(weeks[-1].rows):,} customers")
    recipes = {"champion": champion(store, shop.as_of), **RECIPES}
    found, tables = finds(weeks[-1], types_of(store, weeks[-1].rows), recipes)
    figures = {f"types_ari_{name}": ari for name, ari in found.items()}
    rows = []
    for name, recipe in recipes.items():
        say(f"Four weeks of {name}")
        weekly = stays(name, recipe, weeks)
        figures[f"weekly_ari_min_{name}"] = min(row["ARI"] for row in weekly)
        rows += weekly
    figures["seconds_for_260000"] = seconds_for_many(weeks[-1])
    show(tables)
    return figures, rows


def show(tables: list[dict[str, Any]]) -> None:
    for row in tables:
        say("  ".join(f"{value!s:>12}" for value in row.values()))


def say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def main() -> None:
    with own_demo(UNTIL):
        figures, rows = measure()
    publish("segments", figures, rows)


if __name__ == "__main__":
    main()
