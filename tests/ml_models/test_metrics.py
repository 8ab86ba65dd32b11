from __future__ import annotations

import numpy as np
import pytest

from ml_models.metrics import ndcg, recall


def test_a_perfect_list_has_ndcg_one():
    assert ndcg([1, 2, 3], {1, 2}) == 1.0


def test_a_hit_at_the_second_place_is_worth_less():
    assert ndcg([9, 1], {1}) == pytest.approx(1 / np.log2(3))


def test_a_list_without_hits_is_worth_nothing():
    assert ndcg([7, 8], {1}) == 0.0


def test_recall_counts_the_wanted_ones_found():
    assert recall([1, 9, 2], {1, 2, 3, 4}) == 0.5


@pytest.mark.parametrize("metric", [ndcg, recall])
def test_wanting_nothing_is_refused(metric):
    with pytest.raises(ValueError, match="at least one"):
        metric([1], set())
