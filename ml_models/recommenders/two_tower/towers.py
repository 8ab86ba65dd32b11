"""The two towers: layers that turn a history and a product into vectors."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from numpy.typing import NDArray

from ml_models.data import Goods
from ml_models.recommenders.two_tower.config import Config
from ml_models.recommenders.two_tower.histories import AGES, RANKS

PRICES = 16
KINDS = 4
Weights = list[Any]
Start = NDArray[np.float32]


class ProductTower:
    """Id, labels, price and picture of every product -> (products, width)."""

    def __init__(self, product_count: int, goods: Goods, config: Config) -> None:
        self.config = config
        self.product_count = product_count
        random = np.random.default_rng(config.seed)
        width = config.width
        self.ids = _learned(_small(random, product_count, width))
        self.out = _turn(width, 1.0)
        self.weights: Weights = [self.ids, *self.out.trainable_variables]
        self.labels = _labels(goods, product_count)
        if self.labels is not None:
            self.label_ids = _learned(_small(random, self.labels.shape[1], width))
            self.weights.append(self.label_ids)
        self.prices = _prices(goods)
        if self.prices is not None:
            self.price_ids = _learned(_small(random, PRICES + 1, width))
            self.weights.append(self.price_ids)
        self.pictures = goods.pictures
        if self.pictures is not None:
            self.look = dense(self.pictures.shape[1], width, config.seed)
            self.weights += self.look.trainable_variables

    def what_is(self, seed: tf.Tensor | None = None) -> tf.Tensor:
        """(products, width): what the user tower reads. A seed: some lose their id."""
        found = tf.convert_to_tensor(self.ids)
        if seed is not None and self.config.drop_products:
            keep = 1 - self.config.drop_products
            draw = tf.random.stateless_uniform((self.product_count, 1), seed)
            found = found * tf.cast(draw < keep, tf.float32)
        if self.labels is not None:
            ids = tf.convert_to_tensor(self.label_ids)
            found += tf.sparse.sparse_dense_matmul(self.labels, ids)
        if self.prices is not None:
            found += tf.gather(self.price_ids, self.prices)
        if self.pictures is not None:
            found += self.look(self.pictures)
        return found

    def vectors(self, what: tf.Tensor, columns: tf.Tensor | None = None) -> tf.Tensor:
        """(columns, width) of unit length, from `what_is`; None: all products."""
        ours = what if columns is None else tf.gather(what, columns)
        return tf.math.l2_normalize(self.out(ours), axis=-1)


class UserTower:
    """A history, numbers about it, and the user where known -> (rows, width).

    Each head pools the products of the history with weights of its own, learned from a
    deed's rank, age and kind and from the product itself.
    """

    def __init__(self, user_count: int, config: Config, features: int) -> None:
        heads, width = config.heads, config.width
        # The last row is for strangers.
        self.ids = _learned(np.zeros((user_count + 1, width)))
        self.by_rank = _learned(_slopes(heads))
        self.by_age = _learned(np.zeros((AGES, heads)))
        self.by_kind = _learned(np.zeros((KINDS, heads)))
        self.attend = dense(width, heads)
        self.mixes = [_turn(width, 1 / heads) for _ in range(heads)]
        self.context = dense(features, width, config.seed)
        self.think = dense(width, 2 * width, config.seed + 1, "relu")
        self.add = dense(2 * width, width)
        every = (self.attend, *self.mixes, self.context, self.think, self.add)
        self.weights: Weights = [
            *(self.ids, self.by_rank, self.by_age, self.by_kind),
            *(weight for layer in every for weight in layer.trainable_variables),
        ]

    def vectors(
        self, what: tf.Tensor, read: dict[str, tf.Tensor], users: tf.Tensor
    ) -> tf.Tensor:
        """Of unit length. `what`: (products, width); `read`: fields of Padded."""
        found = tf.gather(what, read["products"])
        weights = (
            tf.gather(self.by_rank, read["ranks"])
            + tf.gather(self.by_age, read["ages"])
            + tf.gather(self.by_kind, read["kinds"])
            + self.attend(found)
        )
        weights = tf.exp(tf.clip_by_value(weights, -12.0, 12.0))
        weights *= read["real"][:, :, None]
        weights /= tf.reduce_sum(weights, axis=1, keepdims=True) + 1e-6
        pooled = tf.einsum("bnh,bnd->bhd", weights, found)
        user = 0.1 * self.context(read["features"]) + tf.gather(self.ids, users)
        for head, mix in enumerate(self.mixes):
            user += mix(pooled[:, head])
        user += self.add(self.think(user))
        return tf.math.l2_normalize(user, axis=-1)


class Known:
    """What it means for a product that the user dealt with it before: (rows, length).

    A dot product of towers that share their products cannot say "this very one, now"
    or "this one never again": vectors that are alike score alike.
    """

    def __init__(self, facts: int, seed: int) -> None:
        self.think = dense(facts, 16, seed, "relu")
        self.add = dense(16, 1)
        self.weights: Weights = [
            *self.think.trainable_variables,
            *self.add.trainable_variables,
        ]

    def bonus(self, read: dict[str, tf.Tensor]) -> tf.Tensor:
        found = self.add(self.think(read["known"]))[:, :, 0]
        return found * read["first"]


def _learned(start: NDArray[Any]) -> Any:
    return keras.Variable(start.astype(np.float32))


def _small(random: np.random.Generator, rows: int, width: int) -> Start:
    return (0.1 * random.standard_normal((rows, width))).astype(np.float32)


def _turn(width: int, size: float) -> Any:
    """A square layer that at first only scales."""
    start = keras.initializers.Identity(size)
    layer = layers.Dense(width, use_bias=False, kernel_initializer=start)
    layer.build((None, width))
    return layer


def dense(
    inside: int, outside: int, seed: int | None = None, activation: str | None = None
) -> Any:
    """A layer with its weights. No seed: they are 0, it says nothing at first."""
    start = keras.initializers.Zeros()
    if seed is not None:
        start = keras.initializers.GlorotUniform(seed)
    layer = layers.Dense(outside, activation=activation, kernel_initializer=start)
    layer.build((None, inside))
    return layer


def _slopes(heads: int) -> NDArray[np.float64]:
    """The first head starts by looking at all alike, each next one nearer the end."""
    steep = np.linspace(0, 3, heads)
    return -np.arange(RANKS)[:, None] * steep


def _labels(goods: Goods, product_count: int) -> tf.SparseTensor | None:
    if goods.labels is None or not goods.labels.shape[1]:
        return None
    found = goods.labels.tocoo()
    each = np.asarray(goods.labels.sum(axis=1)).ravel()
    values = (found.data / np.sqrt(np.maximum(each[found.row], 1))).astype(np.float32)
    at = np.stack([found.row, found.col], axis=1).astype(np.int64)
    whole = tf.SparseTensor(at, values, (product_count, found.shape[1]))
    return tf.sparse.reorder(whole)


def _prices(goods: Goods) -> NDArray[np.int32] | None:
    """(products,): which sixteenth of the price list; the last: unknown."""
    if goods.prices is None or np.isnan(goods.prices).all():
        return None
    edges = np.nanquantile(goods.prices, np.linspace(0, 1, PRICES + 1)[1:-1])
    found = np.searchsorted(edges, goods.prices, side="right")
    return np.where(np.isnan(goods.prices), PRICES, found).astype(np.int32)
