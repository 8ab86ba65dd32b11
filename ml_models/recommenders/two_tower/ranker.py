"""Puts the first candidates in order: a small network over both towers' vectors."""

from __future__ import annotations

from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from ml_models.data import Ints
from ml_models.recommenders.two_tower.histories import KNOWN, Padded
from ml_models.recommenders.two_tower.network import Network, as_array
from ml_models.recommenders.two_tower.towers import Weights, dense

# The towers' logit, how wanted it is, whether known and how.
PLAIN = 3 + KNOWN


@dataclass(frozen=True)
class Lists:
    """Candidates of rows, best first by the towers.

    products: (rows, candidates); logits: the same; facts: (rows, candidates, PLAIN);
    users: (rows, width).
    """

    products: Ints
    logits: NDArray[np.float32]
    facts: NDArray[np.float32]
    users: NDArray[np.float32]


def candidates(
    network: Network, read: Padded, scores: NDArray[np.float32], count: int
) -> Lists:
    """The `count` products of the highest scores, with all that the ranker reads."""
    count = min(count, scores.shape[1])
    top = np.argpartition(-scores, count - 1, axis=1)[:, :count]
    order = np.take_along_axis(-scores, top, 1).argsort(axis=1, kind="stable")
    top = np.take_along_axis(top, order, 1)
    logits = np.take_along_axis(scores, top, 1)
    lean = as_array(network.lean)[top]
    same = (top[:, :, None] == read.products[:, None, :]) & (read.first > 0)[:, None]
    known = np.einsum("rcn,rnk->rck", same.astype(np.float32), read.known)
    facts = np.concatenate(
        [logits[..., None] / 10, lean[..., None] / 5, same.any(2)[..., None], known], 2
    )
    users = network.user_vectors(read)
    return Lists(top, logits, facts.astype(np.float32), users)


class Ranker:
    """An MLP whose answer is added to the towers' logit."""

    def __init__(self, width: int, seed: int) -> None:
        self.seed = seed
        self.think = dense(PLAIN + 3 * width, 64, seed, "relu")
        self.again = dense(64, 32, seed + 1, "relu")
        # Nothing at first: it starts from the order of the towers.
        self.add = dense(32, 1)

    @property
    def weights(self) -> Weights:
        return [
            weight
            for layer in (self.think, self.again, self.add)
            for weight in layer.trainable_variables
        ]

    def logits(self, lists: dict[str, tf.Tensor], vectors: tf.Tensor) -> tf.Tensor:
        """(rows, candidates). vectors: (products, width) of the product tower."""
        products = tf.gather(vectors, lists["products"])
        users = tf.broadcast_to(lists["users"][:, None], tf.shape(products))
        seen = tf.concat([lists["facts"], users * products, users, products], axis=-1)
        return lists["logits"] + self.add(self.again(self.think(seen)))[:, :, 0]

    def order(self, lists: Lists, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """(rows, candidates): the towers' logits, dealt out anew."""
        found = as_array(self.logits(_tensors(lists), tf.constant(vectors)))
        places = np.argsort(np.argsort(-found, axis=1, kind="stable"), axis=1)
        return np.take_along_axis(lists.logits, places, 1)

    def fit(
        self,
        lists: Lists,
        wanted: NDArray[np.float32],
        vectors: NDArray[np.float32],
        epochs: int,
    ) -> list[float]:
        """wanted: (rows, candidates), 1 where it came next. Rows without any tell
        nothing of the order, and are left out."""
        random = np.random.default_rng(self.seed)
        optimizer = keras.optimizers.AdamW(0.001, weight_decay=0.01)
        optimizer.build(self.weights)
        shown = tf.constant(vectors)

        def learn(batch: dict[str, tf.Tensor], aim: tf.Tensor) -> tf.Tensor:
            with tf.GradientTape() as tape:
                logits = self.logits(batch, shown)
                loss = tf.reduce_mean(
                    tf.nn.softmax_cross_entropy_with_logits(aim, logits)
                )
            optimizer.apply(tape.gradient(loss, self.weights), self.weights)
            return loss

        step = tf.function(learn, reduce_retracing=True)
        useful = np.flatnonzero(wanted.sum(axis=1) > 0)
        losses = []
        for _ in range(epochs):
            found = []
            order = random.permutation(useful)
            for begin in range(0, len(order), 256):
                at = order[begin : begin + 256]
                aim = wanted[at] / wanted[at].sum(axis=1, keepdims=True)
                found.append(float(step(_tensors(take(lists, at)), tf.constant(aim))))
            losses.append(float(np.mean(found)) if found else 0.0)
        return losses


def take(lists: Lists, rows: Ints) -> Lists:
    return Lists(
        lists.products[rows],
        lists.logits[rows],
        lists.facts[rows],
        lists.users[rows],
    )


def join(parts: list[Lists]) -> Lists:
    return Lists(
        np.concatenate([part.products for part in parts]),
        np.concatenate([part.logits for part in parts]),
        np.concatenate([part.facts for part in parts]),
        np.concatenate([part.users for part in parts]),
    )


def _tensors(lists: Lists) -> dict[str, tf.Tensor]:
    return {name: tf.constant(value) for name, value in vars(lists).items()}
