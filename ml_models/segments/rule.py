"""The humble rival: a plain rule on what was bought, how often and how lately.

First order in the last 90 days and at most two of them: new. Else among the tenth that
spent most, and half as much again as the middle one: VIP. Else a fifth at most, who use coupons most and have two orders: discount
seeker. Else three orders and three a year: loyal. Else occasional.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml_models import artefact
from ml_models.segments.base import (
    DISCOUNT,
    LOYAL,
    NEW,
    OCCASIONAL,
    VIP,
    Crowd,
    Floats,
    Grouper,
    Places,
)
from ml_models.segments.numbers import PRIOR_DAYS, PRIOR_ORDERS

# As merchants read it; the learned groups' words are not true of these.
WORDS = {
    "vip": "Among the tenth that spent most, and half as much again as the middle "
    "customer.",
    "loyal": "Three orders or more, at a pace of three a year.",
    "discount": "Two orders or more, and among the fifth that use coupons most.",
    "occasional": "Whoever has ordered and is in none of the other four.",
    "new": "First order in the last 90 days and at most two of them, or none yet.",
}


@dataclass(frozen=True)
class Config:
    new_days: float = 90.0
    new_orders: int = 2
    vip_share: float = 0.1
    vip_times: float = 1.5
    discount_share: float = 0.2
    loyal_orders: int = 3
    loyal_pace: float = 3.0


class Rule:
    """limits: (2,) spent from which one is a VIP, coupon use of a discount seeker."""

    name = "rule"
    learns = False

    def __init__(self, config: Config | None = None, seed: int = 0) -> None:
        self.config = config or Config()
        self.seed = seed
        self.limits: Floats = np.array([np.inf, np.inf])

    def fit(self, crowd: Crowd, serving: Grouper | None = None) -> Mapping[str, Any]:
        """Find where the top tenth and the top fifth begin."""
        buyers = crowd.take(crowd.is_buyer)
        if len(buyers):
            spent = np.quantile(buyers.known("spent"), 1 - self.config.vip_share)
            # The only customer of a shop is no VIP for being the only one.
            usual = np.median(buyers.known("spent"))
            spent = max(spent, self.config.vip_times * usual)
            coupons = np.quantile(coupon_use(buyers), 1 - self.config.discount_share)
            self.limits = np.array([spent, coupons])
        return {"customers": len(crowd), "buyers": len(buyers)}

    def assign(self, crowd: Crowd) -> Places:
        """(customers,)."""
        config, (spent, coupons) = self.config, self.limits
        orders, days = crowd.known("orders"), crowd.known("tenure_days")
        pace = orders / (np.maximum(days, 0) + PRIOR_DAYS) * 365
        found = np.full(len(crowd), OCCASIONAL)
        found[(orders >= config.loyal_orders) & (pace >= config.loyal_pace)] = LOYAL
        use = coupon_use(crowd)
        found[(use > 0) & (use >= coupons) & (orders >= 2)] = DISCOUNT
        found[(crowd.known("spent") > 0) & (crowd.known("spent") >= spent)] = VIP
        found[(days <= config.new_days) & (orders <= config.new_orders)] = NEW
        found[~crowd.is_buyer] = NEW
        return found

    def state(self) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
        # A limit that nobody reaches: JSON knows no infinity.
        limits = np.minimum(self.limits, np.finfo(np.float64).max)
        card = {"model": self.name, "config": asdict(self.config), "seed": self.seed}
        return {"limits": limits}, card

    def save(self, folder: Path) -> None:
        artefact.save(folder, *self.state())

    @classmethod
    def restored(
        cls, arrays: Mapping[str, NDArray[Any]], card: Mapping[str, Any]
    ) -> Rule:
        model = cls(Config(**card["config"]), card["seed"])
        model.limits = np.asarray(arrays["limits"], np.float64)
        return model


def coupon_use(crowd: Crowd) -> Floats:
    """(customers,): share of orders with a coupon, drawn to 0 where few orders speak."""
    orders = crowd.known("orders")
    use = crowd.known("coupon_order_share") * orders
    return np.asarray(use / (orders + PRIOR_ORDERS))
