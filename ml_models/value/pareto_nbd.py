"""Pareto/NBD: customers buy at rates of their own and may leave at any moment.

Schmittlein, Morrison, Colombo, Management Science 33 (1987); the form by the moment of
leaving is in http://brucehardie.com/notes/009/. That moment is summed over, so that no
hypergeometric function is needed, which fails for frequent buyers.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special

from ml_models.data import Floats
from ml_models.value.likelihood import Prior, compress, maximize

# Centers: the published fit of CDNOW (r .55, alpha 74 days, s .61, beta 82 days), in logs.
PRIOR = Prior(np.log([0.5, 75.0, 0.6, 90.0]), np.array([1.0, 1.5, 1.0, 1.5]))
NODES, WEIGHTS = np.polynomial.legendre.leggauss(20)


class ParetoNbd:
    """Parameters r, alpha (days), s, beta (days). All arrays are (customers,)."""

    name = "pareto_nbd"

    def __init__(self, parameters: Any = None) -> None:
        self.parameters = np.exp(PRIOR.center) if parameters is None else parameters

    def fit(self, repeats: Floats, recency: Floats, age: Floats) -> ParetoNbd:
        """The likeliest parameters given the customers and the prior."""
        rows, weights = compress(repeats, recency, age)
        self.parameters = maximize(
            lambda parameters: float(weights @ log_likelihood(parameters, *rows)), PRIOR
        )
        return self

    def alive(self, repeats: Floats, recency: Floats, age: Floats) -> Floats:
        """Probability of not having left."""
        here, gone = log_fates(self.parameters, repeats, recency, age)
        found: Floats = special.expit(here - gone)
        return found

    def buys(
        self, days: float, repeats: Floats, recency: Floats, age: Floats
    ) -> Floats:
        """Probability of one purchase or more in the days to come."""
        r, alpha, s, beta = self.parameters
        shape, rate, leaving = r + repeats, alpha + age, beta + age
        stays = shape * np.log1p(days / rate) + s * np.log1p(days / leaving)
        moments = (NODES + 1) / 2 * days
        leaves = (
            np.log(s / leaving)[:, None]
            - (s + 1) * np.log1p(moments / leaving[:, None])
            - shape[:, None] * np.log1p(moments / rate[:, None])
        )
        none = np.exp(-stays) + np.exp(leaves) @ WEIGHTS * days / 2
        found: Floats = self.alive(repeats, recency, age) * np.clip(1 - none, 0, 1)
        return found

    def orders(
        self, days: float, repeats: Floats, recency: Floats, age: Floats
    ) -> Floats:
        """Purchases expected in the days to come."""
        r, alpha, s, beta = self.parameters
        grown = np.log1p(days / (beta + age))
        # (1 - e^-(s-1)g) / (s-1), which is g where s is 1.
        lives = grown * special.exprel(-(s - 1) * grown) * (beta + age)
        found: Floats = (
            self.alive(repeats, recency, age) * (r + repeats) / (alpha + age) * lives
        )
        return found


def log_fates(
    parameters: Floats, repeats: Floats, recency: Floats, age: Floats
) -> tuple[Floats, Floats]:
    """(customers,) logs of how likely the purchases are, with the customer still here
    and with the customer gone since the last purchase."""
    r, alpha, s, beta = parameters
    shape = r + repeats
    common = special.gammaln(shape) - special.gammaln(r)
    common = common + r * np.log(alpha) + s * np.log(beta)
    here = common - shape * np.log(alpha + age) - s * np.log(beta + age)
    # The moment of leaving on a scale of logs: early moments weigh most.
    low, high = np.log(alpha + recency), np.log(alpha + age)
    half = (high - low) / 2
    scale = (low + half)[:, None] + half[:, None] * NODES
    moments = np.maximum(np.exp(scale) - alpha, 0)
    steps = -(shape - 1)[:, None] * scale - (s + 1) * np.log(beta + moments)
    with np.errstate(divide="ignore"):
        sums = special.logsumexp(steps + np.log(WEIGHTS), axis=1) + np.log(half)
    return here, common + np.log(s) + sums


def log_likelihood(
    parameters: Floats, repeats: Floats, recency: Floats, age: Floats
) -> Floats:
    """(customers,)."""
    found: Floats = np.logaddexp(*log_fates(parameters, repeats, recency, age))
    return found
