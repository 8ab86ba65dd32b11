"""Who wants what on which day, before stock gets in the way.

A customer's wish for a product on a day is Poisson with rate

    rate_i * traffic_d * lift_id * affinity_ip * pull_gpd / norm_i

so a price cut of x % moves a product's first choices by exactly its elasticity.
Arrays: N customers, P products, D days, G types.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from apps.demo.simulator import season
from apps.demo.simulator.assortment import KINDS, SLUGS
from apps.demo.simulator.catalogue import Catalogue
from apps.demo.simulator.palette import FAMILY_OF
from apps.demo.simulator.people import NEW_DAYS, SENSITIVITY, TYPES, People
from apps.demo.simulator.plan import Floats, Ints, Plan
from apps.demo.simulator.prices import Prices

NEW = TYPES.index("New Customer")
NOVELTY, NOVELTY_DAYS = 0.7, 24.0
FADE = 60  # days after the last buy-in until a product leaves the shop
SHELF_LIFT = 0.08  # true relative lift of the shelf on orders, for its arm
SHELF_DAYS = 60  # how long before the end the shelf's test runs
# Pairs bought together more often than chance; symmetric.
PAIRS = {
    ("blouses", "trousers"): 3.0, ("tops", "jeans"): 3.2, ("dresses", "shoes"): 2.8,
    ("dresses", "bags"): 2.6, ("abayas-kaftans", "scarves-hats"): 3.6,
    ("coats-jackets", "scarves-hats"): 2.6, ("coats-jackets", "knitwear"): 2.0,
    ("knitwear", "jeans"): 2.4, ("knitwear", "skirts"): 2.0, ("blouses", "skirts"): 2.6,
    ("shoes", "bags"): 3.0, ("tops", "skirts"): 2.2, ("abayas-kaftans", "shoes"): 1.8,
    ("tops", "trousers"): 1.8, ("abayas-kaftans", "bags"): 1.6,
}  # fmt: skip


@dataclass(frozen=True)
class Pull:
    affinity: Floats  # (N, P) how much each customer likes each product
    pull: Floats  # (G, P, D) season, price, novelty; 0 where a product is not sold
    mean: Floats  # (G, P) of pull over the history
    norm: Floats  # (N,) makes a customer's mean intensity 1
    pairs: Floats  # (P, P) how well two products go together


def feel(
    plan: Plan,
    catalogue: Catalogue,
    people: People,
    calendar: season.Calendar,
    prices: Prices,
) -> Pull:
    affinity = like(catalogue, people)
    pull = _pull(plan, catalogue, calendar, prices)
    mean = pull[:, :, : plan.days].mean(axis=2)
    norm = np.einsum("np,np->n", affinity, mean[people.kind])
    return Pull(affinity, pull, mean, norm, complements(catalogue))


def like(catalogue: Catalogue, people: People) -> Floats:
    """(N, P) of style, category, brand, colors, price level and common appeal."""
    base = np.array([kind.price for kind in KINDS])[catalogue.category] * 100
    level = np.log(catalogue.price / base)
    utility = 1.9 * people.taste @ catalogue.style.T
    utility += people.category[:, catalogue.category]
    utility += people.brand[:, catalogue.brand]
    best = np.stack(
        [
            people.color[:, [FAMILY_OF[c] for c in look.colors]].max(axis=1)
            for look in catalogue.looks
        ],
        axis=1,
    )
    utility += 0.5 * best
    utility -= (level[None, :] - people.wallet[:, None]) ** 2 / (2 * 0.42**2)
    return np.exp(utility + catalogue.appeal[None, :])


def _pull(
    plan: Plan, catalogue: Catalogue, calendar: season.Calendar, prices: Prices
) -> Floats:
    age = np.arange(plan.horizon)[None, :] - catalogue.launch[:, None]
    log = season.multipliers(catalogue, calendar)
    log += NOVELTY * np.exp(-np.maximum(age, 0) / NOVELTY_DAYS)
    sold = (age >= 0) & (age <= (catalogue.last - catalogue.launch)[:, None] + FADE)
    elasticity = np.array([kind.elasticity for kind in KINDS])[catalogue.category]
    cheaper = -np.log(prices.price / catalogue.price[:, None]) * elasticity[:, None]
    return np.stack([np.exp(log + cheaper * s) * sold for s in SENSITIVITY])


def complements(catalogue: Catalogue) -> Floats:
    """(P, P): category pairs times how alike the styles are; 0 on the diagonal."""
    table = np.full((len(KINDS), len(KINDS)), 0.8)
    np.fill_diagonal(table, 0.45)
    for (a, b), weight in PAIRS.items():
        table[SLUGS.index(a), SLUGS.index(b)] = weight
        table[SLUGS.index(b), SLUGS.index(a)] = weight
    pairs = table[np.ix_(catalogue.category, catalogue.category)]
    pairs = pairs * np.exp(0.9 * catalogue.style @ catalogue.style.T)
    np.fill_diagonal(pairs, 0)
    return pairs


def intensity(people: People, pull: Pull) -> Floats:
    """(N, D) a customer's total pull, mean 1 over the history."""
    total = np.zeros((len(people.kind), pull.pull.shape[2]))
    for group in range(len(TYPES)):
        members = people.kind == group
        total[members] = pull.affinity[members] @ pull.pull[group]
    return total / pull.norm[:, None]


def arrivals(plan: Plan, people: People, level: Floats, traffic: Floats) -> Ints:
    """(N,) the day a customer comes; negative for who was there before day 0.

    New people come when the shop pulls: `level` (D,) is the mean intensity.
    """
    rng = plan.rng("arrivals")
    count = len(people.kind)
    growth = np.linspace(0.75, 1.25, plan.days)
    weight = growth * level[: plan.days] * traffic[: plan.days]
    day = rng.choice(plan.days, size=count, p=weight / weight.sum())
    recent = max(0, plan.days - NEW_DAYS)
    late = weight[recent:] / weight[recent:].sum()
    newcomers = recent + rng.choice(plan.days - recent, size=count, p=late)
    before = (rng.random(count) < 0.22) & (people.kind != NEW)
    day = np.where(before, -rng.integers(1, 400, count), day)
    return np.where(people.kind == NEW, newcomers, day)


def rates(
    plan: Plan, people: People, level: Floats, arrival: Ints, traffic: Floats
) -> Floats:
    """(N, D) expected orders, without messages and shelf: 0 before and after life."""
    day = np.arange(plan.horizon)[None, :]
    left = np.maximum(arrival, 0) + people.life
    alive = (day > arrival[:, None]) & (day < left[:, None])
    return people.rate[:, None] * level * traffic[None, :] * alive


def shelf(plan: Plan, people: People) -> Floats:
    """(N, D) multiplier of the shelf for its arm, while the test runs."""
    lift = np.ones((len(people.kind), plan.horizon))
    first = max(0, plan.days - SHELF_DAYS)
    lift[people.arm == 1, first : plan.days] = 1 + SHELF_LIFT
    return lift
