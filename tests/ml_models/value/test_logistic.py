from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from ml_models.value.logistic import learn


def test_it_finds_what_a_known_solver_does():
    dice = np.random.default_rng(0)
    features = dice.normal(size=(500, 3)) * [1, 10, 0.1] + [5, 0, 2]
    hits = (dice.random(500) < 1 / (1 + np.exp(4 - features[:, 0]))).astype(float)
    found = learn(features, hits, np.ones(500), 2.0)
    scaled = (features - features.mean(0)) / features.std(0)
    known = LogisticRegression(C=0.5, tol=1e-8).fit(scaled, hits)
    assert found.coefficients == pytest.approx(known.coef_[0], abs=1e-4)
    parts = found.contributions(features)
    assert parts.sum(axis=1) == pytest.approx(known.decision_function(scaled), abs=1e-4)


def test_a_feature_that_never_changes_says_nothing():
    hits = np.array([0.0, 1.0, 1.0])
    found = learn(np.ones((3, 1)), hits, np.ones(3), 1.0)
    assert found.log_odds(np.ones((3, 1))) == pytest.approx(
        np.full(3, np.log(2)), abs=1e-5
    )
