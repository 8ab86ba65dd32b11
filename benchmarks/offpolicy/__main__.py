"""`make bench-offpolicy DATA=folder`: what another policy would have earned, against truth.

1. Invented logs, whose truth is known: errors and coverage over REPEATS (700).
2. Shelves of several places, under three assumptions of what shoppers look at.
3. A real log, where DATA holds zozo_open_bandit: what is estimated from one policy's log
   beside what the other policy did earn.
4. Bandits: what they lose on arms whose rates are known.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from benchmarks.offpolicy import bandits, shelves, worlds, zozo
from benchmarks.offpolicy.marks import Row
from benchmarks.report import publish


def main() -> None:
    begun = time.monotonic()
    repeats = int(os.environ.get("REPEATS", "700"))
    figures: dict[str, float] = {"repeats": repeats}
    rows = [*single(repeats, figures), *several(repeats, figures)]
    figures["seconds"] = time.monotonic() - begun
    publish("offpolicy", figures, rows)
    tell(figures)
    real(Path(os.environ.get("DATA", ".")))
    games = list(bandits.judge())
    regrets = {
        f"{row['arms']}: {row['bandit']}": row["of uniform's"]
        for row in games
        if row["bandit"] != "uniform"
    }
    publish("offpolicy_bandits", regrets, games)
    tell({"seconds in all": time.monotonic() - begun})


def single(repeats: int, figures: dict[str, float]) -> list[Row]:
    rows, ratios, held, drawn = [], [], [], []
    for world in worlds.WORLDS:
        marks, by_bootstrap = worlds.judge(world, repeats)
        rows.extend(one.row(world.name, name) for name, one in marks.items())
        ratios.append(marks["dr"].error / marks["ips"].error)
        held.append(marks["dr"].coverage)
        drawn.append(by_bootstrap)
    figures["dr_over_ips_rmse_worst"] = max(ratios)
    figures["dr_coverage_lowest"], figures["dr_coverage_highest"] = min(held), max(held)
    figures["dr_bootstrap_coverage_lowest"] = min(drawn)
    return rows


def several(repeats: int, figures: dict[str, float]) -> list[Row]:
    rows = []
    for assumption, name, marks in shelves.judge(repeats):
        rows.append(marks.row(f"shelves: {assumption}", name))
        if name == "dr":
            figures[f"shelf_{assumption}_dr_coverage"] = marks.coverage
    return rows


def real(folder: Path) -> None:
    if not (folder / zozo.FILE).exists():
        sys.stdout.write(f"Skipped: there is no {folder / zozo.FILE} (DATA=folder).\n")
        return
    rows = zozo.judge(folder)
    apart = {
        f"{row['campaign']}, SE apart": float(row["apart, SE"])
        for row in rows
        if row["estimate"] == "dr"
    }
    publish("offpolicy_zozo", apart, rows)


def tell(figures: Mapping[str, float]) -> None:
    for name, value in figures.items():
        sys.stdout.write(f"{name}: {value:.3f}\n")


if __name__ == "__main__":
    main()
