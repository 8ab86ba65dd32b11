"""How good a list is. Every function takes one user's list, best first."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np


def ndcg(picked: Sequence[int], wanted: Collection[int], k: int = 10) -> float:
    """Normalised discounted cumulative gain at k, binary relevance; 0 to 1."""
    if not wanted:
        raise ValueError("NDCG needs at least one wanted product.")
    hits = np.array([pick in wanted for pick in picked[:k]], dtype=float)
    discounts = 1 / np.log2(np.arange(2, k + 2))
    best = discounts[: min(k, len(wanted))].sum()
    return float((hits * discounts[: len(hits)]).sum() / best)


def recall(picked: Sequence[int], wanted: Collection[int], k: int = 20) -> float:
    """Share of the wanted products among the first k."""
    if not wanted:
        raise ValueError("Recall needs at least one wanted product.")
    return len(set(picked[:k]) & set(wanted)) / len(wanted)
