from __future__ import annotations

import numpy as np
import pytest

from ml_models.baselines.popularity import Config, Popularity, Sales


def sales(*rows):
    products, ages, units = zip(*rows, strict=True)
    return Sales(
        np.array(products, np.int64), np.array(ages, float), np.array(units, float)
    )


def fitted(*rows, half_life=14.0):
    model = Popularity(Config(half_life))
    model.fit(sales(*rows))
    return model


def test_a_sale_a_half_life_ago_counts_half():
    assert fitted((1, 14, 4), (2, 0, 1)).recommend(2) == [(1, 2.0), (2, 1.0)]


def test_recent_sales_beat_many_old_ones():
    assert fitted((1, 140, 100), (2, 0, 1)).recommend(1)[0][0] == 2


def test_without_a_half_life_all_sales_count_alike():
    model = fitted((1, 140, 100), (2, 0, 1), half_life=None)
    assert model.recommend(1) == [(1, 100.0)]


def test_it_leaves_out_what_it_is_told_to():
    assert fitted((1, 0, 2), (2, 0, 1)).recommend(2, exclude=[1]) == [(2, 1.0)]


def test_equal_scores_come_in_a_fixed_order():
    assert [p for p, _ in fitted((9, 0, 1), (3, 0, 1)).recommend(2)] == [3, 9]


def test_it_ranks_nothing_where_nothing_sold():
    model = Popularity()
    model.fit(Sales(np.empty(0, np.int64), np.empty(0), np.empty(0)))
    assert model.recommend(5) == []


def test_what_is_loaded_ranks_as_what_was_saved(tmp_path):
    model = fitted((1, 3, 2), (2, 0, 1))
    model.save(tmp_path)
    assert Popularity.load(tmp_path).recommend(9) == model.recommend(9)


def test_a_pickled_artefact_is_refused(tmp_path):
    fitted((1, 0, 1)).save(tmp_path)
    np.savez(tmp_path / "arrays.npz", products=np.array([object()], dtype=object))
    with pytest.raises(ValueError, match="pickle"):
        Popularity.load(tmp_path)
