"""Between which amounts a customer's spend will lie: nothing, or as others strayed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from ml_models.data import Floats

MASS = 0.9
# Before anything was seen: spend is lognormal around its mean, with this deviation.
USUAL_SPREAD = 0.9
PRIOR_COUNT = 50
POINTS = 201
NARROWEST, WIDEST = 0.8, 0.99
STARTS = 21


@dataclass(frozen=True)
class Scatter:
    """`ratios`: (points,) quantiles of spend to expected spend among buyers, their mean
    is 1. `mass`: the share of the predictive distribution that held 90 % of customers."""

    ratios: Floats
    mass: float = MASS

    def ranges(self, chances: Floats, worth: Floats) -> tuple[Floats, Floats]:
        """(customers,) each: the shortest range that holds the mass; and what is
        expected, lest it read "5, between 0 and 0".

        chances: of buying; worth: expected spend of who buys.
        """
        chances = np.maximum(chances, 1e-9)
        # From nothing up to where enough mass lies below.
        share = np.clip((self.mass - (1 - chances)) / chances, 0, 1)
        low = np.zeros(len(chances))
        high = np.where(share > 0, worth * self.quantile(share), 0.0)
        # Who nearly surely buys may have a shorter one that leaves nothing out below.
        spare = np.maximum(1 - self.mass / chances, 0)
        for part in np.linspace(0, 1, STARTS):
            start = spare * part
            bottom = worth * self.quantile(start)
            top = worth * self.quantile(np.minimum(start + self.mass / chances, 1))
            shorter = (spare > 0) & (top - bottom < high - low)
            low, high = np.where(shorter, bottom, low), np.where(shorter, top, high)
        expected = chances * worth
        return np.minimum(low, expected), np.maximum(high, expected)

    def quantile(self, shares: Floats) -> Floats:
        found: Floats = np.interp(
            shares, np.linspace(0, 1, len(self.ratios)), self.ratios
        )
        return found

    def variance(self, chances: Floats, worth: Floats) -> Floats:
        """(customers,) of the spend."""
        squares = float((self.ratios**2).mean())
        found: Floats = chances * worth**2 * squares - (chances * worth) ** 2
        return found


def usual() -> Floats:
    """(points,) before anything was seen."""
    shares = (np.arange(POINTS) + 0.5) / POINTS
    drawn = np.exp(USUAL_SPREAD * special.ndtri(shares))
    found: Floats = drawn / drawn.mean()
    return found


def scatter(chances: Floats, worth: Floats, spend: Floats) -> Scatter:
    """From a window after what was learned: (customers,) each.

    The usual scatter counts as fifty buyers, so a shop with three has wide ranges.
    """
    paid = spend > 0
    seen = spend[paid] / worth[paid]
    seen = seen / seen.mean() if len(seen) else seen
    pool = np.concatenate([seen, usual()])
    counts = np.append(np.ones(len(seen)), np.full(POINTS, PRIOR_COUNT / POINTS))
    order = np.argsort(pool)
    shares = (np.cumsum(counts[order]) - counts[order] / 2) / counts.sum()
    ratios = np.interp(np.linspace(0, 1, POINTS), shares, pool[order])
    found = Scatter(ratios / ratios.mean())
    return Scatter(found.ratios, conformal(found, chances, worth, spend))


def conformal(found: Scatter, chances: Floats, worth: Floats, spend: Floats) -> float:
    """The mass below which 90 % of what was seen lay, drawn to 90 % by fifty customers."""
    shares = np.interp(
        spend / worth, found.ratios, np.linspace(0, 1, len(found.ratios))
    )
    # A range from nothing up holds who spent nothing, however little mass it has.
    masses = np.where(spend > 0, 1 - chances + chances * shares, 0.0)
    if not len(masses):
        return MASS
    seen = float(np.quantile(masses, MASS))
    drawn = (len(masses) * seen + PRIOR_COUNT * MASS) / (len(masses) + PRIOR_COUNT)
    return float(np.clip(drawn, NARROWEST, WIDEST))
