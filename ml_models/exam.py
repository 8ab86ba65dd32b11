"""Cases to judge a recommender by: what was known, and what was wanted next."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ml_models.data import BUY, VIEW, Deeds, Ints

# Cells of scores that are held at once: 64 MiB of them.
CELLS = 2**24


@dataclass(frozen=True)
class Exam:
    """`histories`: a user of it is one case; wanted: (cases, products), 1 where wanted.

    `repeats`: may what was bought before be picked again? Where not, it is hidden.
    """

    histories: Deeds
    wanted: sp.csr_matrix
    now: float
    repeats: bool = True

    def __len__(self) -> int:
        return self.histories.user_count

    def part(self, cases: Ints) -> Exam:
        """Only these cases, in this order."""
        return replace(
            self,
            histories=take_users(self.histories, cases),
            wanted=self.wanted[cases],
        )


@dataclass(frozen=True)
class Grades:
    """ndcg, recall: (cases,), NDCG@10 and Recall@20; picks: (cases, 20), best first."""

    ndcg: NDArray[np.float64]
    recall: NDArray[np.float64]
    picks: Ints

    def coverage(self, products: int) -> float:
        """Share of all products that anybody has among the first ten."""
        return len(np.unique(self.picks[:, :10])) / products


def take_users(deeds: Deeds, users: Ints) -> Deeds:
    """The deeds of these users, who are then numbered from 0 in this order."""
    numbers = np.full(deeds.user_count, -1, np.int64)
    numbers[users] = np.arange(len(users))
    numbered = numbers[deeds.users]
    kept = numbered >= 0
    return Deeds(
        numbered[kept],
        deeds.products[kept],
        deeds.kinds[kept],
        deeds.days[kept],
        len(users),
        deeds.product_count,
    )


def chunks(users: int, products: int, cells: int = CELLS) -> list[Ints]:
    """Users in parts whose scores fit into bounded memory."""
    size = max(1, cells // max(1, products))
    return [
        np.arange(start, min(start + size, users)) for start in range(0, users, size)
    ]


def bought(histories: Deeds) -> sp.csr_matrix:
    """(users, products): 1 where it was bought."""
    return histories.where(histories.kinds == BUY).matrix()


def exam_of(
    past: Deeds,
    window: Deeds,
    *,
    kind: int = BUY,
    repeats: bool = True,
    most: int | None = None,
    seed: int = 0,
) -> Exam:
    """What the users of `past` did in the days right after it.

    A case is a user with any deed in `past` and one of at least `kind` in the window with
    a product of `past` (that they had not bought, where nothing is to repeat); `most`
    draws so many of them.
    """
    found = window.where(window.kinds >= kind).matrix()
    known = np.bincount(past.products, minlength=past.product_count) > 0
    wanted = (found @ sp.diags(known.astype(np.float32))).tocsr()
    if not repeats:
        wanted = (wanted - wanted.multiply(bought(past))).tocsr()
    wanted.eliminate_zeros()
    active = np.bincount(past.users, minlength=past.user_count) > 0
    cases = np.flatnonzero((np.diff(wanted.indptr) > 0) & active)
    if most is not None and len(cases) > most:
        chance = np.random.default_rng(seed)
        cases = np.sort(chance.choice(cases, most, replace=False))
    now = float(window.days.min()) if len(window) else 0.0
    return Exam(take_users(past, cases), wanted[cases], now, repeats)


def strongest(deeds: Deeds) -> int:
    """The strongest kind of deed that there is: what a shop without sales can ask for."""
    return int(deeds.kinds.max()) if len(deeds) else VIEW
