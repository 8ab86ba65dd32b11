"""Five segments of customers, learned: which way of grouping serves, and who is where.

Ways to group compete by how well they foretell the 90 days after (spend, orders, looks,
orders with a coupon: ml_models/segments/quality.py says why): recipes on the quarter
before the last, the best one with the plain rule and the champion's recipe on the last.
What wins is fitted on today, beginning from the groups that serve.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import structlog
from numpy.typing import NDArray

from apps.accounts.models import Store
from apps.core.errors import LuxeBrainError
from apps.features.services.frame import frame
from apps.registry.models import ModelVersion
from apps.registry.services.brain import (
    Check,
    Contest,
    Former,
    Tell,
    TooLittleDataError,
)
from apps.segmentation.models.learned import GROUPS
from apps.segmentation.services.learning import rows
from apps.segmentation.services.learning.crowd import (
    HORIZON,
    Past,
    crowd_of,
    past_of,
)
from apps.segmentation.services.learning.rows import Made, Serving, placed_by
from ml_models.segments.all import make
from ml_models.segments.base import CODES, READ, Crowd, Grouper, Places
from ml_models.segments.learned import LEAST_BUYERS
from ml_models.segments.quality import explained
from ml_models.segments.reasons import averages, middles
from ml_models.segments.stable import MOST_MOVED, moved

log = structlog.get_logger(__name__)

HUMBLE = "rule"
Recipe = tuple[str, Mapping[str, Any]]
RECIPES: Mapping[str, Recipe] = {
    "autoencoder": ("autoencoder", {"width": 6, "pull": 0.7}),
    "kmeans": ("kmeans", {"pull": 0.5}),
    "kmeans, held": ("kmeans", {"pull": 0.7}),
}
# What serves for longer may be left behind: refusing for ever would help nobody.
MEMORY = timedelta(days=60)
SAMPLE = 2_000


class TooUnsettledError(LuxeBrainError):
    """A training alone would move too many customers."""

    code = "too_unsettled"


@dataclass(frozen=True)
class Data:
    """customers: ids in the order of `crowd`; last, before: the quarters that ended now
    and 90 days ago."""

    as_of: datetime
    customers: list[int]
    crowd: Crowd
    last: Past
    before: Past
    serving: Serving | None

    @property
    def start(self) -> Serving | None:
        """What a training begins from, and may not move far away from."""
        old = self.serving
        if old is None or self.as_of - old.version.trained_at > MEMORY:
            return None
        return old


class Groups:
    kind = GROUPS
    title = "Five segments of customers"

    def read(self, store: Store, as_of: datetime, tell: Tell) -> Data:
        tell(0.0, "Reading customers")
        now = frame(store, "customer", as_of)
        if not len(now):
            raise TooLittleDataError("There is no customer yet.")
        tell(0.4, "Reading what they did a quarter ago")
        last = past_of(store, as_of - HORIZON, now)
        tell(0.7, "Reading what they did half a year ago")
        earlier = frame(store, "customer", as_of - HORIZON)
        before = past_of(store, as_of - 2 * HORIZON, earlier)
        ids = now["customer"].to_list()
        return Data(as_of, ids, crowd_of(now), last, before, rows.serving(store))

    def compete(
        self, data: Data, former: Former | None, seed: int, tell: Tell
    ) -> Contest:
        tell(0.0, "Letting ways to group compete")
        rivals = validate(data.before, seed, tell)
        name, parameters = recipe_of(max(rivals, key=lambda n: rivals[n]))
        tell(0.6, "Comparing with the plain rule")
        challenger = quality(data.last, data, name, parameters, seed)
        humble = quality(data.last, data, HUMBLE, {}, seed)
        champion = quality_of(former, data, seed)
        tell(0.8, "Looking who would move")
        model = fitted(data.crowd, name, parameters, seed, data.start)
        places = model.assign(data.crowd)
        return Contest(
            name=name,
            parameters=dict(parameters),
            challenger=challenger,
            humble=humble,
            champion=champion,
            metrics={"explained": mean(challenger), **shares(places)},
            baseline_metrics={"explained": mean(humble)},
            data_from_at=data.as_of - 2 * HORIZON,
            data_to_at=data.as_of,
            training_rows=len(data.customers),
            features=READ,
            rivals={rival: {"explained": found} for rival, found in rivals.items()},
            checks=[*stability(model, data), members(places, data.crowd)],
            inputs=inputs(data.crowd),
            scores=places[:: max(1, len(places) // SAMPLE)].astype(float).tolist(),
            humble_name=HUMBLE,
            champion_metrics={} if champion is None else {"explained": mean(champion)},
        )

    def fit(
        self, data: Data, contest: Contest, folder: Path, seed: int, tell: Tell
    ) -> Made:
        tell(0.0, "Grouping customers")
        model = fitted(data.crowd, contest.name, contest.parameters, seed, data.start)
        for check in stability(model, data):
            # What is renewed instead of the challenger must not move anybody, either.
            if not check.passes:
                raise TooUnsettledError(check.says)
        model.save(folder)
        tell(0.6, "Finding what sets each customer apart")
        usual = averages(data.crowd)
        placed = placed_by(model, data.customers, data.crowd, usual)
        places = np.array([CODES.index(code) for code in placed.codes], np.int64)
        return Made(model, usual, middles(data.crowd, places), placed)

    def publish(self, version: ModelVersion, model: Made, tell: Tell) -> int:
        tell(0.0, "Publishing")
        rows.write_groups(version, model)
        # Not when it was trained: who ordered meanwhile is placed anew afterwards.
        rows.write_places(
            version, model.placed, version.data_to_at or version.trained_at
        )
        return len(model.placed.customers)

    def forget(self, version: ModelVersion) -> int:
        return rows.forget(version)

    def sample(self, store: Store, as_of: datetime) -> Mapping[str, Sequence[float]]:
        return inputs(crowd_of(frame(store, "customer", as_of)))


def recipe_of(rival: str) -> Recipe:
    return RECIPES.get(rival, (HUMBLE, {}))


def validate(before: Past, seed: int, tell: Tell) -> dict[str, float]:
    """Mean quality of each recipe; where there are too few buyers to learn from, the
    rule alone, and no TensorFlow is loaded."""
    if len(before.crowd) < LEAST_BUYERS:
        return {HUMBLE: 0.0}
    found = {}
    for number, (rival, (name, parameters)) in enumerate(RECIPES.items()):
        tell(0.6 * number / len(RECIPES), "Letting ways to group compete")
        model = fitted(before.crowd, name, parameters, seed)
        found[rival] = mean(explained(model.assign(before.crowd), before.after))
    return found


def fitted(
    crowd: Crowd,
    name: str,
    parameters: Mapping[str, Any],
    seed: int,
    start: Serving | None = None,
) -> Grouper:
    model = make(name, parameters, seed)
    model.fit(crowd, start.model if start else None)
    return model


def quality(
    past: Past, data: Data, name: str, parameters: Mapping[str, Any], seed: int
) -> NDArray[np.float64]:
    """Of each buyer of 90 days ago. Where there was none, nobody can tell the rivals
    apart: all of today's customers count nothing, and the rule serves."""
    if not len(past.crowd):
        return np.zeros(len(data.customers))
    model = fitted(past.crowd, name, parameters, seed)
    return explained(model.assign(past.crowd), past.after)


