"""Sparse matrices among arrays: how they are saved, normalized and cut."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray


def pack(name: str, matrix: sp.csr_matrix) -> dict[str, NDArray[Any]]:
    """The arrays of a matrix, for an artefact."""
    return {
        f"{name}_data": matrix.data,
        f"{name}_indices": matrix.indices,
        f"{name}_indptr": matrix.indptr,
        f"{name}_shape": np.array(matrix.shape),
    }


def unpack(name: str, arrays: Mapping[str, NDArray[Any]]) -> sp.csr_matrix:
    """What `pack` made."""
    data, indices, indptr, shape = (
        arrays[f"{name}_{part}"] for part in ("data", "indices", "indptr", "shape")
    )
    return sp.csr_matrix((data, indices, indptr), shape=tuple(shape))


def unit_rows(matrix: sp.csr_matrix) -> sp.csr_matrix:
    """Rows of length one; empty rows stay empty."""
    norms = np.sqrt(np.asarray(matrix.multiply(matrix).sum(1)).ravel())
    scale = np.divide(1, norms, out=np.zeros_like(norms), where=norms > 0)
    return sp.csr_matrix(sp.diags(scale.astype(np.float32)) @ matrix)


def keep_largest(matrix: sp.csr_matrix, count: int) -> sp.csr_matrix:
    """At most about `count` entries of each row (ties stay)."""
    data = matrix.data.copy()
    sizes = np.diff(matrix.indptr)
    for row in np.flatnonzero(sizes > count):
        begin, end = matrix.indptr[row], matrix.indptr[row + 1]
        part = data[begin:end]
        part[part < np.partition(part, -count)[-count]] = 0
    kept = sp.csr_matrix((data, matrix.indices, matrix.indptr), shape=matrix.shape)
    kept.eliminate_zeros()
    return kept


def dense(matrix: sp.csr_matrix) -> NDArray[np.float32]:
    return np.asarray(matrix.toarray(), np.float32)
