"""What every way of grouping customers promises."""

from __future__ import annotations

import json

import numpy as np
import pytest

from ml_models.segments.all import ALL, as_json, from_json, load, make
from ml_models.segments.base import NEW, READ, Crowd
from ml_models.segments.numbers import OtherNumbersError
from tests.ml_models.segments.crowds import crowd_of, five_kinds, joined, strangers

SETTINGS = {"autoencoder": {"width": 4, "hidden": 4, "epochs": 2}}
NAMES = [
    pytest.param(name, marks=pytest.mark.slow) if name == "autoencoder" else name
    for name in ALL
]
# What the autoencoder has from k-means is not shown twice.
QUICK = [name for name in ALL if name != "autoencoder"]


def fitted(name, crowd, seed=3, serving=None):
    model = make(name, SETTINGS.get(name, {}), seed)
    model.fit(crowd, serving)
    return model


@pytest.fixture(scope="module")
def models():
    made = {}

    def one(name):
        if name not in made:
            made[name] = fitted(name, five_kinds()[0])
        return made[name]

    return one


@pytest.mark.parametrize("name", NAMES)
def test_it_finds_five_kinds_and_names_them(models, name):
    crowd, kinds = five_kinds()
    found = models(name).assign(crowd)
    # The rule takes a tenth for VIPs, where there is a fifth.
    assert (found == kinds).mean() > (0.85 if name == "rule" else 0.95)
    assert set(found.tolist()) == set(range(5))


@pytest.mark.parametrize("name", NAMES)
def test_everybody_has_a_place_and_who_never_ordered_is_new(models, name):
    crowd = joined(five_kinds()[0], strangers(4))
    found = models(name).assign(crowd)
    assert found.min() >= 0
    assert found.max() < 5
    assert found[-4:].tolist() == [NEW] * 4


@pytest.mark.parametrize("name", NAMES)
def test_it_does_not_depend_on_who_else_asks(models, name):
    crowd, _ = five_kinds()
    together = models(name).assign(crowd)
    alone = [
        models(name).assign(crowd.take(np.array([row])))[0] for row in (0, 70, 149)
    ]
    assert alone == together[[0, 70, 149]].tolist()
    assert models(name).assign(crowd.take(np.array([], int))).shape == (0,)


@pytest.mark.parametrize("name", NAMES)
def test_it_is_the_same_from_the_same_seed_loaded_or_out_of_a_row(
    models, name, tmp_path
):
    model, crowd = models(name), five_kinds(seed=5)[0]
    said = model.assign(crowd)
    assert np.array_equal(fitted(name, five_kinds()[0]).assign(crowd), said)
    model.save(tmp_path)
    row = json.loads(json.dumps(as_json(model), allow_nan=False))
    for again in (load(tmp_path), from_json(row)):
        assert again.name == name
        assert np.array_equal(again.assign(crowd), said)


@pytest.mark.parametrize("part", ["numbers", "weights", "shares_of"])
def test_what_was_learned_from_other_numbers_is_not_read(models, part):
    row = as_json(models("kmeans"))
    card = {**row["card"], part: row["card"][part][::-1]}
    without = {name: said for name, said in row["card"].items() if name != part}
    for changed in (card, without):
        with pytest.raises(OtherNumbersError):
            from_json({**row, "card": changed})


@pytest.mark.parametrize("name", QUICK)
@pytest.mark.parametrize("rows", [0, 1, 4])
def test_it_learns_from_hardly_anybody(name, rows):
    crowd = five_kinds()[0].take(np.arange(0, 150, 31)[:rows])
    found = fitted(name, crowd).assign(crowd)
    assert found.shape == (rows,)
    assert set(found.tolist()) <= set(range(5))


@pytest.mark.parametrize("name", QUICK)
def test_all_alike_get_one_place(name):
    crowd = crowd_of(80, orders=3.0, spent=90.0, tenure_days=200.0, recency_days=20.0)
    assert len(set(fitted(name, crowd).assign(crowd).tolist())) == 1


@pytest.mark.parametrize("name", NAMES)
def test_what_is_unknown_or_huge_breaks_nothing(models, name):
    values = five_kinds()[0].values.copy()
    values[::3, 2] = 1e300
    values[1::3, 4:] = np.nan
    values[2::3, 5] = -np.inf
    odd = Crowd.of(dict(zip(READ, values.T, strict=True)))
    for model in (models(name), fitted(name, odd)):
        found = model.assign(odd)
        assert found.min() >= 0
        assert found.max() < 5
    blank = crowd_of(3, orders=np.nan)
    assert models(name).assign(blank).tolist() == [NEW] * 3


@pytest.mark.parametrize("name", QUICK)
def test_it_leaves_what_it_was_given_as_it_was(name):
    crowd, _ = five_kinds()
    before = crowd.values.copy()
    fitted(name, crowd).assign(crowd)
    assert np.array_equal(crowd.values, before, equal_nan=True)
