"""The softmax over few products that stands for the one over all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml_models.data import Floats, Ints


@dataclass(frozen=True)
class Columns:
    """Products that compete in one step.

    products: (columns,) different ones; correction: (columns,) to add to the logits.
    """

    products: NDArray[np.int64]
    correction: NDArray[np.float32]


def log_q(counts: Floats, expected: Floats) -> NDArray[np.float32]:
    """log(count / expected count): what makes a sampled softmax fair.

    Popular products come into a batch more often, so each stands for less than itself:
    exp(logit) is divided by how often it was expected and times how often it came.
    Then the sum over the batch is, on average, the sum over all products
    (Yi et al. 2019, https://doi.org/10.1145/3298689.3346996).
    """
    return np.asarray(np.log(counts) - np.log(expected), np.float32)


class Sampler:
    """Draws the columns of a step: the batch's own, uniform ones, confusing ones."""

    def __init__(self, shares: Floats, drawn: int, full: bool) -> None:
        """`shares`: (products,) how often each is wanted, summing to 1."""
        self.shares = shares
        self.drawn = drawn
        self.full = full
        self.confusing: Floats | None = None

    def columns(self, wanted: Ints, random: np.random.Generator) -> Columns:
        """`wanted`: products wanted in this batch, one entry for each time."""
        many = len(self.shares)
        if self.full:
            return Columns(np.arange(many), np.zeros(many, np.float32))
        hard = self.drawn // 2 if self.confusing is not None else 0
        even = self.drawn - hard
        draws = [wanted, random.integers(0, many, even)]
        expected = len(wanted) * self.shares + even / many
        if self.confusing is not None:
            draws.append(random.choice(many, hard, p=self.confusing))
            expected = expected + hard * self.confusing
        products, counts = np.unique(np.concatenate(draws), return_counts=True)
        return Columns(products, log_q(counts.astype(float), expected[products]))

    def confuse(self, counts: Floats) -> None:
        """`counts`: (products,) how often each was wrongly at the top: hard negatives."""
        if counts.sum():
            self.confusing = counts / counts.sum()
