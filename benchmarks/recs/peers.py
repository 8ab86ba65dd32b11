"""The peers, by their published defaults and tuned on the validation; nothing of ours.

They weigh all deeds alike; where sessions are asked, the baselines' 0.8 a click.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from ml_models.data import NOTHING_KNOWN, Deeds, Goods
from ml_models.recommenders.all import make
from ml_models.recommenders.base import Recommender, Scores

Settings = Mapping[str, Any]
# log 0.5 / log 0.8: steps after which 0.8 a step has halved.
SESSION = {"half_life_steps": 3.1063}


@dataclass(frozen=True)
class Peer:
    """`published`: the baselines' or the library's own settings; `tuned`: what is tried
    besides."""

    label: str
    model: str
    published: Settings
    tuned: Sequence[Settings] = ()
    # Weighs the clicks of a session by their order.
    in_session: bool = False


PEERS = (
    Peer("popularity", "popularity", {}),
    Peer(
        "popularity, recent",
        "popularity",
        {"window_days": 28.0},
        [{"window_days": 7.0}, {"window_days": 14.0}, {"window_days": 56.0}],
    ),
    # The baseline's: purchases only.
    Peer("own history + popularity", "own_history", {"view": 0.0, "cart": 0.0}),
    Peer(
        "item-kNN",
        "item_knn",
        {},
        [{"shrink": 0.0}, {"shrink": 50.0}, {"neighbors": 400}, {"neighbors": 30}],
        in_session=True,
    ),
    Peer(
        "EASE^R",
        "ease",
        {"ridge": 200.0},
        [{"ridge": 50.0}, {"ridge": 100.0}, {"ridge": 800.0}],
        in_session=True,
    ),
    Peer(
        "implicit ALS",
        "ials",
        {"factors": 64, "ridge": 0.05, "confidence": 20.0},
        [
            {"factors": 64, "ridge": 1.0, "confidence": 5.0},
            {"factors": 64, "ridge": 10.0, "confidence": 5.0},
            {"factors": 64, "ridge": 10.0, "confidence": 1.0},
            {"factors": 128, "ridge": 5.0, "confidence": 5.0},
        ],
        in_session=True,
    ),
    Peer(
        "implicit BPR",
        "bpr",
        {},
        [{"factors": 64, "learning_rate": 0.05}, {"factors": 64, "ridge": 0.05}],
    ),
    Peer("Markov", "sequence", {"trust": 1e-6}, [{"trust": 1.0}, {"trust": 10.0}]),
)


@dataclass(frozen=True)
class BprConfig:
    factors: int = 100
    learning_rate: float = 0.01
    ridge: float = 0.01
    rounds: int = 100


class Bpr:
    """Bayesian personalized ranking of `implicit`. It knows only those who were there;
    a history is answered by the mean of its products' factors."""

    name = "bpr"

    def __init__(self, config: BprConfig | None = None, seed: int = 0) -> None:
        self.config = config or BprConfig()
        self.seed = seed
        self.factors: NDArray[np.float32] = np.empty((0, 0), np.float32)

    def fit(self, deeds: Deeds, goods: Goods = NOTHING_KNOWN) -> Mapping[str, Any]:
        from implicit.cpu.bpr import BayesianPersonalizedRanking

        with threadpool_limits(1, "blas"):
            model = BayesianPersonalizedRanking(
                factors=self.config.factors,
                learning_rate=self.config.learning_rate,
                regularization=self.config.ridge,
                iterations=self.config.rounds,
                random_state=self.seed,
                num_threads=1,
            )
            model.fit(deeds.matrix(), show_progress=False)
        self.factors = np.asarray(model.item_factors, np.float32)
        self.users = np.asarray(model.user_factors, np.float32)
        self.numbers = {row: n for n, row in enumerate(rows_of(deeds))}
        return asdict(self.config)

    def score(self, histories: Deeds, now: float) -> Scores:
        """Who was there is known again by all that they had."""
        known = histories.matrix()
        sizes = np.maximum(np.diff(known.indptr), 1)[:, None]
        users = (known @ self.factors) / sizes
        for row, had in enumerate(rows_of(histories)):
            if had in self.numbers:
                users[row] = self.users[self.numbers[had]]
        return np.asarray(users @ self.factors.T, np.float32)


def rows_of(deeds: Deeds) -> list[bytes]:
    """What each user had, as something to look up."""
    found = deeds.matrix().astype(bool)
    found.sort_indices()
    return [
        found.indices[begin:end].astype(np.int32).tobytes()
        for begin, end in pairwise(found.indptr)
    ]


def made(peer: Peer, settings: Settings, products: int, sessions: bool) -> Recommender:
    """The peer's model with these settings."""
    if peer.model == "bpr":
        return Bpr(BprConfig(**settings))
    more: dict[str, Any] = dict(SESSION) if sessions and peer.in_session else {}
    if peer.model == "ease" and settings == peer.published and products > 12_000:
        # As the baselines did; nothing larger fits, and a second try takes minutes.
        more |= {"ridge": 50.0, "most_products": 24_000}
    return make(peer.model, {**settings, **more}, seed=1)
