"""What the champion is measured against, each with the settings of the published baseline."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from contextlib import redirect_stdout

import lightgbm
import numpy as np
from lifetimes import BetaGeoFitter, GammaGammaFitter
from lifetimes.utils import ConvergenceError
from sklearn.linear_model import LogisticRegression

from benchmarks.value.judge import Answer
from benchmarks.value.sets import Trial
from ml_models.data import Floats
from ml_models.value.bg_nbd import BgNbd
from ml_models.value.gamma_gamma import GammaGamma
from ml_models.value.pareto_nbd import ParetoNbd
from ml_models.value.rfm import SPANS, Outcome, Rfm, outcome, rfm

LOGISTIC = (
    "orders",
    "days since last order",
    "spend",
    "days since first order",
    "orders of 90 days",
    "spend of 90 days",
    "orders of 30 days",
)
TREES = {
    "learning_rate": 0.03,
    "num_leaves": 15,
    "min_child_samples": 40,
    "verbose": -1,
    "n_jobs": 1,
    "random_state": 1,
}
# How much is held against large parameters: the least that converges is taken.
PENALTIES = (0.001, 0.01, 0.1)


def recency(trial: Trial) -> Answer:
    return Answer(-rfm(trial.purchases, trial.day).column("days since last order"))


def rhythm(model: BgNbd | ParetoNbd, trial: Trial) -> Answer:
    known = rfm(trial.purchases, trial.day)
    clock = (known.repeats, known.recency, known.age)
    money = (known.column("orders"), known.column("average order"))
    model.fit(*clock)
    chances = model.buys(trial.horizon, *clock)
    worth = GammaGamma().fit(*money).mean(*money)
    return Answer(chances, chances, model.orders(trial.horizon, *clock) * worth)


def bg_nbd(trial: Trial) -> Answer:
    return rhythm(BgNbd(), trial)


def pareto_nbd(trial: Trial) -> Answer:
    return rhythm(ParetoNbd(), trial)


def lifetimes(trial: Trial) -> Answer | None:
    """Its expected orders are the better score: P(alive) gives 1 to all who bought once."""
    known = rfm(trial.purchases, trial.day)
    orders = lifetimes_orders(known, trial.horizon)
    if orders is None:
        return None
    firsts = known.column("first order")
    later = (known.column("spend") - firsts) / np.maximum(known.repeats, 1)
    again = (known.repeats > 0) & (later > 0)
    gamma = GammaGammaFitter(penalizer_coef=PENALTIES[0])
    gamma.fit(known.repeats[again], later[again])
    worth = gamma.conditional_expected_average_profit(known.repeats, later)
    return Answer(orders, spend=orders * np.asarray(worth))


def lifetimes_orders(known: Rfm, horizon: int) -> Floats | None:
    """(customers,); None where it does not converge, or says NaN of frequent buyers."""
    clock = (known.repeats, known.recency, known.age)
    for penalty in PENALTIES:
        model = BetaGeoFitter(penalizer_coef=penalty)
        try:
            # It tells of each step that it takes into the void.
            with warnings.catch_warnings(action="ignore"), redirect_stdout(sys.stderr):
                model.fit(*clock)
        except ConvergenceError:
            sys.stderr.write(f"lifetimes: does not converge at penalty {penalty}\n")
            continue
        orders = np.asarray(
            model.conditional_expected_number_of_purchases_up_to_time(horizon, *clock)
        )
        if np.isfinite(orders).all():
            return orders
        sys.stderr.write(f"lifetimes: NaN at penalty {penalty}\n")
    return None


def earlier(trial: Trial) -> tuple[Rfm, Outcome]:
    """What was known one horizon before, and what came of it; half of what there is
    where that is too little."""
    day = trial.day - trial.horizon
    first = int(trial.purchases.days.min())
    if day <= first:
        day = (first + trial.day) // 2
    known = rfm(trial.purchases, day)
    length = min(trial.horizon, trial.day - day)
    return known, outcome(trial.purchases, known.customers, day, length)


def logistic(trial: Trial) -> Answer:
    past, told = earlier(trial)
    model = LogisticRegression(C=1.0, max_iter=2000)
    model.fit(logs(past), told.bought)
    now = logs(rfm(trial.purchases, trial.day))
    chances = model.predict_proba(now)[:, 1]
    return Answer(chances, chances)


def logs(known: Rfm) -> Floats:
    columns = [np.maximum(known.column(name), 0) for name in LOGISTIC]
    return np.log1p(np.column_stack(columns))


def trees(trial: Trial) -> Answer:
    past, told = earlier(trial)
    chosen = lightgbm.LGBMClassifier(n_estimators=200, **TREES)
    chosen.fit(columns(past), told.bought)
    spender = lightgbm.LGBMRegressor(objective="tweedie", n_estimators=250, **TREES)
    spender.fit(columns(past), told.spend)
    now = columns(rfm(trial.purchases, trial.day))
    chances = chosen.booster_.predict(now)
    return Answer(chances, chances, spender.booster_.predict(now))


def columns(known: Rfm) -> Floats:
    gaps = np.full(len(known.age), np.nan)
    np.divide(known.recency, known.repeats, out=gaps, where=known.repeats > 0)
    spans = [
        known.column(f"{what} of {span} days")
        for span in SPANS
        for what in ("orders", "spend")
    ]
    names = ("days since last order", "orders", "spend", "average order")
    plain = [known.column(name) for name in names]
    return np.column_stack(
        [known.age, known.recency, *plain, known.repeats, gaps, *spans]
    )


PEERS: dict[str, Callable[[Trial], Answer | None]] = {
    "recency only": recency,
    "BG/NBD + Gamma-Gamma (ours)": bg_nbd,
    "Pareto/NBD + Gamma-Gamma (ours)": pareto_nbd,
    "BG/NBD + Gamma-Gamma (lifetimes)": lifetimes,
    "logistic RFM": logistic,
    "LightGBM": trees,
}
