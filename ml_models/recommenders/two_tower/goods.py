"""What is known of products, as arrays that can be saved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ml_models.data import Goods


def pack(goods: Goods) -> dict[str, NDArray[Any]]:
    found: dict[str, NDArray[Any]] = {}
    if goods.labels is not None:
        found["label_columns"] = goods.labels.indices
        found["label_starts"] = goods.labels.indptr
        found["label_values"] = goods.labels.data
        found["label_count"] = np.array(goods.labels.shape[1])
    if goods.prices is not None:
        found["price_list"] = goods.prices
    if goods.pictures is not None:
        found["pictures"] = goods.pictures
    return found


def unpack(arrays: Mapping[str, NDArray[Any]], product_count: int) -> Goods:
    labels = None
    if "label_count" in arrays:
        values = (
            arrays["label_values"],
            arrays["label_columns"],
            arrays["label_starts"],
        )
        shape = (product_count, int(arrays["label_count"]))
        labels = sp.csr_matrix(values, shape=shape)
    return Goods(labels, arrays.get("price_list"), arrays.get("pictures"))
