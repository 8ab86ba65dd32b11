"""What answers without numpy says what was learned."""

from __future__ import annotations

import json
import math
import subprocess
import sys

import numpy as np
import pytest

from apps.segmentation.services import uplift_score as score
from ml_models.uplift.model import Average, Personal
from tests.ml_models.uplift.worlds import NAMES, world


@pytest.mark.parametrize("model", [Average, Personal])
def test_it_says_what_the_model_says(model):
    trial, _ = world()
    learned = model().fit(trial)
    # Also what nobody had when it learned.
    asked = np.vstack(
        [
            world(200, seed=1)[0].numbers,
            [[-5, 1e9, -1], [np.nan, np.nan, np.nan], [np.inf, 0, 0]],
        ]
    )
    document = json.loads(json.dumps(learned.document(), allow_nan=False))
    found = [
        score.effect(document, dict(zip(NAMES, row, strict=True)))[1]
        for row in asked.tolist()
    ]
    assert np.abs(found - learned.effects(asked)).max() < 1e-12


def test_nothing_said_is_unknown():
    document = Personal().fit(world()[0]).document()
    said = score.effect(document, {"orders": 2.0, "days": None, "vip": math.nan})
    assert said == score.effect(document, {"orders": 2.0, "elsewhere": 1.0})
    assert said != score.effect(document, {"orders": 2.0, "days": 3.0})


@pytest.mark.parametrize("odds", [-1e4, -800.0, 0.0, 800.0, 1e4])
def test_no_log_odds_overflow(odds):
    assert score.chance(odds) == (odds > 0) + 0.5 * (odds == 0)


def test_the_average_is_told_with_who_buys_anyway():
    trial, _ = world()
    learned = Average().fit(trial)
    without, effect = score.effect(learned.document(), {})
    assert without == pytest.approx(trial.bought[~trial.treated].mean())
    assert effect == learned.effect


LOADED = """
import subprocess
import sys
before = set(sys.modules)
import apps.segmentation.services.uplift_score
roots = {name.split(".")[0] for name in set(sys.modules) - before}
print(sorted(roots - sys.stdlib_module_names))
"""


def test_it_imports_the_standard_library_alone():
    """And what is of the same kind; nothing that those import either."""
    done = subprocess.run(
        [sys.executable, "-c", LOADED], capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "['apps']", done.stderr[-2000:]
