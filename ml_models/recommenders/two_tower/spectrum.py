"""Where the product vectors start: what is wanted together lies together."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray


def spectrum(wanted: sp.csr_matrix, width: int, seed: int) -> NDArray[np.float32]:
    """(products, width) of unit length: right singular vectors of (users, products).

    Busy users and popular products count less, as in cosine neighbors. Two rounds of a
    randomized range finder (Halko et al. 2011, https://doi.org/10.1137/090771806);
    a product that nobody wanted starts at 0.
    """
    users = np.maximum(np.asarray(wanted.sum(axis=1)).ravel(), 1)
    products = np.maximum(np.asarray(wanted.sum(axis=0)).ravel(), 1)
    even = sp.diags(users**-0.5) @ wanted @ sp.diags(products**-0.5)
    even = sp.csr_matrix(even, dtype=np.float32)
    random = np.random.default_rng(seed)
    start = random.standard_normal((wanted.shape[1], width + 16)).astype(np.float32)
    for _ in range(2):
        start, _ = np.linalg.qr(even.T @ (even @ start))
    small = even @ start
    strengths, turns = np.linalg.eigh(small.T @ small)
    best = np.argsort(-strengths)[:width]
    found = (start @ turns[:, best]) * np.maximum(strengths[best], 0) ** 0.25
    lengths = np.linalg.norm(found, axis=1, keepdims=True)
    unit = np.where(lengths > 1e-6, found / np.maximum(lengths, 1e-6), 0)
    whole = np.zeros((wanted.shape[1], width), np.float32)
    whole[:, : unit.shape[1]] = unit
    return whole
