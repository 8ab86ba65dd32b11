"""Gamma-Gamma: what an order of a customer is worth on average, drawn to the shop's own.

Fader, Hardie, Lee, Journal of Marketing Research 42 (2005); the likelihood is in
http://brucehardie.com/notes/025/.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special

from ml_models.data import Floats
from ml_models.value.likelihood import Prior, maximize

# Centers: p and q of the published fit of CDNOW (6.2, 3.7), in logs; the third is the
# mean order in units of the shop's own mean, 1 unless the orders say otherwise.
PRIOR = Prior(np.log([6.0, 4.0, 1.0]), np.array([1.0, 0.5, 0.5]))


class GammaGamma:
    """Parameters p, q, and the mean order of all customers in money."""

    def __init__(self, parameters: Any = None) -> None:
        self.parameters = (
            np.exp(PRIOR.center) if parameters is None else np.asarray(parameters)
        )

    def fit(self, orders: Floats, averages: Floats) -> GammaGamma:
        """orders, averages: (customers,). Who never paid anything says nothing."""
        paid = (orders > 0) & (averages > 0)
        counts, money = orders[paid], averages[paid]
        usual = float(np.average(money, weights=counts)) if len(money) else 1.0
        scaled = money / usual
        best = maximize(
            lambda parameters: float(log_likelihood(parameters, counts, scaled).sum()),
            PRIOR,
        )
        self.parameters = np.append(best[:2], best[2] * usual)
        return self

    def mean(self, orders: Floats, averages: Floats) -> Floats:
        """(customers,): the next orders' expected worth; the shop's mean without orders."""
        p, q, usual = self.parameters
        # q is above 1 here, or the mean would not exist.
        scale = usual * max(q - 1, 0.05) / p
        total = np.maximum(orders * averages, 0)
        found: Floats = p * (scale + total) / (p * orders + max(q - 1, 0.05))
        return found


def log_likelihood(parameters: Floats, orders: Floats, averages: Floats) -> Floats:
    """(customers,) of the mean of so many orders."""
    p, q, usual = parameters
    scale = usual * max(q - 1, 0.05) / p
    shape = p * orders
    found: Floats = (
        -special.betaln(shape, q)
        + q * np.log(scale)
        + (shape - 1) * np.log(averages)
        + shape * np.log(orders)
        - (shape + q) * np.log(scale + averages * orders)
    )
    return found
