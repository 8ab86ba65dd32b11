from __future__ import annotations

import numpy as np
import pytest

from ml_models.data import BUY
from ml_models.recommenders.ease import Config, Ease, TooManyProductsError
from tests.ml_models.recommenders.worlds import deeds, tastes


def test_it_refuses_more_products_than_fit_into_memory():
    with pytest.raises(TooManyProductsError, match="10 products at most; these are 30"):
        Ease(Config(most_products=10)).fit(tastes())


def test_it_solves_what_the_paper_says():
    known = deeds([(0, 0, BUY, 0), (0, 1, BUY, 0), (1, 1, BUY, 0)], 2, products=2)
    model = Ease(Config(ridge=1.0))
    model.fit(known)
    # The inverse of [[2, 1], [1, 3]] is [[3, -1], [-1, 2]] / 5.
    assert model.weights == pytest.approx(np.array([[0, 1 / 2], [1 / 3, 0]]))
