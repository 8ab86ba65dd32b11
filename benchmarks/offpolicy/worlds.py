"""Single choices for people who each want something else."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.offpolicy.marks import DECISIONS, MANY, SEED, Marks
from ml_models.data import Floats, Ints
from ml_models.offpolicy import estimators
from ml_models.offpolicy.estimators import Estimate
from ml_models.offpolicy.evaluate import doubts
from ml_models.offpolicy.log import Features, Log, Policy
from ml_models.offpolicy.rewards import Linear, Logistic, Make, Means, expected
from ml_models.offpolicy.weighing import Weighed, weigh

ARMS, TRAITS = 10, 4
BOOTSTRAPS = 200
NAMES = ("ips", "snips", "clipped", "dr", "switch")


@dataclass(frozen=True)
class World:
    """`rate`: of clicks, the logarithm of its odds; `random`: share of the log that is
    chosen by chance alone; `sharpness`: how sure the new policy is of what people want;
    `make`: what the doubly robust estimates lean on."""

    name: str
    make: Make
    rate: float = -1.2
    random: float = 0.25
    sharpness: float = 1.0
    decisions: int = DECISIONS


WORLDS = (
    World("near by", Linear),
    World("near by, a model blind to people", Means),
    World("far away", Logistic, random=0.03, sharpness=3.0),
    World("near by, few clicks", Linear, rate=-3.7),
    World("at the limit", Linear, sharpness=3.0, decisions=900),
)


class Truth:
    """What people want: fixed by the seed, the same in each repetition."""

    def __init__(self, world: World) -> None:
        chance = np.random.default_rng(SEED)
        self.world = world
        self.wishes = chance.normal(size=(TRAITS, ARMS)) * 0.6
        self.belief = self.wishes + chance.normal(size=self.wishes.shape) * 0.3
        self.habit = chance.normal(size=self.wishes.shape) * 0.5

    def people(self, count: int, chance: np.random.Generator) -> Floats:
        return np.column_stack(
            [np.ones(count), chance.normal(size=(count, TRAITS - 1))]
        )

    def rates(self, people: Floats) -> Floats:
        return np.asarray(1 / (1 + np.exp(-self.world.rate - people @ self.wishes)))

    def logged(self, people: Floats) -> Floats:
        """By habit, and some by chance."""
        share = self.world.random
        return (1 - share) * softmax(people @ self.habit) + share / ARMS

    def wanted(self, people: Floats) -> Floats:
        return softmax(self.world.sharpness * people @ self.belief)

    def value(self) -> float:
        people = self.people(MANY, np.random.default_rng(SEED + 1))
        return float((self.wanted(people) * self.rates(people)).sum(1).mean())

    def weighed(self, chance: np.random.Generator) -> Weighed:
        count = self.world.decisions
        people = self.people(count, chance)
        logged, rows = self.logged(people), np.arange(count)
        actions = drawn(logged, chance)
        clicks = chance.random(count) < self.rates(people)[rows, actions]
        log = Log(
            actions,
            clicks.astype(np.float64),
            logged[rows, actions],
            np.tile(np.arange(ARMS), (count, 1)),
            chances=logged,
            features=crossed(people),
        )
        return weigh(log, Policy(self.wanted(people)))


def softmax(values: Floats) -> Floats:
    raised = np.exp(values - values.max(1, keepdims=True))
    return np.asarray(raised / raised.sum(1, keepdims=True))


def drawn(chances: Floats, chance: np.random.Generator) -> Ints:
    """(n,): a column of each row."""
    upto = np.cumsum(chances, axis=1)
    draws = chance.random((len(chances), 1)) * upto[:, -1:]
    return np.asarray((draws >= upto).sum(1))


def crossed(people: Floats) -> Features:
    """(n, arms, arms * traits): each arm has its own weight of each trait."""
    arms = np.eye(ARMS, dtype=np.float32)
    found = people.astype(np.float32)[:, None, None, :] * arms[None, :, :, None]
    return found.reshape(len(people), ARMS, -1)


def judge(world: World, repeats: int) -> tuple[dict[str, Marks], float]:
    """Marks by estimator, and how often a bootstrap's interval holds the truth."""
    truth = Truth(world)
    value, held, answered = truth.value(), 0, 0
    found: dict[str, list[Estimate]] = {name: [] for name in NAMES}
    for repeat in range(repeats):
        weighed = truth.weighed(np.random.default_rng((SEED, repeat)))
        hoped = expected(weighed, world.make, seed=repeat)
        answered += not doubts(weighed)
        for one in (
            estimators.ips(weighed),
            estimators.snips(weighed),
            estimators.clipped(weighed),
            estimators.doubly_robust(weighed, hoped),
            estimators.switch(weighed, hoped),
        ):
            found[one.name].append(one)
        low, high = bootstrap(weighed, hoped, repeat)
        held += low <= value <= high
    share = answered / repeats
    marks = {name: Marks(found[name], value, share) for name in NAMES}
    return marks, held / repeats


def bootstrap(weighed: Weighed, hoped: Floats, repeat: int) -> tuple[float, float]:
    """The doubly robust estimate's interval by drawing decisions again and again."""
    each = estimators.corrected(weighed, hoped, weighed.weights)
    chance = np.random.default_rng((SEED, repeat, 1))
    draws = each[chance.integers(0, len(each), (BOOTSTRAPS, len(each)))].mean(1)
    low, high = np.quantile(draws, (0.025, 0.975))
    return float(low), float(high)
