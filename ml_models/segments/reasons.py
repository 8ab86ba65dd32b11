"""What sets a customer apart: two or three facts, and the middle of each segment.

A fact is a kind with its numbers, for words that are made where they are read. Which
are told: those furthest from the average buyer, first of all in what the segment is
named for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml_models.segments.base import CODES, Crowd, Floats, Places

Fact = dict[str, Any]
MOST_FACTS = 3
# What a segment is named for counts so many times.
OWN = 3.0
OF_SEGMENT = {
    "vip": ("spent", "average_order"),
    "loyal": ("every", "orders"),
    "discount": ("coupons", "reduced"),
    "occasional": ("asleep", "orders"),
    "new": ("since",),
}
# Shares are told from here on, beside the average's.
TELLING = 0.1
KINDS = (
    "spent", "average_order", "every", "orders", "coupons", "reduced", "asleep",
    "since", "returns", "looks",
)  # fmt: skip
SHARES = {
    "coupons": "coupon_order_share",
    "reduced": "reduced_share",
    "returns": "return_share",
}
SHARE_WEIGHTS = {"coupons": 2.0, "reduced": 2.0, "returns": 1.0}
# So many times the usual gap without an order.
STOPPED = 3.0
# What is compared with the average of the buyers.
AMOUNTS = {"spent": "spent", "average_order": "average_order", "orders": "orders"}
DAYS = {"every": "gap_mean", "asleep": "recency_days", "since": "tenure_days"}
MIDDLES = {**AMOUNTS, **DAYS, **SHARES, "looks": "views_90"}


def averages(crowd: Crowd) -> dict[str, float]:
    """Of all buyers, by kind of fact; what nobody has is 0."""
    buyers = crowd.take(crowd.is_buyer)
    return {kind: mean(buyers.column(name)) for kind, name in MIDDLES.items()}


def middles(crowd: Crowd, places: Places) -> dict[str, dict[str, float]]:
    """The same for each segment, of those who have ordered."""
    buyers = crowd.is_buyer
    return {
        code: averages(crowd.take(buyers & (places == place)))
        for place, code in enumerate(CODES)
    }


def mean(values: Floats) -> float:
    known = values[~np.isnan(values)]
    return round(float(known.mean()), 6) if len(known) else 0.0


def facts(crowd: Crowd, places: Places, usual: Mapping[str, float]) -> list[list[Fact]]:
    """Two or three of each customer where so many are known, the most telling first;
    `usual` are averages()."""
    told = np.stack([strength(crowd, kind, usual[kind]) for kind in KINDS], axis=1)
    mine = np.array([[kind in OF_SEGMENT[code] for kind in KINDS] for code in CODES])
    told = told * np.where(mine[places], OWN, 1.0)
    order = np.argsort(-told, axis=1, kind="stable")[:, :MOST_FACTS]
    raw = np.stack([crowd.column(MIDDLES[kind]) for kind in KINDS], axis=1)
    buyers = crowd.is_buyer
    return [
        [fact(KINDS[n], raw[row, n], usual[KINDS[n]]) for n in best if told[row, n] > 0]
        if buyers[row]
        else [{"kind": "no_order"}]
        for row, best in enumerate(order.tolist())
    ]


def strength(crowd: Crowd, kind: str, usual: float) -> Floats:
    """(customers,): how far from the average, 0 where it is not worth a word."""
    values = crowd.known(MIDDLES[kind], instead=-1.0)
    is_told = values >= 0
    values = np.maximum(values, 0)
    if kind in SHARES:
        found = SHARE_WEIGHTS[kind] * (values - min(usual, 1.0) / 2)
        is_told &= (values >= TELLING) & (found > 0)
    else:
        found = np.abs(np.log1p(values) - np.log1p(max(usual, 0.0)))
        is_told &= is_worth(crowd, kind, values, usual)
    if kind in ("spent", "orders"):
        # A little, so that two facts are found of the most average customer, too.
        found = np.maximum(found, 0.01)
    return np.where(is_told, found, 0.0)


def is_worth(
    crowd: Crowd, kind: str, values: Floats, usual: float
) -> NDArray[np.bool_]:
    """(customers,): this side of the average says something."""
    if kind == "every":
        # Who stopped ordering has a rhythm no longer.
        recent = crowd.known("recency_days") <= STOPPED * np.maximum(values, 1)
        return np.asarray(recent & (values < usual))
    if kind in ("asleep", "looks"):
        return np.asarray(values > usual)
    if kind == "since":
        return np.asarray(values < usual)
    return np.ones(len(values), bool)


def fact(kind: str, value: float, usual: float) -> Fact:
    """value: as it is; times: of the average, where that says something."""
    # Parts of a day would be another reason each night.
    digits = 0 if kind in DAYS else 4
    found: Fact = {"kind": kind, "value": round(float(max(value, 0.0)), digits)}
    if kind in (*AMOUNTS, "looks") and usual > 0:
        found["times"] = round(float(max(value, 0.0)) / usual, 2)
    return found
