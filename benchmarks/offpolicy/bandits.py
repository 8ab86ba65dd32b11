"""What bandits lose on arms whose rates are known, against showing all alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from benchmarks.offpolicy.marks import SEED, Row
from ml_models.bandits import (
    Bandit,
    Counts,
    EpsilonGreedy,
    ThompsonBeta,
    ThompsonNormal,
    nothing,
)
from ml_models.data import Floats

RUNS, DAYS, VISITORS = 40, 25, 1000


class Uniform:
    def chances(self, counts: Counts) -> Floats:
        return np.full(len(counts), 1 / len(counts))


@dataclass(frozen=True)
class Arms:
    """rates: of orders; spends: of an order, on average, 0 where orders are counted;
    turns: the day on which the best and the worst change places."""

    name: str
    rates: tuple[float, ...]
    spends: float = 0.0
    turns: int = DAYS

    def on(self, day: int) -> Floats:
        rates = np.array(self.rates)
        return rates if day < self.turns else rates[::-1]


@dataclass(frozen=True)
class Player:
    bandit: Bandit
    half_life: float | None = None


STEADY = Arms("5 arms, 2 to 4 %", (0.02, 0.022, 0.025, 0.03, 0.04))
DRIFT = Arms("the same, turned around at half-time", STEADY.rates, turns=12)
MONEY = Arms("the same, orders of 60 on average", STEADY.rates, spends=60.0)
FLOOR = 0.02
PLAYERS: Mapping[Arms, Mapping[str, Player]] = {
    STEADY: {
        "uniform": Player(Uniform()),
        "epsilon_greedy 10 %": Player(EpsilonGreedy(0.1)),
        "thompson_beta": Player(ThompsonBeta(floor=FLOOR)),
    },
    DRIFT: {
        "uniform": Player(Uniform()),
        "thompson_beta": Player(ThompsonBeta(floor=FLOOR)),
        "thompson_beta, half-life 4 days": Player(ThompsonBeta(floor=FLOOR), 4.0),
    },
    MONEY: {
        "uniform": Player(Uniform()),
        "thompson_normal": Player(ThompsonNormal(2.0, 12.0, floor=FLOOR)),
    },
}


def judge() -> Iterator[Row]:
    for arms, players in PLAYERS.items():
        lost = {
            name: np.array([played(arms, player, run) for run in range(RUNS)])
            for name, player in players.items()
        }
        for name, each in lost.items():
            yield {
                "arms": arms.name,
                "bandit": name,
                "lost": f"{each.mean():.1f}",
                "95 %": f"+- {1.96 * each.std(ddof=1) / np.sqrt(RUNS):.1f}",
                "of uniform's": float(each.mean() / lost["uniform"].mean()),
            }


def played(arms: Arms, player: Player, run: int) -> float:
    """Orders, or money, that the best arm would have brought on top. Chances are renewed
    once a day."""
    chance = np.random.default_rng((SEED, run, 3))
    counts, lost = nothing(len(arms.rates)), 0.0
    for day in range(DAYS):
        rates = arms.on(day)
        shows = chance.multinomial(VISITORS, player.bandit.chances(counts))
        lost += float(shows @ (rates.max() - rates)) * (arms.spends or 1.0)
        if player.half_life:
            counts = counts.aged(1, player.half_life)
        counts = counts + earned(arms, shows, chance.binomial(shows, rates), chance)
    return lost


def earned(
    arms: Arms, shows: Floats, orders: Floats, chance: np.random.Generator
) -> Counts:
    if not arms.spends:
        return Counts(shows * 1.0, orders * 1.0, orders * 1.0)
    # Orders of a shop: many small ones, a few large.
    spent = [chance.gamma(2.0, arms.spends / 2, int(count)) for count in orders]
    return Counts(
        shows * 1.0,
        np.array([one.sum() for one in spent]),
        np.array([(one**2).sum() for one in spent]),
    )
