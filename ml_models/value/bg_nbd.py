"""BG/NBD: customers buy at rates of their own and may leave after any purchase.

Fader, Hardie, Lee: "Counting Your Customers" the Easy Way, Marketing Science 24 (2005),
http://brucehardie.com/papers/018/. No hypergeometric function is used: it overflows for
frequent buyers and breaks where a is near 1. Integrals are sums over quantiles instead.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special

from ml_models.data import Floats
from ml_models.value.likelihood import Prior, compress, maximize

# Centers: the published fit of CDNOW (r .24, alpha 31 days, a .79, b 2.4), in logs. A
# thousandfold is two deviations away, so some hundred customers say it all themselves.
PRIOR = Prior(np.log([0.5, 60.0, 0.8, 2.5]), np.array([1.0, 1.5, 1.0, 1.0]))
POINTS = 48


class BgNbd:
    """Parameters r, alpha (days), a, b. All arrays are (customers,)."""

    name = "bg_nbd"

    def __init__(self, parameters: Any = None) -> None:
        self.parameters = np.exp(PRIOR.center) if parameters is None else parameters

    def fit(self, repeats: Floats, recency: Floats, age: Floats) -> BgNbd:
        """The likeliest parameters given the customers and the prior."""
        rows, weights = compress(repeats, recency, age)
        self.parameters = maximize(
            lambda parameters: float(weights @ log_likelihood(parameters, *rows)), PRIOR
        )
        return self

    def alive(self, repeats: Floats, recency: Floats, age: Floats) -> Floats:
        """Probability of not having left; 1 before the first repeat, by the model."""
        r, alpha, a, b = self.parameters
        ratio = np.log((alpha + age) / (alpha + recency)) * (r + repeats)
        left = np.log(a / (b + np.maximum(repeats, 1) - 1)) + ratio
        found: Floats = np.where(repeats > 0, special.expit(-left), 1.0)
        return found

    def buys(
        self, days: float, repeats: Floats, recency: Floats, age: Floats
    ) -> Floats:
        """Probability of one purchase or more in the days to come."""
        r, alpha, _, _ = self.parameters
        shape, rate = r + repeats, alpha + age
        some = -np.expm1(-shape * np.log1p(days / rate))
        found: Floats = self.alive(repeats, recency, age) * some
        return found

    def orders(
        self, days: float, repeats: Floats, recency: Floats, age: Floats
    ) -> Floats:
        """Purchases expected in the days to come."""
        r, alpha, a, b = self.parameters
        shape, rate = r + repeats, alpha + age
        counts, places = np.unique(repeats, return_inverse=True)
        middles = (np.arange(POINTS) + 0.5) / POINTS
        # The chance to leave after a purchase, at the middles of equal shares.
        leave = special.betaincinv(a, b + counts[:, None], middles)[places]
        leave = np.maximum(leave, 1e-12)
        made = -np.expm1(-shape[:, None] * np.log1p(leave * days / rate[:, None]))
        found: Floats = self.alive(repeats, recency, age) * (made / leave).mean(axis=1)
        return found


def log_likelihood(
    parameters: Floats, repeats: Floats, recency: Floats, age: Floats
) -> Floats:
    """(customers,) equation 6 of the paper, in logs."""
    r, alpha, a, b = parameters
    shape = r + repeats
    common = special.gammaln(shape) - special.gammaln(r) + r * np.log(alpha)
    stayed = special.betaln(a, b + repeats) - special.betaln(a, b)
    here = stayed - shape * np.log(alpha + age)
    gone = (
        special.betaln(a + 1, b + np.maximum(repeats, 1) - 1)
        - special.betaln(a, b)
        - shape * np.log(alpha + recency)
    )
    found: Floats = common + np.where(repeats > 0, np.logaddexp(here, gone), here)
    return found
