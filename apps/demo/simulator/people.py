"""Who buys: five true types, tastes, sizes, rates, and what they agreed to.

Arrays: N customers, S styles, C categories, B brands, F color families.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from apps.demo.simulator.assortment import BRANDS, KINDS, SLUGS, STYLES
from apps.demo.simulator.palette import FAMILIES
from apps.demo.simulator.places import CHANNEL_SHARES, CHANNELS, NAMES, PLACES
from apps.demo.simulator.plan import Bools, Floats, Ints, Plan

TYPES = (
    "High-Value VIP",
    "Loyal Regular",
    "Discount Seeker",
    "Occasional Buyer",
    "New Customer",
)
SHARES = np.array([0.07, 0.23, 0.24, 0.35, 0.11])
RATES = np.array([10.0, 6.0, 4.2, 1.6, 2.8])  # orders a year
LIVES = np.array([1500.0, 900, 520, 460, 330])  # mean days until they leave
EXTRAS = np.array([1.9, 1.25, 1.35, 0.75, 0.9])  # further products in a basket
WALLETS = np.array([0.3, 0.05, -0.22, -0.02, 0.0])  # log of the price level they like
SENSITIVITY = np.array([0.55, 0.85, 1.5, 1.0, 1.05])  # times the category's elasticity
COUPONS = np.array([0.06, 0.14, 0.42, 0.12, 0.3])
RETURNS = np.array([1.25, 0.85, 1.15, 0.9, 1.0])
UPLIFTS = np.array(
    [0.08, 0.35, 0.75, 0.25, 0.5]
)  # of the rate, in the days after a message
NEW_DAYS = 75


@dataclass(frozen=True)
class People:
    kind: Ints  # (N,) index into TYPES
    rate: Floats  # (N,) orders a day, on average
    life: Floats  # (N,) days from arrival until they leave for good
    taste: Floats  # (N, S)
    category: Floats  # (N, C)
    brand: Floats  # (N, B)
    color: Floats  # (N, F)
    wallet: Floats  # (N,)
    alpha: Floats  # (N,) size among XS..XL, as a number
    shoe: Floats  # (N,) size among 36..41, as a number
    uplift: Floats  # (N,) relative change of the rate after a message; some below 0
    place: Ints  # (N,) index into PLACES
    city: Ints  # (N,)
    channel: Ints  # (N,) index into CHANNELS
    is_guest: Bools  # (N,)
    consents: Bools  # (N, 4) e-mail, SMS, WhatsApp, tracking
    withdraws: Bools  # (N,) takes the e-mail consent back later
    arm: Ints  # (N,) 1 sees the recommendation shelf, 0 is its holdout
    names: tuple[tuple[str, str, str], ...]  # first, last, e-mail


def meet(plan: Plan) -> People:
    rng = plan.rng("people")
    count = plan.customers
    kind = rng.choice(len(TYPES), size=count, p=SHARES)
    place = rng.choice(len(PLACES), size=count, p=_shares())
    gulf = np.array([p.is_gulf for p in PLACES])[place]
    taste, category = _tastes(kind, gulf, rng)
    sleeping = rng.random(count) < 0.08
    return People(
        kind=kind,
        rate=RATES[kind] / 365 * np.exp(rng.normal(-0.06, 0.35, count)),
        life=rng.exponential(LIVES[kind]),
        taste=taste,
        category=category,
        brand=rng.normal(0, 0.5, (count, len(BRANDS))),
        color=rng.normal(0, 0.6, (count, len(FAMILIES))),
        wallet=WALLETS[kind] + rng.normal(0, 0.16, count),
        alpha=rng.normal(2.05, 0.95, count).clip(0, 4),
        shoe=rng.normal(2.4, 1.2, count).clip(0, 5),
        uplift=np.where(
            sleeping, -0.3, UPLIFTS[kind] * np.exp(rng.normal(-0.1, 0.45, count))
        ),
        place=place,
        city=rng.integers(0, 60, count),
        channel=rng.choice(len(CHANNELS), size=count, p=np.array(CHANNEL_SHARES)),
        is_guest=rng.random(count) < np.array([0.02, 0.05, 0.2, 0.38, 0.3])[kind],
        consents=_consents(kind, gulf, rng),
        withdraws=rng.random(count) < 0.07,
        arm=rng.integers(0, 2, count),
        names=_names(place, rng),
    )


def _shares() -> Floats:
    shares: Floats = np.array([place.share for place in PLACES])
    total: Floats = shares / shares.sum()
    return total


def _tastes(kind: Ints, gulf: Bools, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """A leading style, a second one, and a little of all; Gulf homes dress modestly."""
    count = len(kind)
    taste = rng.normal(0, 0.35, (count, len(STYLES)))
    rows = np.arange(count)
    taste[rows, rng.integers(0, len(STYLES), count)] += 1.0
    taste[rows, rng.integers(0, len(STYLES), count)] += 0.5
    modest = gulf | (rng.random(count) < 0.12)
    taste[:, STYLES.index("modest")] += np.where(modest, 1.1, -0.5)
    taste /= np.linalg.norm(taste, axis=1, keepdims=True)
    category = rng.normal(0, 0.55, (count, len(KINDS)))
    category[:, SLUGS.index("abayas-kaftans")] += np.where(modest, 1.2, -1.4)
    category[:, SLUGS.index("knitwear")] += np.where(gulf, -0.6, 0.2)
    category[:, SLUGS.index("coats-jackets")] += np.where(gulf, -0.5, 0.2)
    return taste, category


def _consents(kind: Ints, gulf: Bools, rng: np.random.Generator) -> Bools:
    count = len(kind)
    keen = np.array([0.1, 0.12, 0.14, -0.08, 0.0])[kind]
    chance = np.stack(
        [
            0.6 + keen,
            0.12 + keen / 3,
            np.where(gulf, 0.45, 0.1) + keen / 3,
            np.full(count, 0.74),
        ],
        axis=1,
    )
    return rng.random((count, 4)) < chance


def _names(place: Ints, rng: np.random.Generator) -> tuple[tuple[str, str, str], ...]:
    draws = rng.random((len(place), 2))
    people = []
    for number, (home, (a, b)) in enumerate(zip(place, draws, strict=True)):
        firsts, lasts = NAMES[PLACES[home].names]
        first, last = firsts[int(a * len(firsts))], lasts[int(b * len(lasts))]
        people.append((first, last, f"customer{number + 1}@shopper.example"))
    return tuple(people)


def size_index(people: People, customers: Ints, sizes: str) -> Floats:
    """Where these customers sit on a size scale, as a number: (n,)."""
    if sizes == "shoe":
        return people.shoe[customers]
    if sizes == "trouser":
        return people.alpha[customers] * 1.25
    if sizes == "alpha":
        return people.alpha[customers]
    return np.zeros(len(customers))
