"""Products worth a second look, and what a ranker is told of them.

Rows are flat: one for each candidate of each case, sorted by case.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ml_models.data import BUY, CART, VIEW, Deeds, Goods, Ints
from ml_models.exam import bought
from ml_models.grading import best
from ml_models.recommenders.base import Recommender, Scores
from ml_models.recommenders.histories import steps_back
from ml_models.recommenders.sparse import dense, unit_rows

Table = NDArray[np.float32]
# What a number is where there is nothing to tell.
NONE = -1.0
FAR = 50.0
# Where facts of products tell how wanted each was lately.
RECENT = 1


@dataclass(frozen=True)
class Candidates:
    """cases, products: (rows,); features: (rows, features); ranked: (rows, members),
    1 for the best of a member, falling with the logarithm of its rank."""

    cases: Ints
    products: Ints
    features: Table
    ranked: Table
    case_count: int

    def sizes(self) -> Ints:
        """(cases,): how many candidates each has."""
        return np.bincount(self.cases, minlength=self.case_count)

    def part(self, cases: Ints) -> Candidates:
        """Those of these cases, which keep their order and are numbered anew."""
        numbers = np.full(self.case_count, -1, np.int64)
        numbers[cases] = np.arange(len(cases))
        found = numbers[self.cases]
        kept = found >= 0
        return Candidates(
            found[kept],
            self.products[kept],
            self.features[kept],
            self.ranked[kept],
            len(cases),
        )


@dataclass(frozen=True)
class Facts:
    """What is known of products when the members have learned: (products, facts)."""

    of_products: Table
    labels: sp.csr_matrix | None
    log_prices: NDArray[np.float32] | None


def facts(deeds: Deeds, goods: Goods) -> Facts:
    """Popularity, lately and in all; age; how often it is carted, bought, bought again."""
    count, total = deeds.product_count, max(1, len(deeds))
    last = float(deeds.days.max()) if len(deeds) else 0.0
    all_time = np.bincount(deeds.products, minlength=count)
    lately = deeds.where(deeds.days > last - 28)
    recent = np.bincount(lately.products, minlength=count)
    kinds = [
        np.bincount(deeds.products[deeds.kinds == kind], minlength=count)
        for kind in (CART, BUY)
    ]
    first = np.full(count, last)
    np.minimum.at(first, deeds.products, deeds.days)
    repeated = deeds.where(deeds.kinds == BUY)
    sums = repeated.matrix(np.ones(len(repeated), np.float32))
    again = np.asarray((sums > 1).sum(0)).ravel()
    buyers = np.asarray((sums > 0).sum(0)).ravel()
    # In the order that RECENT counts on.
    columns = [
        np.log1p(1e5 * all_time / total),
        np.log1p(1e5 * recent / max(1, len(lately))),
        last - first,
        (kinds[1] + 1) / (kinds[0] + 2),
        (again + 1) / (buyers + 10),
    ]
    labels = None if goods.labels is None else unit_rows(goods.labels)
    prices = None if goods.prices is None else np.log(np.maximum(goods.prices, 0.01))
    return Facts(np.stack(columns, 1).astype(np.float32), labels, prices)


def gather(
    members: Sequence[Recommender],
    known: Facts,
    histories: Deeds,
    now: float,
    *,
    repeats: bool,
    deep: int,
    most: int,
) -> tuple[Candidates, list[Scores]]:
    """The best `deep` of each member, of these the best `most` by mean rank; and the
    members' scores (users, products)."""
    scores = [member.score(histories, now) for member in members]
    hidden = None if repeats else bought(histories).toarray() > 0
    chosen = np.zeros(scores[0].shape, bool)
    for found in scores:
        open_ = found if hidden is None else np.where(hidden, -np.inf, found)
        np.put_along_axis(chosen, best(open_, deep), True, axis=1)
    if hidden is not None:
        chosen &= ~hidden
    cases, products = np.nonzero(chosen)
    told = np.stack([found[cases, products] for found in scores], 1)
    ranked = rank_values(cases, told)
    kept = foremost(cases, ranked.mean(1), most)
    cases, products, told, ranked = (
        cases[kept],
        products[kept],
        told[kept],
        ranked[kept],
    )
    columns = [
        told,
        between(cases, told, histories.user_count),
        ranked,
        known.of_products[products],
        own_deeds(histories, now, cases, products),
        likeness(known, histories, cases, products),
    ]
    features = np.concatenate(columns, 1, dtype=np.float32)
    return (
        Candidates(cases, products, features, ranked, histories.user_count),
        scores,
    )


