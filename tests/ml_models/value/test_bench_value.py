from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from benchmarks.value.judge import Answer, ece, figures, marks
from benchmarks.value.sets import cdnow, online_retail
from ml_models.value.rfm import Outcome


@pytest.mark.parametrize(
    ("first", "last", "begun", "horizon"),
    [
        (date(2010, 12, 1), date(2011, 8, 31), date(2011, 6, 3), 90),
        (date(2010, 12, 1), date(2011, 12, 9), date(2011, 9, 1), 90),
        (date(2011, 9, 1), date(2011, 12, 9), date(2011, 10, 26), 45),
    ],
)
def test_the_day_follows_from_what_the_folder_holds(
    tmp_path, first, last, begun, horizon
):
    days = [first, first + timedelta(days=20), last]
    lines = pl.DataFrame(
        {
            "InvoiceNo": ["1", "2", "3"],
            "StockCode": ["10000"] * 3,
            "CustomerID": [5, 9, 5],
            "Quantity": [2, 1, 1],
            "UnitPrice": [1.5, 2.0, 2.0],
            "InvoiceDate": [datetime.combine(day, datetime.min.time()) for day in days],
        }
    )
    (tmp_path / "online_retail").mkdir()
    lines.write_parquet(tmp_path / "online_retail" / "lines.parquet")
    trial = online_retail(tmp_path)
    assert (trial.begun, trial.horizon) == (begun, horizon)
    assert trial.day == (begun - first).days
    assert trial.purchases.amounts.tolist() == [3.0, 2.0, 2.0]


def test_cdnow_is_foretold_from_october(tmp_path):
    frame = pl.DataFrame(
        {
            "customer_id": [4, 8],
            "date": [date(1997, 1, 1), date(1997, 1, 3)],
            "cds": [2, 1],
            "dollars": [20.0, 0.0],
        }
    )
    (tmp_path / "cdnow").mkdir()
    frame.write_parquet(tmp_path / "cdnow" / "purchases.parquet")
    trial = cdnow(tmp_path)
    assert (trial.day, trial.horizon) == (273, 90)
    assert trial.purchases.amounts.tolist() == [20.0]


def test_the_calibration_error_is_the_mean_distance_of_the_bins():
    chances = np.repeat(np.arange(10) / 10 + 0.05, 10)
    bought = np.zeros(100)
    assert ece(bought, chances) == pytest.approx(0.5)
    bought[np.arange(100) % 10 < np.repeat(np.arange(10), 10)] = 1
    assert ece(bought, chances) == pytest.approx(0.05)


def test_coverage_is_shown_beside_that_of_nothing_at_all():
    spend = np.array([0.0, 0.0, 0.0, 5.0, 50.0])
    told = Outcome((spend > 0).astype(float), (spend > 0).astype(float), spend)
    score = np.arange(5.0)
    found = marks(Answer(score, low=np.zeros(5), high=np.full(5, 9.0)), told)
    assert (found["coverage"], found["of nothing"]) == (0.8, 0.6)
    assert found["of buyers"] == 0.5


def test_figures_are_of_the_champion_against_the_best_peer_of_each_set():
    def row(name, model, auc, **more):
        return {"set": name, "model": model, "AUC": auc, **more}

    ours = {"ECE": 0.01, "total error": -0.2, "coverage": 0.9}
    rows = [
        row("a", "logistic RFM", 0.70),
        row("a", "LightGBM", 0.72),
        row("a", "champion", 0.73, **ours),
        {"set": "b", "model": "lifetimes"},
        row("b", "LightGBM", 0.80),
        row("b", "champion", 0.79, **{**ours, "ECE": 0.03, "coverage": 0.94}),
    ]
    found = figures(rows)
    assert found["sets"] == 2
    assert found["auc_margin_mean"] == pytest.approx(0.0)
    assert found["auc_margin_min"] == pytest.approx(-0.01)
    assert (found["ece_max"], found["total_error_max"]) == (0.03, 0.2)
    assert (found["coverage_min"], found["coverage_max"]) == (0.9, 0.94)
