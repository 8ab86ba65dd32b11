"""Both towers together: what a step learns, and what scores."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from ml_models.data import Floats, Goods, Ints
from ml_models.recommenders.two_tower.config import Config
from ml_models.recommenders.two_tower.histories import FEATURES, KNOWN, Padded
from ml_models.recommenders.two_tower.towers import (
    Known,
    ProductTower,
    UserTower,
    Weights,
)

COLDEST, HOTTEST = 0.03, 1.0
Batch = dict[str, tf.Tensor]


def _spec(kind: Any, *last: int) -> Any:
    return tf.TensorSpec([None, None, *last], kind)


# What scoring reads: fields of Padded; who it is; the column of each deed.
READ = {
    **{name: _spec(tf.int32) for name in ("products", "kinds", "ages", "ranks")},
    **{name: _spec(tf.float32) for name in ("real", "first")},
    "features": tf.TensorSpec([None, FEATURES], tf.float32),
    "known": _spec(tf.float32, KNOWN),
    "users": tf.TensorSpec([None], tf.int32),
    "places": _spec(tf.int32),
}


class Network:
    """The layers with their weights; knows nothing of data and epochs."""

    def __init__(
        self, user_count: int, product_count: int, goods: Goods, config: Config
    ) -> None:
        self.user_count = user_count
        self.product_count = product_count
        self.products = ProductTower(product_count, goods, config)
        self.users = UserTower(user_count, config, FEATURES)
        self.known = Known(KNOWN, config.seed + 2)
        self.warmth = keras.Variable(np.float32(np.log(config.temperature)))
        # How much each is wanted by anybody.
        self.lean = keras.Variable(np.zeros(product_count, np.float32))
        self.weights: Weights = [
            *self.products.weights,
            *self.users.weights,
            *self.known.weights,
            self.warmth,
            self.lean,
        ]
        # One graph for all shapes: two graphs may round differently, and what is loaded
        # must score the same.
        self._scores = tf.function(
            lambda batch: self.logits(self.products.what_is(), batch),
            input_signature=[READ],
        )

    def freeze(self) -> dict[str, NDArray[np.float32]]:
        return {f"w{n}": as_array(weight) for n, weight in enumerate(self.weights)}

    def restore(self, arrays: dict[str, NDArray[np.float32]]) -> None:
        for number, weight in enumerate(self.weights):
            weight.assign(arrays[f"w{number}"])

    @property
    def temperature(self) -> tf.Tensor:
        return tf.clip_by_value(tf.exp(self.warmth), COLDEST, HOTTEST)

    def logits(
        self, what: tf.Tensor, batch: Batch, columns: tf.Tensor | None = None
    ) -> tf.Tensor:
        """(rows, columns): cosine over temperature, how wanted it is, what is known.

        batch["places"]: (rows, length) the column of each deed's product; as many as
        there are columns: it is not among them.
        """
        lean = self.lean if columns is None else tf.gather(self.lean, columns)
        users = self.users.vectors(what, batch, batch["users"])
        found = tf.matmul(users, self.products.vectors(what, columns), transpose_b=True)
        found = found / self.temperature + lean
        return self._remember(found, batch)

    def scores(self, read: Padded, users: Ints | None = None) -> NDArray[np.float32]:
        """(rows, products). users: (rows,) as at fit, -1 or None for strangers."""
        if users is None:
            users = np.full(len(read.real), -1)
        batch = as_tensors(read) | {
            "users": tf.constant(np.where(users < 0, self.user_count, users), tf.int32),
            "places": tf.constant(read.products, tf.int32),
        }
        return as_array(self._scores(batch))

    def user_vectors(self, read: Padded) -> NDArray[np.float32]:
        """(rows, width) of unit length, of strangers."""
        users = tf.fill([len(read.real)], self.user_count)
        what = self.products.what_is()
        return as_array(self.users.vectors(what, as_tensors(read), users))

    def product_vectors(self) -> NDArray[np.float32]:
        """(products, width) of unit length."""
        return as_array(self.products.vectors(self.products.what_is()))

    def _remember(self, logits: tf.Tensor, batch: Batch) -> tf.Tensor:
        rows, columns = tf.shape(logits)[0], tf.shape(logits)[1]
        places = batch["places"]
        line = tf.broadcast_to(tf.range(rows)[:, None], tf.shape(places))
        inside = tf.cast(places < columns, tf.float32)
        at = tf.stack([line, tf.minimum(places, columns - 1)], axis=-1)
        return tf.tensor_scatter_nd_add(logits, at, self.known.bonus(batch) * inside)

    def loss(
        self, batch: Batch, seed: tf.Tensor, columns: tf.Tensor | None
    ) -> tf.Tensor:
        """Cross-entropy of the wanted products among the columns, by their weights."""
        what = self.products.what_is(seed)
        logits = self.logits(what, batch, columns) + batch["correction"]
        every = tf.reduce_logsumexp(logits, axis=1, keepdims=True)
        hits = tf.gather(logits, batch["wanted"], batch_dims=1)
        weights = batch["weights"]
        return tf.reduce_sum((every - hits) * weights) / tf.reduce_sum(weights)


def as_tensors(read: Padded) -> Batch:
    return {name: tf.constant(value) for name, value in vars(read).items()}


def as_array(found: Any) -> NDArray[np.float32]:
    """numpy's own conversion of a TensorFlow value warns since numpy 2."""
    return np.array(found.numpy(), np.float32)


def start_lean(shares: Floats) -> NDArray[np.float32]:
    """log of how often each is wanted, around 0; never wanted: as the rarest."""
    rarest = shares[shares > 0].min(initial=1.0)
    logs = np.log(np.maximum(shares, rarest / 2))
    found: NDArray[np.float32] = (logs - logs.mean()).astype(np.float32)
    return found