def quality_of(
    former: Former | None, data: Data, seed: int
) -> NDArray[np.float64] | None:
    """The champion's recipe on the same days; None where today's code cannot make it."""
    if former is None:
        return None
    version = former.version
    try:
        return quality(data.last, data, version.name, version.parameters, seed)
    except (KeyError, TypeError):
        log.exception("training.champion_not_made", version=str(version))
        return None


def stability(model: Grouper, data: Data) -> list[Check]:
    """A retraining of what serves may not move more than a tenth of the buyers, asked
    about the same numbers. Another way to group has to win the contest for that."""
    start = data.start
    if start is None or start.model.name != model.name:
        return []
    share = moved(model, start.model, data.crowd)
    says = (
        f"It would move {share:.0%} of the customers to another segment though their "
        f"numbers did not change; at most {MOST_MOVED:.0%} may."
    )
    return [Check("stability", share, says, share <= MOST_MOVED)]


def members(places: Places, crowd: Crowd) -> Check:
    """Each segment has somebody, where there are enough kinds of buyers."""
    filled = len(np.unique(places))
    buyers = crowd.values[crowd.is_buyer]
    kinds = len(np.unique(np.nan_to_num(buyers, nan=-1.0), axis=0))
    wanted = len(CODES) if kinds >= LEAST_BUYERS else 1
    says = f"Only {filled} of the five segments would have customers."
    # The rule may find nobody who uses coupons; that is the shop's, not a fault.
    return Check("members", float(filled), says, filled >= wanted - 1)


def shares(places: Places) -> dict[str, float]:
    """How many of all customers each segment has."""
    counts = np.bincount(places, minlength=len(CODES)) / max(len(places), 1)
    return {
        f"share_{code}": float(share) for code, share in zip(CODES, counts, strict=True)
    }


def inputs(crowd: Crowd) -> dict[str, list[float]]:
    """Samples of what it learns from, of buyers."""
    buyers = crowd.take(crowd.is_buyer)
    step = max(1, len(buyers) // SAMPLE)
    names = ("orders", "spent", "recency_days", "coupon_order_share", "views_90")
    return {name: buyers.known(name)[::step].tolist() for name in names}


def mean(qualities: NDArray[np.float64]) -> float:
    return float(qualities.mean()) if len(qualities) else 0.0
