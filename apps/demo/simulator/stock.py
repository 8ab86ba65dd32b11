"""What the shelves held: opening buys, restocks after lead times, empty days.

Sales cannot exceed stock; the wish stays known to the truth. Arrays: V variants,
L wanted lines in time order.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

from apps.demo.simulator.assortment import BRANDS, MAKERS
from apps.demo.simulator.baskets import Wishes
from apps.demo.simulator.catalogue import Catalogue
from apps.demo.simulator.plan import Bools, Floats, Ints, Plan

MORNING = 6 * 3600
SWITCH = 0.35  # chance to take another color when the wanted one is gone
LOST = -1


@dataclass(frozen=True)
class Fate:
    """What becomes of a wanted line, drawn before stock is known."""

    takes: Bools  # (L,) false for payments that fail: no stock moves
    back_day: Ints  # (L,) when the goods come back, or a day past the end
    switch: Floats  # (L,) uniform: decides about another color


@dataclass(frozen=True)
class Shelves:
    sold: Ints  # (L,) the variant that was sold, or LOST
    final: Ints  # (V,) stock at the end
    change_variant: Ints  # rows of the history, in time order
    change_second: Ints
    change_quantity: Ints
    change_reason: tuple[str, ...]
    bought: Ints  # (deliveries, 4): variant, ordered day, arrived day, units


@dataclass
class _Log:
    variant: list[Ints] = field(default_factory=list)
    second: list[Ints] = field(default_factory=list)
    quantity: list[Ints] = field(default_factory=list)
    reason: list[str] = field(default_factory=list)

    def add(self, variants: Ints, seconds: Ints, stock: Ints, reason: str) -> None:
        self.variant.append(variants)
        self.second.append(seconds)
        self.quantity.append(stock[variants])
        self.reason += [reason] * len(variants)


def run(plan: Plan, catalogue: Catalogue, wishes: Wishes, fate: Fate) -> Shelves:
    return _Warehouse(plan, catalogue, wishes, fate).run()


class _Warehouse:
    """The state of one run, day by day."""

    def __init__(
        self, plan: Plan, catalogue: Catalogue, wishes: Wishes, fate: Fate
    ) -> None:
        self.plan, self.catalogue, self.wishes, self.fate = (
            plan,
            catalogue,
            wishes,
            fate,
        )
        self.rng = plan.rng("stock")
        self.day = wishes.day[wishes.line_order]
        self.second = wishes.second[wishes.line_order]
        self.sold = np.full(len(self.day), LOST, dtype=np.int64)
        count = len(catalogue.variant_product)
        self.stock = np.zeros(count, dtype=np.int64)
        self.coming = np.zeros(count, dtype=np.int64)
        self.pace = np.zeros(count)  # smoothed units a day
        self.arrivals: dict[int, list[tuple[int, int]]] = defaultdict(list)
        self.returns: dict[int, list[tuple[int, int]]] = defaultdict(list)
        self.bought: list[tuple[int, int, int, int]] = []
        self.log = _Log()
        makers = np.array([brand.supplier for brand in BRANDS])
        self.maker = makers[catalogue.brand][catalogue.variant_product]
        self.lead = np.array([m.lead_days for m in MAKERS])[self.maker]
        self.spread = np.array([m.lead_sd for m in MAKERS])[self.maker]
        self.launch = np.maximum(catalogue.launch, 0)[catalogue.variant_product]
        self.last = catalogue.last[catalogue.variant_product]

    def run(self) -> Shelves:
        opening = self._opening()
        edges = np.searchsorted(self.day, np.arange(self.plan.days + 1))
        for day in range(self.plan.days):
            self._open(day, opening)
            self._receive(day)
            self._sell(day, edges[day], edges[day + 1])
            if self.plan.date(day).weekday() == 0:
                self._reorder(day)
        return self._shelves()

    def _opening(self) -> Ints:
        """The buyer's plan: eight weeks of what will be wanted, misjudged as people do."""
        wanted = np.bincount(
            self.wishes.line_variant[self.day < self.plan.days],
            minlength=len(self.stock),
        )
        days = np.maximum(14, np.minimum(self.plan.days, self.last + 1) - self.launch)
        shared = np.bincount(self.catalogue.variant_product, wanted)
        sizes = np.bincount(self.catalogue.variant_product)
        typical = (shared / sizes)[self.catalogue.variant_product]
        pace = (0.6 * wanted + 0.4 * typical) / days
        self.pace = pace.copy()
        error = np.exp(self.rng.normal(0, 0.3, len(pace)))
        short = np.where(
            self.catalogue.is_core[self.catalogue.variant_product], 56, 120
        )
        units: Floats = np.ceil(pace * short * error + 1)
        return units.clip(min=2).astype(np.int64)

    def _open(self, day: int, opening: Ints) -> None:
        fresh = np.flatnonzero(self.launch == day)
        if len(fresh):
            self.stock[fresh] += opening[fresh]
            self.log.add(
                fresh, np.full(len(fresh), day * 86_400), self.stock, "opening"
            )

    def _receive(self, day: int) -> None:
        for book, reason, offset in (
            (self.arrivals, "delivery", 0),
            (self.returns, "return", 1800),
        ):
            rows = book.pop(day, [])
            if not rows:
                continue
            variants, units = (
                np.array(x, dtype=np.int64) for x in zip(*rows, strict=True)
            )
            np.add.at(self.stock, variants, units)
            if reason == "delivery":
                np.subtract.at(self.coming, variants, units)
            changed = np.unique(variants)
            moment = np.full(len(changed), day * 86_400 + MORNING + offset)
            self.log.add(changed, moment, self.stock, reason)

    def _sell(self, day: int, start: int, end: int) -> None:
        rows = np.arange(start, end)[self.fate.takes[start:end]]
        variant = self.wishes.line_variant[rows]
        units = self.wishes.line_quantity[rows]
        order = np.argsort(variant, kind="stable")
        running = units[order].cumsum()
        heads = np.searchsorted(variant[order], variant[order])
        before = np.concatenate([[0], running])[heads]
        fits = np.empty(len(rows), dtype=bool)
        fits[order] = running - before <= self.stock[variant[order]]
        self.sold[rows[fits]] = variant[fits]
        np.subtract.at(self.stock, variant[fits], units[fits])
        self._switch(rows[~fits])
        self._close(day, rows)

    def _switch(self, rows: Ints) -> None:
        """Another color of the same size, if there is one and the shopper likes to."""
        product = self.catalogue.variant_product
        for row in rows[self.fate.switch[rows] < SWITCH]:
            wanted = self.wishes.line_variant[row]
            mates = np.flatnonzero(
                (product == product[wanted])
                & (self.catalogue.variant_size == self.catalogue.variant_size[wanted])
            )
            best = mates[self.stock[mates].argmax()]
            if self.stock[best] >= self.wishes.line_quantity[row] and best != wanted:
                self.sold[row] = best
                self.stock[best] -= self.wishes.line_quantity[row]

    def _close(self, day: int, rows: Ints) -> None:
        """Write the day's last quantity per variant, and note what will come back."""
        done = rows[self.sold[rows] != LOST]
        variants, units = self.sold[done], self.wishes.line_quantity[done]
        today = np.bincount(variants, units, minlength=len(self.stock))
        # Learn the pace only on days when something could be sold.
        can = (self.stock + today > 0) & (self.launch <= day)
        self.pace = np.where(can, self.pace * (1 - 1 / 35) + today / 35, self.pace)
        if len(done) == 0:
            return
        changed = np.unique(variants)
        latest = np.zeros(len(self.stock), dtype=np.int64)
        np.maximum.at(latest, variants, self.second[done])
        self.log.add(changed, latest[changed], self.stock, "sale")
        backs = self.fate.back_day[done]
        for variant, unit, back in zip(variants, units, backs, strict=True):
            if back < self.plan.days:
                self.returns[int(back)].append((int(variant), int(unit)))

    def _reorder(self, day: int) -> None:
        """Monday's review: up to what lead time and five weeks will take."""
        need = self.pace * (self.lead + 7)
        point = need + 0.7 * np.sqrt(need)
        have = self.stock + self.coming
        due = (self.launch <= day) & (self.last > day) & (have < point)
        rows = np.flatnonzero(due)
        units = np.ceil(self.pace[rows] * (self.lead[rows] + 42) + 1 - have[rows])
        days = np.rint(self.rng.normal(self.lead[rows], self.spread[rows])).astype(int)
        for row, unit, wait in zip(
            rows, np.maximum(units, 3).astype(int), days, strict=True
        ):
            arrived = day + max(4, int(wait))
            self.coming[row] += unit
            self.arrivals[arrived].append((int(row), int(unit)))
            self.bought.append((int(row), day, arrived, int(unit)))

    def _shelves(self) -> Shelves:
        variant, second, quantity = (
            np.concatenate(part)
            for part in (self.log.variant, self.log.second, self.log.quantity)
        )
        return Shelves(
            sold=self.sold,
            final=self.stock,
            change_variant=variant,
            change_second=second,
            change_quantity=quantity,
            change_reason=tuple(self.log.reason),
            bought=np.array(self.bought, dtype=np.int64).reshape(-1, 4),
        )
