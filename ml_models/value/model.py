"""The champion: what each customer will buy in the days to come, how sure, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy import special

from ml_models import artefact
from ml_models.data import Floats
from ml_models.value.blend import Blend
from ml_models.value.files import check, pack, unpack
from ml_models.value.margin import margin_shares
from ml_models.value.members import Members, train
from ml_models.value.prediction import Drivers, Prediction, next_order
from ml_models.value.purchases import Purchases
from ml_models.value.ranges import Scatter
from ml_models.value.rfm import Rfm, rfm
from ml_models.value.season import yearly
from ml_models.value.snapshots import NAMES
from ml_models.value.window import (
    UNSEEN,
    Finding,
    last_window,
    learn_window,
    mix,
    set_level,
)

# Of a normal: 90 % lie so many deviations to each side.
SIDES = 1.6449


@dataclass(frozen=True)
class Config:
    """`horizon`: days that are learned; others follow by rhythm. `bags`: LightGBMs."""

    horizon: int = 90
    bags: int = 3


class Value:
    """Fitted on purchases before a day; answers for any customers, day and horizon."""

    name = "value"

    def __init__(self, config: Config | None = None, seed: int = 0) -> None:
        self.config = config or Config()
        self.seed = seed
        self.members: Members | None = None
        self.finding = UNSEEN

    def fit(self, purchases: Purchases, day: int) -> Mapping[str, Any]:
        """Learn from what was known when this day began; returns what was found.

        1. The last window that has ended: members of before it, and what came of them.
        2. Weights, ranges and doubt from that window alone.
        3. Members anew from all that is known; the level of the coming days.
        """
        past = purchases.before(day)
        if not len(past):
            raise ValueError("Nobody has bought anything yet.")
        horizon = self.config.horizon
        window = last_window(int(past.days.min()), day, horizon)
        finding = UNSEEN
        if window:
            finding = learn_window(past, self.train(past, *window), window[0])
        self.members = self.train(past, day, horizon)
        answers = self.members.answer(rfm(past, day))
        blend, scale = set_level(
            answers, self.members.trust, finding.blend.weights, finding.direct
        )
        season = yearly(past, day, horizon)
        self.finding = replace(finding, blend=blend, scale=scale, season=season)
        return {
            "window": window,
            "weights": blend.weights.tolist(),
            "shift": blend.shift,
            "trust": self.members.trust,
            "direct": finding.direct,
            "mass": finding.scatter.mass,
            "season": season,
            "doubt": finding.doubt,
        }

    def train(self, past: Purchases, day: int, horizon: int) -> Members:
        return train(past, day, horizon, self.config.bags, self.seed)

    def predict(
        self, purchases: Purchases, day: int, horizon: int | None = None
    ) -> Prediction:
        """Of all who bought before the day. `horizon`: days, as learned unless said."""
        members = self.fitted()
        known = rfm(purchases, day)
        answers = members.answer(known)
        log_odds = self.finding.blend.log_odds(answers.log_odds, members.trust)
        orders, worth = answers.orders, mix(answers.worth, self.finding.direct)
        near = special.expit(log_odds) * worth
        if horizon and horizon != members.horizon:
            plain = members.rhythm_odds(known, horizon)
            log_odds = log_odds + plain - answers.log_odds[:, 0]
            later = members.rhythm.orders(known, horizon)
            # More orders of who buys: the orders grow by more than the chance.
            each = (later / special.expit(plain)) / (
                answers.orders / special.expit(answers.log_odds[:, 0])
            )
            orders, worth = later, worth * each
        chances = special.expit(log_odds)
        # The season of the days that were learned says nothing of those after them.
        share = np.minimum(near / np.maximum(chances * worth, 1e-9), 1)
        worth = worth * (1 + (self.finding.season - 1) * share)
        found = self.tell(known, chances, orders, worth)
        shares = margin_shares(purchases.before(day), known.customers)
        return found if shares is None else replace(found, margin=found.spend * shares)

    def tell(
        self, known: Rfm, chances: Floats, orders: Floats, worth: Floats
    ) -> Prediction:
        finding = self.finding
        worth = worth * finding.scale
        low, high = finding.scatter.ranges(chances, worth)
        spend = chances * worth
        total = float(spend.sum())
        noise = float(finding.scatter.variance(chances, worth).sum())
        wide = np.sqrt(finding.doubt**2 + noise / max(total, 1e-9) ** 2)
        members = self.fitted()
        return Prediction(
            customers=known.customers,
            buys=chances,
            orders=orders,
            spend=spend,
            low=low,
            high=high,
            total=total,
            total_low=float(total * np.exp(-SIDES * wide)),
            total_high=float(total * np.exp(SIDES * wide)),
            next_order=next_order(members.rhythm.bg, known),
        )

    def drivers(self, purchases: Purchases, day: int) -> Drivers:
        """What moves each customer's log-odds of buying, exactly: parts add up to them."""
        members, blend = self.fitted(), self.finding.blend
        known = rfm(purchases, day)
        answers = members.answer(known)
        return Drivers.of(known.customers, members, answers, blend)

    def fitted(self) -> Members:
        if self.members is None:
            raise ValueError("It has learned nothing yet.")
        return self.members

    def save(self, folder: Path) -> None:
        """Arrays, and a card with the config and LightGBM's texts."""
        arrays, texts = pack(self.fitted())
        finding = self.finding
        arrays["weights"], arrays["ratios"] = (
            finding.blend.weights,
            finding.scatter.ratios,
        )
        card = {
            "name": self.name,
            "config": asdict(self.config),
            "seed": self.seed,
            "shift": finding.blend.shift,
            "mass": finding.scatter.mass,
            "direct": finding.direct,
            "scale": finding.scale,
            "doubt": finding.doubt,
            "season": finding.season,
            "texts": texts,
            "features": list(NAMES),
        }
        artefact.save(folder, arrays, card)

    @classmethod
    def load(cls, folder: Path) -> Value:
        """What was saved answers the same. OtherFeaturesError where today's code works
        out others."""
        arrays, card = artefact.load(folder)
        check(card.get("features"))
        model = cls(Config(**card["config"]), card["seed"])
        model.members = unpack(arrays, card["texts"], model.config.horizon)
        model.finding = Finding(
            Blend(arrays["weights"], card["shift"]),
            Scatter(arrays["ratios"], card["mass"]),
            card["direct"],
            card["scale"],
            card["doubt"],
            card["season"],
        )
        return model
