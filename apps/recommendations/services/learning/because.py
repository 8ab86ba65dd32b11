"""Which of somebody's own products a pick goes with best: the reason that is told."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from apps.recommendations.services.learning.history import History
from ml_models.data import Deeds
from ml_models.recommenders.item_knn import Config, ItemKnn

# What a reason may name: somebody's last products.
REMEMBERED = 12
NOBODY = -1


class Reasons:
    """Which of somebody's own products a pick goes with best."""

    def __init__(self, data: History) -> None:
        model = ItemKnn(Config(neighbors=100))
        model.fit(data.deeds)
        self.near = np.asarray(model.similar.toarray(), np.float32)

    def of(
        self, asked: Deeds, places: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int8]]:
        """about, codes: (users, depth)."""
        own, kinds = last_products(asked)
        near = self.near[own[:, :, None], places[:, None, :]]
        near = np.where((own == NOBODY)[:, :, None], -1.0, near)
        chosen = near.argmax(axis=1)
        is_near = np.take_along_axis(near, chosen[:, None, :], 1)[:, 0] > 0
        about = np.where(is_near, np.take_along_axis(own, chosen, 1), NOBODY)
        codes = np.where(is_near, np.take_along_axis(kinds, chosen, 1), 0)
        return about, codes.astype(np.int8)


def last_products(asked: Deeds) -> tuple[NDArray[np.int64], NDArray[np.int8]]:
    """(users, REMEMBERED): the last deeds' products, NOBODY where there are fewer."""
    own = np.full((asked.user_count, REMEMBERED), NOBODY, np.int64)
    kinds = np.zeros((asked.user_count, REMEMBERED), np.int8)
    order = np.lexsort((-asked.days, asked.users))
    users = asked.users[order]
    starts = np.searchsorted(users, np.arange(asked.user_count))
    place = np.arange(len(users)) - starts[users]
    inside = place < REMEMBERED
    chosen = order[inside]
    own[users[inside], place[inside]] = asked.products[chosen]
    kinds[users[inside], place[inside]] = asked.kinds[chosen]
    return own, kinds


def unreasoned(shape: tuple[int, ...]) -> tuple[NDArray[np.int64], NDArray[np.int8]]:
    return np.full(shape, NOBODY, np.int64), np.zeros(shape, np.int8)
