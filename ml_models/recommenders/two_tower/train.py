"""Teaching the network: epochs over ever new examples, and when to stop."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from time import perf_counter

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from ml_models.data import Floats, Ints
from ml_models.recommenders.base import Say, silent
from ml_models.recommenders.two_tower.config import Config
from ml_models.recommenders.two_tower.examples import Examples, Lessons, batches
from ml_models.recommenders.two_tower.histories import pad
from ml_models.recommenders.two_tower.losses import Columns, Sampler
from ml_models.recommenders.two_tower.network import READ, Batch, Network, as_tensors

# Users whose last wish is kept for judging.
JUDGES = 2000
# Examples looked through for hard negatives, and how many of the first are taken.
MINED, WRONG = 1000, 20
AT_ONCE = 500


@dataclass(frozen=True)
class Course:
    """By epoch: loss, gain on the validation, seconds."""

    losses: list[float]
    validation: list[float]
    seconds: list[float]

    @property
    def best(self) -> int:
        """The first epoch of the highest validation; 0 where there was none."""
        return int(np.argmax(self.validation)) if self.validation else 0


@dataclass(frozen=True)
class Kept:
    """What may be learned from: users with more than the kept wish, and moments."""

    users: Ints
    moments: Ints
    judged: Examples


class Trainer:
    """Runs epochs of one network on the lessons, without the examples of validation."""

    def __init__(self, network: Network, lessons: Lessons, config: Config) -> None:
        self.network = network
        self.lessons = lessons
        self.config = config
        self.random = np.random.default_rng(config.seed)
        self.kind_weights = _kind_weights(lessons.line.kinds, config.weaker)
        shares = np.bincount(
            lessons.line.products,
            self.kind_weights[lessons.line.kinds],
            minlength=network.product_count,
        )
        self.shares = shares / max(shares.sum(), 1e-9)
        full = network.product_count <= config.full_softmax
        self.sampler = Sampler(self.shares, config.drawn, full)
        self.optimizer = keras.optimizers.AdamW(
            config.learning_rate, weight_decay=config.decay, clipnorm=5.0
        )
        self.optimizer.build(network.weights)
        each = tf.TensorSpec([None, None], tf.float32)
        wanted = tf.TensorSpec([None, None], tf.int32)
        places = tf.TensorSpec([None], tf.float32)
        batch = {**READ, "wanted": wanted, "weights": each, "correction": places}
        seed, columns = tf.TensorSpec([2], tf.int32), tf.TensorSpec([None], tf.int32)
        self._step = tf.function(self._learn, input_signature=[batch, seed, columns])

    def _learn(self, batch: Batch, seed: tf.Tensor, columns: tf.Tensor) -> tf.Tensor:
        every = columns if not self.sampler.full else None
        with tf.GradientTape() as tape:
            loss = self.network.loss(batch, seed, every)
        weights = self.network.weights
        gradients = tape.gradient(loss, weights)
        self.optimizer.apply(
            [tf.convert_to_tensor(gradient) for gradient in gradients], weights
        )
        return loss

    def batch(self, examples: Examples) -> tuple[Batch, Columns]:
        """What a step reads, some deeds and users left out by chance."""
        line, config = self.lessons.line, self.config
        read = pad(line, examples.rows, config.memory)
        users = examples.rows.users
        keep = self.random.random(read.real.shape) >= config.drop_deeds
        read = replace(read, real=read.real * keep)
        lost = self.random.random(len(users)) < config.drop_users
        users = np.where(lost, self.network.user_count, users)
        real = examples.wanted >= 0
        at = np.maximum(examples.wanted, 0)
        products = line.products[at]
        weights = self.kind_weights[line.kinds[at]] * real
        # A row with many wishes must not drown one with a single one.
        weights = weights / np.sqrt(np.maximum(real.sum(axis=1, keepdims=True), 1))
        columns = self.sampler.columns(products[real], self.random)
        place = np.full(self.network.product_count, len(columns.products))
        place[columns.products] = np.arange(len(columns.products))
        wanted = np.where(real, place[products], 0)
        found = as_tensors(read) | {
            "users": tf.constant(users, tf.int32),
            "places": tf.constant(place[read.products], tf.int32),
            "wanted": tf.constant(wanted, tf.int32),
            "weights": tf.constant(weights, tf.float32),
            "correction": tf.constant(columns.correction),
        }
        return found, columns

    def epoch(self, kept: Kept) -> float:
        """One pass; returns the mean loss."""
        losses = []
        for examples in self._examples(kept):
            batch, columns = self.batch(examples)
            seed = tf.constant(self.random.integers(0, 2**31 - 1, 2), tf.int32)
            at = tf.constant(columns.products, tf.int32)
            losses.append(float(self._step(batch, seed, at)))
        return float(np.mean(losses)) if losses else 0.0

    def mine(self, kept: Kept) -> None:
        """See which products stand wrongly at the top, to draw them more often."""
        if self.sampler.full:
            return
        line, memory = self.lessons.line, self.config.memory
        counts = np.zeros(self.network.product_count)
        most = min(WRONG, len(counts) - 1)
        for part in self.sample(kept, MINED).parts(AT_ONCE):
            scores = self.network.scores(pad(line, part.rows, memory))
            real = part.wanted >= 0
            rows = np.broadcast_to(np.arange(len(part))[:, None], real.shape)[real]
            scores[rows, line.products[part.wanted[real]]] = -np.inf
            top = np.argpartition(-scores, most, axis=1)[:, :most]
            counts += np.bincount(top.ravel(), minlength=len(counts))
        self.sampler.confuse(counts)

    def sample(self, kept: Kept, rows: int) -> Examples:
        """Some of what is learned from, in one piece."""
        if self.lessons.is_ordered:
            return self.lessons.of_moments(self._some(kept.moments, rows), self.random)
        return self.lessons.of_sets(self._some(kept.users, rows), self.random)

    def _examples(self, kept: Kept) -> Iterator[Examples]:
        lessons = self.lessons
        moments, users = self._lots(kept)
        before = lessons.moments[moments]
        before = before - lessons.line.starts[lessons.users[before]]
        whole = np.diff(lessons.line.starts)[users]
        parts = [
            *((lessons.of_moments, moments[at]) for at in self._batches(before)),
            *((lessons.of_sets, users[at]) for at in self._batches(whole)),
        ]
        for number in self.random.permutation(len(parts)):
            cut, chosen = parts[number]
            yield cut(chosen, self.random)

    def _batches(self, lengths: Ints) -> list[Ints]:
        return batches(lengths, self.config.batch, self.random)

    def _lots(self, kept: Kept) -> tuple[Ints, Ints]:
        """Moments to look forward from, and users whose deeds are hidden, of one epoch."""
        most = self.config.epoch_rows
        moments = self._some(kept.moments, most)
        if self.lessons.is_ordered:
            share = self.config.shuffled
            most = int(len(moments) * share / (1 - share))
        return moments, self._some(kept.users, most)

    def _some(self, numbers: Ints, most: int) -> Ints:
        return self.random.choice(numbers, min(most, len(numbers)), replace=False)


def keep_some(lessons: Lessons, random: np.random.Generator) -> Kept:
    """Put the last wish of up to JUDGES users, at most a tenth, aside for validation."""
    strong = lessons.line.kinds == lessons.strongest
    per_user = np.bincount(lessons.users[strong], minlength=lessons.line.user_count)
    able = np.flatnonzero(per_user > 1)
    judges = random.choice(able, min(JUDGES, len(able) // 10), replace=False)
    others = np.setdiff1d(np.flatnonzero(per_user > 1), judges)
    if not lessons.is_ordered:
        judged = lessons.of_sets(judges, random)
        return Kept(others, np.empty(0, np.int64), judged)
    owners = lessons.users[lessons.moments]
    wishes = np.add.reduceat(strong, lessons.moments) > 0
    last = np.full(lessons.line.user_count, -1)
    at = np.flatnonzero(wishes)
    last[owners[at]] = at
    chosen = last[judges]
    if lessons.is_single:
        theirs = np.isin(owners, judges) & wishes
        theirs &= lessons.moments > lessons.line.starts[owners]
        last[judges] = 0
        chosen = random.permutation(np.flatnonzero(theirs))[: 2 * JUDGES]
    # What a judge did from the last wish on is not learned from.
    free = ~np.isin(owners, judges) | (np.arange(len(owners)) < last[owners])
    judged = lessons.of_moments(chosen, random)
    return Kept(others, np.flatnonzero(free), judged)


def judge(network: Network, trainer: Trainer, examples: Examples) -> float:
    """Mean discounted gain at 10 of the wanted products; what it was trained for."""
    total, weight = 0.0, 0.0
    line, memory = trainer.lessons.line, trainer.config.memory
    for part in examples.parts(AT_ONCE):
        scores = network.scores(pad(line, part.rows, memory))
        found, count = _gain(scores, part, trainer)
        total, weight = total + found, weight + count
    return total / max(weight, 1e-9)


def _gain(
    scores: NDArray[np.float32], part: Examples, trainer: Trainer
) -> tuple[float, float]:
    line, at = trainer.lessons.line, np.maximum(part.wanted, 0)
    weights = trainer.kind_weights[line.kinds[at]] * (part.wanted >= 0)
    products = line.products[at]
    own = np.take_along_axis(scores, products, axis=1)
    ranks = np.stack(
        [(scores > own[:, [k]]).sum(axis=1) for k in range(own.shape[1])], 1
    )
    gains = np.where(ranks < 10, 1 / np.log2(ranks + 2), 0)
    return float((gains * weights).sum()), float(weights.sum())


def _kind_weights(kinds: NDArray[np.int8], weaker: float) -> Floats:
    """(4,): 1 for the strongest kind there is, less for each weaker one."""
    strongest = int(kinds.max(initial=0))
    return np.array([weaker ** (strongest - kind) for kind in range(4)]).clip(0, 1)


def run(trainer: Trainer, kept: Kept, say: Say = silent) -> Course:
    """Epochs until the validation stops getting better; the best one's weights stay."""
    config, network = trainer.config, trainer.network
    course = Course([], [], [])
    weights = network.freeze()
    for number in range(_epochs(trainer, kept)):
        began = perf_counter()
        say(f"Teaching two towers, round {number + 1}")
        # The rate falls along a half cosine, so that the last steps settle.
        share = 0.5 * (1 + np.cos(np.pi * number / config.epochs))
        trainer.optimizer.learning_rate = config.learning_rate * (0.02 + 0.98 * share)
        course.losses.append(trainer.epoch(kept))
        trainer.mine(kept)
        course.validation.append(judge(network, trainer, kept.judged))
        course.seconds.append(perf_counter() - began)
        if course.best == number or not len(kept.judged):
            weights = network.freeze()
        elif number - course.best >= config.patience:
            break
    network.restore(weights)
    return course


def _epochs(trainer: Trainer, kept: Kept) -> int:
    if not len(trainer.lessons.line.products):
        return 0
    # Too few users to put some aside: nothing says when to stop, so it is early.
    few = trainer.config.patience
    return trainer.config.epochs if len(kept.judged) else few
