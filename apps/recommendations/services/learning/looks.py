"""What products are, as words to compare them by: categories, brand, colors, names."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from apps.accounts.models import Store
from apps.shop.models import Product, Variant

WORD = re.compile(r"[^\W\d_]{3,}")
# Cells of likeness that are held at once: 64 MiB of them.
CELLS = 2**24
# So many products are asked for by their ids.
FEW = 500
# How much a doubled price takes from the likeness.
PRICE_WEIGHT = 0.2
Labels = Mapping[int, Collection[str]]


@dataclass(frozen=True)
class Looks:
    """products: (n,) ids in order; labels: (n, labels), rows of length one, rarer labels
    weigh more; prices: (n,), NaN where unknown."""

    products: NDArray[np.int64]
    labels: sp.csr_matrix
    prices: NDArray[np.float32]

    def likeness(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """(rows, n): 1 the same, 0 or less nothing in common; itself is 0."""
        found = np.asarray((self.labels[rows] @ self.labels.T).toarray(), np.float32)
        logs = np.log2(np.maximum(self.prices, 0.01))
        apart = np.abs(logs[rows][:, None] - logs[None, :])
        found -= PRICE_WEIGHT * np.nan_to_num(np.minimum(apart, 2.0), nan=0.5)
        found[np.arange(len(rows)), rows] = 0
        return found


def looks_of(store: Store, products: Sequence[int]) -> Looks:
    labels = labels_of(store, products)
    prices = dict(
        Product.objects.of(store).exclude(price=None).values_list("pk", "price")
    )
    return Looks(
        np.array(products, np.int64),
        weighted(binary([labels.get(product, ()) for product in products])),
        np.array([float(prices.get(p) or np.nan) for p in products], np.float32),
    )


def labels_of(store: Store, products: Collection[int]) -> dict[int, list[str]]:
    """Many are read with all others of the store: lists of ids have an end."""
    wanted = set(products)
    found: dict[int, list[str]] = defaultdict(list)
    own, variants = Product.objects.of(store), Variant.objects.of(store)
    if len(wanted) <= FEW:
        own, variants = own.filter(pk__in=wanted), variants.filter(product__in=wanted)
    for pk, name, brand in own.values_list("pk", "name", "brand").iterator():
        if pk in wanted:
            found[pk] += sorted({f"w:{word}" for word in WORD.findall(name.lower())})
            found[pk] += [f"b:{brand.lower()}"] if brand else []
    for prefix, field in (("c", "categories"), ("t", "tags")):
        held = own.filter(**{f"{field}__isnull": False})
        for pk, other in held.values_list("pk", field).iterator():
            if pk in wanted:
                found[pk].append(f"{prefix}:{other}")
    colors = variants.live().exclude(color="").order_by()
    for pk, color in colors.values_list("product_id", "color").distinct().iterator():
        if pk in wanted:
            found[pk].append(f"k:{color.lower()}")
    return found


def binary(labels: Sequence[Collection[str]]) -> sp.csr_matrix:
    """(n, labels) of 0 and 1."""
    columns: dict[str, int] = {}
    indices = [
        columns.setdefault(label, len(columns)) for each in labels for label in each
    ]
    ends = np.concatenate([[0], np.cumsum([len(each) for each in labels])])
    shape = (len(labels), max(1, len(columns)))
    return sp.csr_matrix(
        (np.ones(len(indices), np.float32), np.array(indices, np.int64), ends), shape
    )


def weighted(labels: sp.csr_matrix) -> sp.csr_matrix:
    """Rarer labels weigh more (idf); each row of length one."""
    counts = np.asarray(labels.sum(0)).ravel()
    rarity = np.log1p(labels.shape[0] / np.maximum(counts, 1)).astype(np.float32)
    found = labels @ sp.diags(rarity)
    norms = np.sqrt(np.asarray(found.multiply(found).sum(1)).ravel())
    scale = np.divide(1, norms, out=np.zeros_like(norms), where=norms > 0)
    return sp.csr_matrix(sp.diags(scale.astype(np.float32)) @ found, dtype=np.float32)


def best(
    scores: NDArray[np.float32], count: int
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Of each row the columns with the largest scores, best first, and these."""
    count = min(count, scores.shape[1])
    found = np.argpartition(-scores, count - 1, axis=1)[:, :count]
    order = np.lexsort((found, -np.take_along_axis(scores, found, 1)), axis=1)
    found = np.take_along_axis(found, order, 1)
    return found, np.take_along_axis(scores, found, 1)
