"""`make bench-intent DATA=folder`: will this visit bring an order?

1. Five folds of DATA/online_shoppers_intention, as the baselines have them, with and
   without PageValues (which is known only once somebody bought): our model as it is
   exported, beside LightGBM and a logistic regression; how long scoring one visit takes,
   when all about it is in memory.
2. The demo shop, whose truth is known: visits of the last fifth of the time, by a model
   that saw the others, at moments in them; beside the same two and an oracle that knows
   the true chance of each visit before it began. How long a whole answer takes there,
   with its questions to the database. CUSTOMERS and PRODUCTS for another size; SKIP=demo
   leaves it out.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from apps.segmentation.services.purchase_score import score
from benchmarks.own_demo import own_demo
from benchmarks.report import publish
from ml_models.intent import grading
from ml_models.intent.model import Config, Model
from ml_models.intent.visits import Column, Visits

SET = "online_shoppers_intention"
TARGET, LEAK = "Revenue", "PageValues"
CATEGORIES = ("Month", "VisitorType")
UNTIL = "2026-06-01"
TAUGHT = 0.8
OURS = "champion"
ANSWERS = 1_000
Chances = NDArray[np.float64]
Row = dict[str, Any]
# Of each answer by the clock, and what of it was work: others may hold the core.
Times = list[tuple[float, float]]


def champion(past: Visits, later: Visits, times: Times) -> Chances:
    """By what the web has: the exported document, read back from its text."""
    document = json.loads(json.dumps(Model(Config()).fit(past).document()))
    found = []
    for row in later.values.tolist():
        begun, worked = time.perf_counter(), time.thread_time()
        found.append(score(document, row).probability)
        spent = time.thread_time() - worked
        times.append((time.perf_counter() - begun, spent))
    return np.array(found)


def boosted(past: Visits, later: Visits, times: Times) -> Chances:
    """The settings of the baselines."""
    places = [n for n, column in enumerate(past.columns) if column.levels]
    model = lightgbm.LGBMClassifier(
        n_estimators=200, learning_rate=0.04, num_leaves=15, min_child_samples=40,
        verbose=-1, n_jobs=1, random_state=1,
    )  # fmt: skip
    model.fit(past.values, past.bought, categorical_feature=places)
    return np.asarray(model.predict_proba(later.values))[:, 1]


def logistic(past: Visits, later: Visits, times: Times) -> Chances:
    """On the numbers as they are, a flag for each level."""
    model = make_pipeline(
        SimpleImputer(add_indicator=True),
        StandardScaler(),
        LogisticRegression(max_iter=2_000),
    )
    model.fit(flat(past), past.bought)
    return np.asarray(model.predict_proba(flat(later)))[:, 1]


def flat(visits: Visits) -> NDArray[np.float64]:
    parts = []
    for place, column in enumerate(visits.columns):
        values = visits.values[:, place]
        levels = column.levels
        if levels is None:
            parts.append(values)
        else:
            parts += [(values == level).astype(float) for level in range(len(levels))]
    return np.column_stack(parts)


Rival = Callable[[Visits, Visits, Times], Chances]
RIVALS: dict[str, Rival] = {
    OURS: champion,
    "LightGBM": boosted,
    "logistic regression": logistic,
}


def marked(title: str, name: str, truth: NDArray[np.bool_], said: Chances) -> Row:
    return {
        "visits": title,
        "of": len(truth),
        "model": name,
        "AUC": f"{grading.auc(truth, said):.4f}",
        "AP": f"{grading.average_precision(truth, said):.4f}",
        "Brier": f"{grading.brier(truth, said):.4f}",
        "ECE": f"{grading.calibration_error(truth, said):.4f}",
    }


def shoppers(folder: Path, dropped: tuple[str, ...]) -> Visits:
    raw = pd.read_parquet(folder / SET / "sessions.parquet")
    columns, values = [], []
    for name in raw.columns:
        if name in (TARGET, *dropped):
            continue
        levels = None
        found = raw[name]
        if name in CATEGORIES:
            texts = found.astype(str)
            levels = tuple(sorted(texts.unique()))
            found = texts.map({level: place for place, level in enumerate(levels)})
        columns.append(Column(name, levels))
        values.append(found.to_numpy(float))
    bought = raw[TARGET].to_numpy().astype(bool)
    return Visits(
        tuple(columns), np.column_stack(values), bought, np.arange(len(bought))
    )


def real(folder: Path, figures: dict[str, float]) -> Iterator[Row]:
    times: Times = []
    margins, errors = [], []
    for title, dropped in (("all columns", ()), (f"without {LEAK}", (LEAK,))):
        visits = shoppers(folder, dropped)
        folds = StratifiedKFold(5, shuffle=True, random_state=0)
        said = {name: np.zeros(len(visits.bought)) for name in RIVALS}
        for past, later in folds.split(visits.values, visits.bought):
            for name, rival in RIVALS.items():
                one, other = visits.rows(past), visits.rows(later)
                said[name][later] = rival(one, other, times)
        aucs = {n: grading.auc(visits.bought, chance) for n, chance in said.items()}
        best = max(auc for name, auc in aucs.items() if name != OURS)
        margins.append(aucs[OURS] - best)
        errors.append(grading.calibration_error(visits.bought, said[OURS]))
        for name, chance in said.items():
            yield marked(title, name, visits.bought, chance)
    figures["auc_margin"], figures["auc_margin_without_leak"] = margins
    figures["ece"] = max(errors)
    tell_times(figures, "scoring", times)


def tell_times(figures: dict[str, float], name: str, times: Times) -> None:
    half, last = np.quantile(times, [0.5, 0.99], axis=0) * 1000
    figures[f"{name}_p50_ms"], figures[f"{name}_p99_ms"] = (
        float(half[0]),
        float(last[0]),
    )
    figures[f"{name}_cpu_p99_ms"] = float(last[1])


def demo(figures: dict[str, float]) -> Iterator[Row]:
    from apps.demo.models import DemoShop
    from apps.segmentation.services.learning import visits
    from apps.segmentation.services.learning.purchase import learnable

    shop = DemoShop.objects.across_stores().select_related("store").get()
    data = learnable(visits.read(shop.store, shop.as_of))
    past, later = data.between(0, TAUGHT), data.between(TAUGHT, 1.0)
    kept = np.flatnonzero(later)
    asked = data.table.rows(later)
    known = oracle(shop)
    said = {
        name: rival(data.table.rows(past), asked, []) for name, rival in RIVALS.items()
    }
    said["oracle"] = np.array([known[data.read.rows[place].key] for place in kept])
    for name, chance in said.items():
        yield marked("demo, all moments", name, asked.bought, chance)
    looks = np.array([bare_looks(data.read.rows[place]) for place in kept])
    for count in (1, 3, 5):
        now = looks == count
        for name, chance in said.items():
            title = f"demo, no cart, {count} look" + "s" * (count > 1)
            yield marked(title, name, asked.bought[now], chance[now])
    aucs = {name: grading.auc(asked.bought, chance) for name, chance in said.items()}
    figures["demo_auc"], figures["demo_auc_oracle"] = aucs[OURS], aucs["oracle"]
    figures["demo_auc_lightgbm"] = aucs["LightGBM"]
    figures["demo_auc_logistic"] = aucs["logistic regression"]
    figures["demo_ece"] = grading.calibration_error(asked.bought, said[OURS])
    tell_times(figures, "predict", list(answers(shop, data, past)))


def answers(
    shop: Any, data: Any, past: NDArray[np.bool_]
) -> Iterator[tuple[float, float]]:
    """What the API asks, as the newest visits go on: those without an order, since the
    others ask no model."""
    from apps.registry.models import ModelVersion
    from apps.segmentation.models import PurchaseModel
    from apps.segmentation.services.learning.purchase import KIND, basket
    from apps.segmentation.services.purchase import predict

    read = data.read
    document = Model(Config()).fit(data.table.rows(past)).document()
    # Of an earlier run, in a shop that is kept.
    ModelVersion.objects.of(shop.store).filter(kind=KIND).delete()
    version = ModelVersion.objects.create(
        store=shop.store, kind=KIND, name=OURS, number=1, trained_at=shop.as_of,
        status=ModelVersion.Status.CHAMPION,
    )  # fmt: skip
    PurchaseModel.objects.create(
        store=shop.store,
        version=version,
        document={
            **document,
            "basket": basket(read),
            "rate": read.bought / read.visits,
        },
    )
    rows = [row for row in read.rows if not row.has_bought][-ANSWERS:]
    for row in rows[:1] + rows:
        begun, worked = time.perf_counter(), time.thread_time()
        found = predict(shop.store, row.at, session=row.key)
        spent = time.thread_time() - worked
        assert found.model_version, row.key
        # The first one reads the model's document, which is then remembered.
        if row is not rows[0]:
            yield time.perf_counter() - begun, spent


def bare_looks(row: Any) -> int:
    """0 once there is a cart or a checkout: that says more than any look."""
    has_more = row.values["carts"] or row.values["checkout"]
    return 0 if has_more else int(row.looks)


def oracle(shop: Any) -> dict[str, float]:
    """The true chance of each visit that the simulator knew, by the visit's key."""
    from apps.demo.simulator import behaviour, eventlog
    from apps.demo.simulator.plan import Plan
    from apps.demo.simulator.world import simulate

    world = simulate(
        Plan(
            seed=shop.seed,
            until=shop.until_on,
            products=shop.product_count,
            customers=shop.customer_count,
            months=shop.month_count,
            time_zone=shop.store.time_zone,
            currency=shop.store.currency,
        )
    )
    sessions, _ = behaviour.watch(world)
    keys = eventlog.session_ids(world, sessions)
    return dict(zip(keys, sessions.chance.tolist(), strict=True))


def main() -> None:
    if "DATA" not in os.environ:
        sys.exit("Say where the data is: make bench-intent DATA=folder")
    figures: dict[str, float] = {}
    rows = list(real(Path(os.environ["DATA"]), figures))
    if "demo" not in os.environ.get("SKIP", "").split(","):
        with own_demo(UNTIL):
            rows += demo(figures)
    publish("intent", figures, rows)
    for name, value in figures.items():
        sys.stdout.write(f"{name}: {value:.4f}\n")


if __name__ == "__main__":
    main()