def rank_values(cases: Ints, told: Table) -> Table:
    """(rows, members): 1 / log2(1 + rank) within the case."""
    ranked = np.empty_like(told)
    begins = np.concatenate([[0], np.cumsum(np.bincount(cases))])
    for column in range(told.shape[1]):
        order = np.lexsort((-told[:, column], cases))
        ranks = np.arange(len(cases)) - begins[cases[order]]
        ranked[order, column] = 1 / np.log2(2 + ranks)
    return ranked


def foremost(cases: Ints, values: NDArray[Any], most: int) -> NDArray[np.bool_]:
    """(rows,): whether a row is among the best `most` of its case."""
    begins = np.concatenate([[0], np.cumsum(np.bincount(cases))])
    order = np.lexsort((-values, cases))
    kept = np.empty(len(cases), bool)
    kept[order] = np.arange(len(cases)) - begins[cases[order]] < most
    return kept


def between(cases: Ints, told: Table, count: int) -> Table:
    """Scores moved to 0..1 within each case."""
    low = np.full((count, told.shape[1]), np.inf, np.float32)
    high = np.full((count, told.shape[1]), -np.inf, np.float32)
    np.minimum.at(low, cases, told)
    np.maximum.at(high, cases, told)
    span = np.maximum(high - low, 1e-12)
    return np.asarray((told - low[cases]) / span[cases], np.float32)


def own_deeds(histories: Deeds, now: float, cases: Ints, products: Ints) -> Table:
    """What the case did with the candidate, and how much it did at all: (rows, 9)."""
    width = histories.product_count
    pairs = histories.users * width + histories.products
    numbers, at = np.unique(pairs, return_inverse=True)
    ages = np.maximum(now - histories.days, 0)
    back = steps_back(histories).astype(float)
    youngest, nearest = (np.full(len(numbers) + 1, np.inf) for _ in range(2))
    np.minimum.at(youngest, at, ages)
    np.minimum.at(nearest, at, back)
    counts = [
        np.bincount(at[histories.kinds == kind], minlength=len(numbers) + 1)
        for kind in (VIEW, CART, BUY)
    ]
    asked = cases * width + products
    rows = np.searchsorted(numbers, asked)
    rows[rows == len(numbers)] = 0
    found = (numbers[rows] == asked) if len(numbers) else np.zeros(len(asked), bool)
    rows = np.where(found, rows, len(numbers))
    lengths = np.bincount(histories.users, minlength=histories.user_count)
    carts = np.bincount(
        histories.users[histories.kinds == CART], minlength=histories.user_count
    )
    since = np.full(histories.user_count, np.inf)
    np.minimum.at(since, histories.users, ages)
    since[~np.isfinite(since)] = NONE
    columns = [
        *(count[rows] for count in counts),
        np.where(found, youngest[rows], NONE),
        np.where(found, np.minimum(nearest[rows], FAR), NONE),
        lengths[cases],
        carts[cases],
        since[cases],
        np.where(found, youngest[rows] - since[cases], NONE),
    ]
    return np.stack(columns, 1).astype(np.float32)


def likeness(known: Facts, histories: Deeds, cases: Ints, products: Ints) -> Table:
    """How like the candidate is to the last and to the last few products: labels, price."""
    back = steps_back(histories)
    late = histories.where(back < 5)
    worth = (0.7 ** back[back < 5]).astype(np.float32)
    recent = unit_rows(late.matrix(worth))
    last = histories.where(back == 0).matrix()
    columns = []
    if known.labels is not None:
        for users in (last, recent):
            taste = unit_rows(sp.csr_matrix(users @ known.labels))
            columns.append(dots(taste, known.labels, cases, products))
    if known.log_prices is not None:
        prices = np.nan_to_num(known.log_prices)
        for users in (last, recent):
            weights = np.maximum(np.asarray(users.sum(1)).ravel(), 1e-9)
            usual = (users @ prices) / weights
            columns.append(known.log_prices[products] - usual[cases])
        columns.append(known.log_prices[products])
    if not columns:
        return np.empty((len(cases), 0), np.float32)
    return np.stack(columns, 1).astype(np.float32)


def dots(
    tastes: sp.csr_matrix, labels: sp.csr_matrix, cases: Ints, products: Ints
) -> NDArray[np.float32]:
    """(rows,): products of a case's taste with a product's labels."""
    if labels.shape[0] * tastes.shape[0] <= 2**24:
        return dense(sp.csr_matrix(tastes @ labels.T))[cases, products]
    both = tastes[cases].multiply(labels[products])
    return np.asarray(both.sum(1), np.float32).ravel()
