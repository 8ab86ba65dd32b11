"""Learns what is trending: the first of the brains, and the one all others must beat.

1. Sold lines as of a moment, nothing later.
2. Half-lives compete on a validation window of 28 days.
3. The winner meets the humble one (all sales count alike) on the next 28 days.
4. Fit on everything, register; promoted if it is no worse, refused otherwise.
   Where nothing serves yet, the humble one then serves: a shelf is never empty for
   want of something clever.
5. Picks are rows before the promotion, so what serves is always complete.
"""

from __future__ import annotations

import tempfile
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path

from apps.accounts.models import Store
from apps.core.errors import ConflictError, LuxeBrainError
from apps.recommendations.models import TRENDING
from apps.recommendations.services.evaluate import fitted, mean_ndcg
from apps.recommendations.services.frame import WINDOW, Frame, sold_lines
from apps.recommendations.services.publish import publish
from apps.registry.models import ModelVersion, TrainingRun
from apps.registry.services import artefacts, training, versions
from ml_models.baselines.popularity import Config

HALF_LIVES = (3.0, 7.0, 14.0, 28.0, 56.0, 112.0)
HUMBLE = Config(half_life_days=None)
HORIZON = timedelta(days=28)


class TooLittleDataError(LuxeBrainError):
    code = "too_little_data"


def train(store: Store, as_of: datetime, at: datetime) -> ModelVersion:
    """Train, judge and publish. `as_of` bounds the data, `at` stamps the rows."""
    run = training.start(store, TRENDING, at)
    try:
        version = learn(store, run, as_of, at)
    except ConflictError:
        raise
    except Exception as error:
        training.fail(run, str(error), at)
        raise
    training.finish(run, version, at)
    return version


def learn(
    store: Store, run: TrainingRun, as_of: datetime, at: datetime
) -> ModelVersion:
    training.progress(run, 10, "Reading what was sold", at)
    frame = sold_lines(store, as_of)
    training.progress(run, 40, "Letting half-lives compete", at)
    config = best_config(frame, as_of - HORIZON)
    training.progress(run, 70, "Comparing with the plain best-seller list", at)
    metrics = {
        "champion": score(frame, as_of, config),
        "humble": score(frame, as_of, HUMBLE),
    }
    training.progress(run, 90, "Publishing picks", at)
    version = register(store, frame, config, as_of, at, metrics)
    if metrics["champion"] < metrics["humble"]:
        versions.refuse(version, "The plain best-seller list predicts better.")
        if versions.champion(store, TRENDING):
            return version
        config = HUMBLE
        plain = metrics | {"champion": metrics["humble"]}
        version = register(store, frame, config, as_of, at, plain)
    ranking = fitted(frame, as_of, config).recommend(len(frame.products))
    publish(version, "trending", ranking, "trending")
    return versions.promote(version, at)


def register(
    store: Store,
    frame: Frame,
    config: Config,
    as_of: datetime,
    at: datetime,
    metrics: dict[str, float],
) -> ModelVersion:
    model = fitted(frame, as_of, config)
    with tempfile.TemporaryDirectory() as folder:
        model.save(Path(folder))
        artefact = artefacts.save(store, TRENDING, Path(folder))
    trained = versions.Trained(
        name="popularity",
        trained_at=at,
        data_from_at=as_of - WINDOW,
        data_to_at=as_of,
        training_rows=len(frame.products),
        metrics={"ndcg_at_10": metrics["champion"]},
        baseline_metrics={"ndcg_at_10": metrics["humble"]},
        parameters=asdict(config),
        artefact=artefact,
    )
    return versions.register(store, TRENDING, trained)


def best_config(frame: Frame, until: datetime) -> Config:
    """The half-life that predicts the 28 days before `until` best."""
    configs = [Config(half_life) for half_life in HALF_LIVES]
    return max(configs, key=lambda config: score(frame, until, config))


def score(frame: Frame, until: datetime, config: Config) -> float:
    """NDCG@10 on the 28 days before `until`, learned from the time before them."""
    split = until - HORIZON
    past = frame.between(until - WINDOW - HORIZON, split)
    if not len(past.products):
        raise TooLittleDataError("There are too few orders to learn from yet.")
    return mean_ndcg(fitted(past, split, config), frame.between(split, until))
