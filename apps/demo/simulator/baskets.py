"""Which products and variants go into each basket that customers want.

Arrays: O wanted orders in time order, L wanted lines.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from apps.demo.simulator import season
from apps.demo.simulator.assortment import KINDS
from apps.demo.simulator.catalogue import Catalogue
from apps.demo.simulator.demand import Pull
from apps.demo.simulator.palette import FAMILY_OF
from apps.demo.simulator.people import EXTRAS, People, size_index
from apps.demo.simulator.plan import Bools, Floats, Ints, Plan

CHUNK = 4_000
MOST = 6


@dataclass(frozen=True)
class Wishes:
    customer: Ints  # (O,)
    day: Ints  # (O,)
    second: Ints  # (O,) since day 0's midnight
    is_first: Bools  # (O,) the customer's first order ever
    line_order: Ints  # (L,) ascending
    line_variant: Ints  # (L,)
    line_quantity: Ints  # (L,)
    line_misfit: Floats  # (L,) sizes between what was chosen and what fits


def fill(
    plan: Plan,
    catalogue: Catalogue,
    people: People,
    pull: Pull,
    expected: Floats,
    arrival: Ints,
) -> Wishes:
    rng = plan.rng("baskets")
    customer, day, is_first = _orders(plan, expected, arrival, rng)
    second = day * 86_400 + season.second_of_day(len(day), rng)
    order = np.argsort(second, kind="stable")
    customer, day, second = customer[order], day[order], second[order]
    is_first = is_first[order]
    first = _choose(people, pull, customer, day, None, rng)
    line_order, product = _extras(people, pull, customer, day, first, rng)
    variant, misfit = choose_variant(
        catalogue, people, customer[line_order], product, rng
    )
    quantity = 1 + (rng.random(len(product)) < 0.03).astype(np.int64)
    return Wishes(
        customer, day, second, is_first, line_order, variant, quantity, misfit
    )


def _orders(
    plan: Plan, expected: Floats, arrival: Ints, rng: np.random.Generator
) -> tuple[Ints, Ints, Bools]:
    """Repeat orders are Poisson; whoever arrives in our time orders at once."""
    counts = rng.poisson(expected)
    who, day = np.nonzero(counts)
    repeats = counts[who, day]
    who, day = np.repeat(who, repeats), np.repeat(day, repeats)
    fresh = np.flatnonzero((arrival >= 0) & (rng.random(len(arrival)) < 0.97))
    customer = np.concatenate([fresh, who])
    is_first = np.concatenate([np.ones(len(fresh), bool), np.zeros(len(who), bool)])
    return customer, np.concatenate([arrival[fresh], day]), is_first


def _weights(
    people: People, pull: Pull, customer: Ints, day: Ints, beside: Ints | None
) -> Floats:
    weight = pull.affinity[customer] * pull.pull[people.kind[customer], :, day]
    return weight if beside is None else weight * pull.pairs[beside]


def _choose(
    people: People,
    pull: Pull,
    customer: Ints,
    day: Ints,
    beside: Ints | None,
    rng: np.random.Generator,
) -> Ints:
    """One product each, with probability by weight: (n,)."""
    draws = rng.random(len(customer))
    picks: Ints = np.empty(len(customer), dtype=np.int64)
    for start in range(0, len(customer), CHUNK):
        part = slice(start, start + CHUNK)
        near = None if beside is None else beside[part]
        total = _weights(people, pull, customer[part], day[part], near).cumsum(axis=1)
        goal = draws[part, None] * total[:, -1:]
        picks[part] = (total < goal).sum(axis=1)
    last = pull.affinity.shape[1] - 1
    return picks.clip(max=last)


def _extras(
    people: People,
    pull: Pull,
    customer: Ints,
    day: Ints,
    first: Ints,
    rng: np.random.Generator,
) -> tuple[Ints, Ints]:
    """Further products: more of them when what goes with the first pulls more."""
    share = np.empty(len(customer))
    for start in range(0, len(customer), CHUNK):
        part = slice(start, start + CHUNK)
        who, near = customer[part], first[part]
        now = _weights(people, pull, who, day[part], near).sum(axis=1)
        usual = (
            pull.affinity[who] * pull.mean[people.kind[who]] * pull.pairs[near]
        ).sum(axis=1)
        share[part] = now / np.maximum(usual, 1e-9)
    wanted = np.minimum(rng.poisson(EXTRAS[people.kind[customer]] * share), MOST)
    order = np.repeat(np.arange(len(customer)), wanted)
    more = _choose(people, pull, customer[order], day[order], first[order], rng)
    order = np.concatenate([np.arange(len(customer)), order])
    product = np.concatenate([first, more])
    # The same product twice in one basket is one product.
    _, keep = np.unique(order * pull.affinity.shape[1] + product, return_index=True)
    return order[keep], product[keep]


def choose_variant(
    catalogue: Catalogue,
    people: People,
    customer: Ints,
    product: Ints,
    rng: np.random.Generator,
) -> tuple[Ints, Floats]:
    """The wanted color and size of a product: (n,) variants and (n,) misfits."""
    color = _color(catalogue, people, customer, product, rng)
    noise = rng.normal(0, 0.33, len(product))
    size = np.zeros(len(product), dtype=np.int64)
    misfit = np.zeros(len(product))
    scales = np.array([kind.sizes for kind in KINDS])[catalogue.category[product]]
    sizes = np.array([len(look.sizes) for look in catalogue.looks])[product]
    for scale in ("alpha", "trouser", "shoe"):
        rows = np.flatnonzero(scales == scale)
        true = size_index(people, customer[rows], scale)
        guess = np.rint(true + noise[rows]).astype(np.int64)
        size[rows] = np.clip(guess, 0, sizes[rows] - 1)
        misfit[rows] = np.abs(size[rows] + catalogue.fit[product[rows]] - true)
    start = np.searchsorted(catalogue.variant_product, product)
    return start + color * sizes + size, misfit


def _color(
    catalogue: Catalogue,
    people: People,
    customer: Ints,
    product: Ints,
    rng: np.random.Generator,
) -> Ints:
    """Index among the product's own colors, the first of which sells best."""
    most = max(len(look.colors) for look in catalogue.looks)
    family = np.full((catalogue.count, most), -1)
    for row, look in enumerate(catalogue.looks):
        family[row, : len(look.colors)] = [FAMILY_OF[c] for c in look.colors]
    options = family[product]
    liking = people.color[customer[:, None], np.maximum(options, 0)]
    score = 1.2 * liking - 0.25 * np.arange(most) + rng.gumbel(size=options.shape)
    own: Floats = np.where(options >= 0, score, -np.inf)
    best: Ints = own.argmax(axis=1)
    return best
