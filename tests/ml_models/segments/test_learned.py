from __future__ import annotations

import subprocess
import sys
from time import process_time

import numpy as np
import pytest

from ml_models.segments.all import make
from ml_models.segments.base import CODES, NEW, OCCASIONAL
from ml_models.segments.kmeans import NOWHERE, is_somewhere, settle
from ml_models.segments.learned import LEAST_BUYERS, Config, Learned
from ml_models.segments.naming import PROFILES, WORDS, is_true, name
from ml_models.segments.numbers import NAMES, Scale
from ml_models.segments.rule import Rule
from ml_models.segments.stable import align, moved
from tests.ml_models.segments.crowds import crowd_of, five_kinds, is_new, strangers


def learned(crowd, serving=None, **config):
    model = Learned(Config(**config), 1)
    model.fit(crowd, serving)
    return model


def test_the_rule_says_what_it_says():
    crowd = crowd_of(
        3, orders=[1, 1, 2], spent=10.0, tenure_days=[5, 200, 89],
        recency_days=[5, 200, 2],
    )  # fmt: skip
    model = Rule()
    assert model.assign(crowd).tolist() == [NEW, OCCASIONAL, NEW]


def test_few_buyers_are_placed_by_the_rule():
    crowd, _ = five_kinds(each=LEAST_BUYERS // 5 - 1)
    model, rule = learned(crowd), Rule()
    rule.fit(crowd)
    assert not model.learns
    assert np.array_equal(model.assign(crowd), rule.assign(crowd))
    assert learned(five_kinds(each=LEAST_BUYERS // 5)[0]).learns


def test_a_group_goes_where_it_is_wanted_and_stays_near_its_anchor():
    codes = np.array([[0.0], [0.2], [10.0], [10.2], [50.0]])
    start = np.array([0, 0, 0, 0, 1])
    nowhere = np.full((3, 1), NOWHERE)
    free, _ = settle(codes, start, nowhere, 0.5)
    assert sorted(free[is_somewhere(free), 0]) == pytest.approx([0.1, 10.1, 50.0])
    anchors = np.array([[2.1], [50.0], [10.1]])
    held, _ = settle(codes, np.array([0, 0, 2, 2, 1]), anchors, 0.5)
    assert held[0, 0] == pytest.approx(1.1)


def test_a_group_that_nobody_wants_waits_at_its_anchor():
    """Put elsewhere and drawn back, it would come and go for ever."""
    codes = np.array([[0.0], [0.2], [10.0], [10.2]])
    anchors = np.array([[0.0], [10.0], [4.0]])
    found, rounds = settle(codes, np.array([0, 0, 1, 1]), anchors, 0.7)
    assert found[2, 0] == 4.0
    assert rounds == 1


def test_fewer_kinds_than_groups_leave_some_nowhere():
    codes = np.array([[1.0], [1.0], [2.0]])
    anchors = np.full((len(CODES), 1), NOWHERE)
    found, _ = settle(codes, np.array([0, 0, 0]), anchors, 0.5)
    assert is_somewhere(found).sum() == 2


def test_names_follow_the_middles_and_none_is_given_twice():
    centers = np.zeros((5, len(NAMES)))
    for row, code in enumerate(("new", "vip", "occasional", "discount", "loyal")):
        for number, weight in PROFILES[code].items():
            centers[row, NAMES.index(number)] = weight
    found = [CODES[place] for place in name(centers)]
    assert found == ["new", "vip", "occasional", "discount", "loyal"]
    assert sorted(name(np.zeros((5, len(NAMES))))) == [0, 1, 2, 3, 4]
    assert set(WORDS) == set(PROFILES) == set(CODES)


def test_whoever_spends_most_is_a_vip_though_loyal_too():
    """Both groups order often; the one that spends more has the larger name."""
    centers = np.zeros((5, len(NAMES)))
    for number in ("spent", "pace", "tenure", "orders"):
        centers[0, NAMES.index(number)] = 0.5
        centers[1, NAMES.index(number)] = 2.0
    found = [CODES[place] for place in name(centers)]
    assert found[:2] == ["loyal", "vip"]


def test_groups_are_matched_to_those_that_serve():
    old = np.array([0, 0, 1, 1, 2, 3, 4, 4])
    new = np.array([3, 3, 0, 0, 1, 2, 4, 0])
    assert align(new, old)[new].tolist() == [0, 0, 1, 1, 2, 3, 4, 1]


def test_learning_again_from_the_same_moves_nobody():
    crowd, _ = five_kinds()
    serving = learned(crowd)
    assert moved(learned(crowd, serving), serving, crowd) == 0.0


def test_it_names_anew_where_the_names_that_serve_are_false():
    """Whoever spends most is served as loyal: that is not handed on."""
    crowd, kinds = five_kinds()
    serving = learned(crowd)
    serving.centroids = serving.centroids[[1, 0, 2, 3, 4]]
    again = learned(crowd, serving, pull=0.0)
    assert again.assign(crowd)[kinds == 0].tolist() == [0] * 30
    assert moved(again, serving, crowd) == pytest.approx(0.4)


def test_names_that_fit_nearly_as_well_stay():
    """Two groups are alike but for a little spend: their names may stay swapped."""
    centers = np.zeros((5, len(NAMES)))
    for row, code in enumerate(CODES):
        for number, weight in PROFILES[code].items():
            centers[row, NAMES.index(number)] = weight
    assert not is_true(np.array([1, 0, 2, 3, 4]), centers)
    centers[1] = centers[0]
    centers[0, NAMES.index("spent")] += 0.1
    assert name(centers)[0] == 0
    assert is_true(np.array([1, 0, 2, 3, 4]), centers)


def test_who_never_ordered_does_not_count_as_moved():
    crowd = strangers(5)
    assert moved(learned(crowd), Rule(), crowd) == 0.0
    assert is_new(learned(crowd).assign(crowd))


def test_one_huge_order_bends_nothing():
    crowd, kinds = five_kinds()
    values = crowd.values.copy()
    values[0, 2] = 1e11
    huge = type(crowd)(values)
    calm, bent = Scale.of(crowd).spreads, Scale.of(huge).spreads
    assert bent == pytest.approx(calm, rel=0.05)
    assert (learned(huge).assign(huge) == kinds).mean() > 0.9


def test_a_quarter_of_a_million_customers_take_seconds():
    crowd, _ = five_kinds(each=52_000)
    model = learned(five_kinds()[0])
    model.encoder = type(model.encoder)(
        {
            "straight": np.eye(len(NAMES)), "lean": np.zeros(len(NAMES)),
            "into": np.zeros((len(NAMES), 16)), "hidden": np.zeros(16),
            "out": np.zeros((16, len(NAMES))),
        }
    )  # fmt: skip
    before = process_time()
    found = model.assign(crowd)
    assert len(found) == 260_000
    # Processor time of this process alone; it takes about one.
    assert process_time() - before < 20


CODE = """
import sys
import ml_models.segments.all
print([name for name in ("tensorflow", "keras") if name in sys.modules])
"""


def test_placing_customers_loads_no_tensorflow():
    done = subprocess.run(
        [sys.executable, "-c", CODE], capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "[]", done.stderr[-2000:]


@pytest.mark.slow
def test_the_network_goes_on_from_the_one_that_serves():
    crowd, _ = five_kinds()
    config = {
        "width": 1, "hidden": 8, "epochs": 25, "warm_epochs": 1, "learning_rate": 0.02
    }  # fmt: skip
    first = make("autoencoder", config, 1)
    losses = first.fit(crowd)["losses"]
    # It begins as the best straight map; five kinds on one line take a bent one.
    assert losses[-1] < 0.85 * losses[0]
    again = make("autoencoder", config, 1)
    renewed = again.fit(crowd, first)["losses"]
    assert len(renewed) == 1
    assert moved(again, first, crowd) < 0.1
