"""Weights of what somebody did: by its kind, by its age, by how many deeds came since."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from ml_models.data import Deeds, Floats, Ints


@dataclass(frozen=True)
class Weighing:
    """`view`, `cart`, `buy`: what a deed of that kind weighs. A deed that is
    `half_life_days` old, or after which `half_life_steps` others came, weighs half;
    None: it does not age."""

    view: float = 1.0
    cart: float = 1.0
    buy: float = 1.0
    half_life_days: float | None = None
    half_life_steps: float | None = None


def weights(deeds: Deeds, now: float, how: Weighing) -> Floats:
    """(n,): what each deed weighs as of day `now`."""
    found = np.array([0.0, how.view, how.cart, how.buy])[deeds.kinds]
    if how.half_life_days is not None:
        ages = np.maximum(now - deeds.days, 0.0)
        found = found * np.exp2(-ages / how.half_life_days)
    if how.half_life_steps is not None:
        found = found * np.exp2(-steps_back(deeds) / how.half_life_steps)
    return found


def weigh(deeds: Deeds, now: float, how: Weighing) -> sp.csr_matrix:
    """(users, products): the weight of the heaviest deed of each pair, float32."""
    found = weights(deeds, now, how).astype(np.float32)
    shape = (deeds.user_count, deeds.product_count)
    if not len(deeds):
        return sp.csr_matrix(shape, dtype=np.float32)
    pairs = deeds.users * deeds.product_count + deeds.products
    order = np.argsort(pairs, kind="stable")
    starts = np.flatnonzero(np.diff(pairs[order], prepend=-1))
    heaviest = np.maximum.reduceat(found[order], starts)
    first = order[starts]
    matrix = sp.csr_matrix(
        (heaviest, (deeds.users[first], deeds.products[first])), shape=shape
    )
    matrix.eliminate_zeros()
    return matrix


def steps_back(deeds: Deeds) -> Ints:
    """(n,): how many deeds of the same user came after each."""
    order = np.argsort(deeds.users, kind="stable")
    counts = np.bincount(deeds.users, minlength=deeds.user_count)
    ends = np.cumsum(counts)
    back = np.empty(len(deeds), np.int64)
    back[order] = ends[deeds.users[order]] - 1 - np.arange(len(deeds))
    return back


def by_user(deeds: Deeds) -> tuple[Ints, Ints]:
    """Entries sorted by user, each in the order of time; where each user begins:
    (n,), (users + 1,)."""
    order = np.argsort(deeds.users, kind="stable")
    counts = np.bincount(deeds.users, minlength=deeds.user_count)
    return order, np.concatenate([[0], np.cumsum(counts)])
