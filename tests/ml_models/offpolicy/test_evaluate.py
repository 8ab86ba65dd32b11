from __future__ import annotations

import numpy as np
import pytest

from ml_models.offpolicy.evaluate import Doubt, Limits, evaluate
from ml_models.offpolicy.log import Log, Policy, UnusableLogError
from ml_models.offpolicy.rewards import Linear, Logistic, Means, Trees, expected
from ml_models.offpolicy.weighing import weigh

WIDTH = 4
RATES = np.array([0.1, 0.2, 0.3, 0.6])
EVEN = np.full(WIDTH, 1 / WIDTH)
BETTER = np.array([0.0, 0.0, 0.2, 0.8])


def even_log(count=2000, seed=0):
    chance = np.random.default_rng(seed)
    actions = chance.integers(0, WIDTH, count)
    likes = chance.random((count, WIDTH))
    likes[:, -1] = 1
    return Log(
        actions,
        (chance.random(count) < RATES[actions]).astype(np.float64),
        np.full(count, 1 / WIDTH),
        np.tile(np.arange(WIDTH), (count, 1)),
        chances=np.tile(EVEN, (count, 1)),
        features=np.stack([np.tile(np.arange(WIDTH), (count, 1)), likes], 2).astype(
            np.float32
        ),
    )


def always(chances, log):
    return weigh(log, Policy(np.tile(chances, (len(log), 1))))


@pytest.mark.parametrize("make", [Means, Linear, Logistic, lambda: Trees(rounds=20)])
def test_it_says_what_the_other_policy_would_have_earned(make):
    found = evaluate(always(BETTER, even_log()), make)
    truth = float(BETTER @ RATES)
    assert found.doubts == ()
    assert found.answer == found.estimates["dr"]
    assert found.answer.low < truth < found.answer.high
    assert found.answer.high - found.answer.low < 0.1
    assert found.lift.low > 0.15
    assert found.verdict == "Enough of what this policy would do was tried."


def test_the_same_log_and_seed_give_the_same_answer():
    log = even_log(200)
    assert evaluate(always(BETTER, log), seed=3) == evaluate(
        always(BETTER, log), seed=3
    )


def test_it_refuses_what_was_never_tried():
    log = even_log()
    seldom = Log(
        np.zeros(len(log), np.int64),
        log.rewards,
        np.ones(len(log)),
        log.candidates,
        chances=np.tile([1.0, 0, 0, 0], (len(log), 1)),
    )
    found = evaluate(always([0.94, 0.06, 0, 0], seldom))
    assert found.untried == pytest.approx(0.06)
    assert found.doubts == (Doubt.NEVER_TRIED,)
    assert found.answer is None
    assert found.verdict == "Not enough of what this policy would do was ever tried."
    assert evaluate(always([0.96, 0.04, 0, 0], seldom)).doubts == ()


def test_it_refuses_what_was_tried_too_seldom():
    found = evaluate(always([0, 0, 0, 1.0], even_log(300)))
    assert found.estimates["dr"].effective_size < 100
    assert found.doubts == (Doubt.SELDOM_TRIED,)
    limits = Limits(least_size=50)
    assert evaluate(always([0, 0, 0, 1.0], even_log(300)), limits=limits).answer


def test_it_refuses_to_judge_by_nothing():
    log = even_log()
    silent = Log(
        log.actions, np.zeros(len(log)), log.propensities, log.candidates, log.chances
    )
    found = evaluate(always(EVEN, silent))
    assert found.doubts == (Doubt.FEW_REWARDS,)
    assert found.verdict == "Too little came of what this policy would do."


def test_one_decision_is_not_enough():
    log = Log(np.array([0]), np.array([1.0]), np.array([0.5]), np.array([[0, 1]]))
    found = evaluate(always([0.5, 0.5], log))
    assert found.doubts == (Doubt.SELDOM_TRIED, Doubt.FEW_REWARDS)
    assert found.estimates["dr"].value == 1.0


def test_no_model_is_asked_about_what_it_has_seen():
    """Two people; whatever one earned is expected of the other, and never of them."""
    log = Log(
        np.array([0, 0, 0, 0]),
        np.array([1.0, 3.0, 10.0, 30.0]),
        np.ones(4),
        np.zeros((4, 1), np.int64),
        groups=np.array([0, 0, 1, 1]),
    )
    hoped = expected(always([1.0], log), lambda: Means(0.0), folds=2)
    assert hoped.ravel().tolist() == [20.0, 20.0, 2.0, 2.0]


def test_means_draw_a_candidate_seen_seldom_to_what_its_place_earns():
    log = Log(
        np.array([0, 1, 0, 1]),
        np.array([1.0, 5.0, 1.0, 5.0]),
        np.full(4, 0.5),
        np.tile([3, 9], (4, 1)),
        places=np.array([0, 0, 1, 1]),
        groups=np.array([0, 0, 0, 1]),
    )
    hoped = expected(always([0.5, 0.5], log), lambda: Means(1.0), folds=2)
    # Of the first three: 7/3 overall; 3 in the first place, 1 in the second. 3 lost 2 and
    # 0 in two tries, 9 won 2 in one.
    assert hoped[3].tolist() == pytest.approx([1 - 2 / 3, 1 + 2 / 2])


@pytest.mark.parametrize("make", [Linear, Logistic, Trees])
def test_a_model_of_features_refuses_a_log_without(make):
    log = Log(np.array([0, 0]), np.ones(2), np.ones(2), np.zeros((2, 1), np.int64))
    with pytest.raises(UnusableLogError, match="needs features"):
        evaluate(always([1.0], log), make)


def test_a_logistic_model_refuses_money():
    log = even_log(50)
    money = Log(
        log.actions,
        log.rewards * 19.9,
        log.propensities,
        log.candidates,
        features=log.features,
    )
    with pytest.raises(UnusableLogError, match="rewards of 0 and 1"):
        evaluate(always(EVEN, money), Logistic)


def test_a_linear_model_finds_a_line():
    chance = np.random.default_rng(1)
    features = chance.normal(size=(300, 1, 2)).astype(np.float32)
    rewards = 2 + features[:, 0] @ np.array([3.0, -1.0])
    zeros = np.zeros((300, 1), np.int64)
    log = Log(zeros[:, 0], rewards, np.ones(300), zeros, features=features)
    hoped = expected(always([1.0], log), lambda: Linear(1e-6))
    assert hoped[:, 0] == pytest.approx(rewards, abs=1e-4)
