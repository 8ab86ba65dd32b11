"""What share of a customer's spend is earned, drawn to the shop's own."""

from __future__ import annotations

import numpy as np

from ml_models.data import Floats, Ints
from ml_models.value.purchases import Purchases

# The shop's own share counts as this many usual orders of each customer.
PRIOR_ORDERS = 3.0


def margin_shares(purchases: Purchases, customers: Ints) -> Floats | None:
    """(customers,) earned of each unit of money; None where no cost is known."""
    if purchases.margins is None:
        return None
    known = np.isfinite(purchases.margins)
    costed = purchases.amounts if purchases.costed is None else purchases.costed
    who, money = purchases.customers[known], costed[known]
    spent, earned = money.sum(), purchases.margins[known].sum()
    if spent <= 0:
        return None
    count = purchases.customer_count
    drawn = PRIOR_ORDERS * spent / np.count_nonzero(money)
    own = np.bincount(who, purchases.margins[known], minlength=count)
    all_spent = np.maximum(np.bincount(who, money, minlength=count), 0)
    found: Floats = (own + drawn * earned / spent) / (all_spent + drawn)
    return found[customers]
