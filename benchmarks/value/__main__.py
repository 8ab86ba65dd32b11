"""`make bench-value DATA=folder`: who buys again in 90 days, and for how much.

The folder holds one folder for each set, cdnow and online_retail (docs/value.md). A set
that is not there is left out. WINDOW=-90 foretells from 90 days earlier, for tuning: what
the table shows must not have been tuned on.
"""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from benchmarks.report import publish
from benchmarks.value.judge import CHAMPION, Answer, Row, ece_by_chance, figures, marks
from benchmarks.value.peers import PEERS
from benchmarks.value.sets import SETS, Trial
from ml_models.value.model import Config, Value
from ml_models.value.rfm import outcome, rfm

COLUMNS = (
    "AUC",
    "Brier",
    "ECE",
    "total error",
    "MAE",
    "Spearman",
    "top 10 %",
    "coverage",
    "of buyers",
    "of nothing",
)


def main() -> None:
    if "DATA" not in os.environ:
        sys.exit("Say where the data is: make bench-value DATA=folder")
    folder = Path(os.environ["DATA"])
    moved = int(os.environ.get("WINDOW", "0"))
    names = [name for name in SETS if (folder / name).is_dir()]
    if not names:
        sys.exit(f"{folder} has none of the sets {', '.join(SETS)}.")
    rows = [
        row for name in names for row in measure(shifted(SETS[name](folder), moved))
    ]
    publish("value", figures(rows), [shown(row) for row in rows])
    for name, value in figures(rows).items():
        sys.stdout.write(f"{name}: {value:.4f}\n")


def shifted(trial: Trial, days: int) -> Trial:
    begun = trial.begun + timedelta(days=days)
    return replace(trial, day=trial.day + days, begun=begun)


def measure(trial: Trial) -> list[Row]:
    """A row for each peer and for the champion."""
    known = rfm(trial.purchases, trial.day)
    told = outcome(trial.purchases, known.customers, trial.day, trial.horizon)
    label = f"{trial.name}, {trial.horizon} days from {trial.begun}"
    sys.stderr.write(
        f"{label}: {len(known.customers)} customers, "
        f"{told.bought.mean():.4f} buy again\n"
    )
    rows = []
    for name, peer in PEERS.items():
        answer = peer(trial)
        found = marks(answer, told) if answer else {}
        rows.append({"set": label, "model": name, **found})
    found = champion(trial)
    assert found.chances is not None
    sys.stderr.write(
        f"ECE of chances that are exactly right: {ece_by_chance(found.chances):.4f}\n"
    )
    rows.append({"set": label, "model": CHAMPION, **marks(found, told)})
    return rows


def champion(trial: Trial) -> Answer:
    model = Value(Config(trial.horizon))
    sys.stderr.write(f"learned: {model.fit(trial.purchases, trial.day)}\n")
    found = model.predict(trial.purchases, trial.day)
    sys.stderr.write(
        f"total {found.total:.0f}, 90 % from {found.total_low:.0f} to "
        f"{found.total_high:.0f}\n"
    )
    return Answer(found.buys, found.buys, found.spend, found.low, found.high)


def shown(row: Row) -> dict[str, str]:
    cells = {
        column: f"{row[column]:.{1 if column == 'MAE' else 4}f}"
        if column in row
        else ""
        for column in COLUMNS
    }
    return {"set": row["set"], "model": row["model"], **cells}


if __name__ == "__main__":
    main()
