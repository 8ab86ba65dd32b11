"""The benchmark reads the Open Bandit Dataset's own columns."""

from __future__ import annotations

import polars as pl
import pytest

from benchmarks.offpolicy import zozo

COLUMNS = ["policy", "campaign", "item_id", "position", "click", "propensity_score"]
# One campaign of two items. By chance: a click on item 1 in the first place, one on item
# 0 in the second, none in the third. Thompson showed item 1 three times of four there.
RANDOM = [(0, 1, 0), (1, 1, 1), (0, 2, 1), (1, 2, 0), (0, 3, 0), (1, 3, 0)]
BTS = [(1, 1, 1), (1, 1, 0), (1, 1, 0), (0, 1, 0), (0, 2, 0), (1, 3, 0)]


@pytest.fixture
def folder(tmp_path):
    rows = [("random", "men", *row, 0.5) for row in RANDOM]
    rows += [("bts", "men", *row, 0.75 if row[1] == 1 else 1.0) for row in BTS]
    path = tmp_path / zozo.FILE
    path.parent.mkdir()
    pl.DataFrame(rows, schema=COLUMNS, orient="row").write_parquet(path)
    return tmp_path


def test_it_weighs_the_random_log_by_how_often_thompson_showed_each(folder):
    ips, snips, dr, *other = zozo.judge(folder)
    assert ips["campaign"] == "men: random log, Thompson policy"
    # Weights 3/4 2 on the first click, 1 2 on the second, of six.
    assert ips["clicks in 1000"] == f"{1000 * (1.5 + 2) / 6:.2f}"
    assert snips["clicks in 1000"] == f"{1000 * (0.75 * 2 + 1.0 * 2) / 6:.2f}"
    assert dr["it did earn"] == f"{1000 / 6:.2f}"
    assert dr["verdict"] == "seldom_tried, few_rewards"
    assert [row["estimate"] for row in other] == ["ips", "snips", "dr"]


def test_it_takes_the_thompson_log_at_its_own_chances(folder):
    ips = zozo.judge(folder)[3]
    assert ips["campaign"] == "men: Thompson log, random policy"
    assert ips["clicks in 1000"] == f"{1000 * (0.5 / 0.75) / 6:.2f}"
    assert ips["it did earn"] == f"{1000 * 2 / 6:.2f}"
