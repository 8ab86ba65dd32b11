"""`make bench-recs DATA=folder`: our recommenders and their peers on five real sets.

The folder holds one folder for each set (docs/recommenders.md). SETS=online_retail,... runs
some, SKIP=two_tower leaves models out, WORKERS=2 says how many run at once, one core each.
"""

from __future__ import annotations

import math
import multiprocessing
import os
import sys
from collections.abc import Iterable
from concurrent.futures import Future, ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.recs.jobs import (
    Place,
    Row,
    run_choice,
    run_peer,
    run_recipe,
    settings_of,
)
from benchmarks.recs.peers import PEERS
from benchmarks.recs.sets import SETS
from benchmarks.report import publish
from ml_models.recommenders.learned import Recipe

CHAMPION, TWO_TOWER, PEER = "champion", "two_tower", "peer"
COLUMNS = ("NDCG@10", "95 %", "Recall@20", "coverage", "fit s", "peak MiB")


def main() -> None:
    if "DATA" not in os.environ:
        sys.exit("Say where the data is: make bench-recs DATA=folder")
    folder = Path(os.environ["DATA"])
    names = [name for name in os.environ.get("SETS", "").split(",") if name]
    places = [
        Place(folder, name, number)
        for name in names or SETS
        for number in range(2 if name == "online_retail" else 1)
    ]
    rows = sorted(measure_all(places), key=lambda row: row["order"])
    publish("recs", figures(rows), [shown(row) for row in rows])
    for name, value in figures(rows).items():
        sys.stdout.write(f"{name}: {value:.3f}\n")


def measure_all(places: list[Place]) -> list[Row]:
    """Each choice first, since it takes longest; what was chosen follows the peers."""
    # Read when numpy is imported, in the processes to come: one core each.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    workers = int(os.environ.get("WORKERS", os.cpu_count() or 1))
    skipped = os.environ.get("SKIP", "").split(",")
    with ProcessPoolExecutor(
        workers, multiprocessing.get_context("spawn"), max_tasks_per_child=1
    ) as pool:
        choices = [pool.submit(run_choice, place, skipped) for place in places]
        peers = [
            (order, PEER, pool.submit(run_peer, place, number))
            for order, place in enumerate(places)
            for number, peer in enumerate(PEERS)
            if peer.model not in skipped
        ]
        ours = [
            job
            for order, (place, choice) in enumerate(zip(places, choices, strict=True))
            for job in our_jobs(pool, order, place, choice, skipped)
        ]
        for order, _, future in [*ours, *peers]:
            future.add_done_callback(partial(tell, set_name(places[order])))
        return [
            {**row, "set": set_name(places[order]), "order": order, "kind": kind}
            for order, kind, future in [*ours, *peers]
            for row in future.result()
        ]


def tell(protocol: str, future: Future[list[Row]]) -> None:
    """Says what is done already: the whole takes minutes."""
    for row in [] if future.exception() else future.result():
        sys.stderr.write(f"{protocol}: {row['model']} {row['ndcg']:.4f}\n")


def our_jobs(
    pool: ProcessPoolExecutor,
    order: int,
    place: Place,
    choice: Future[Any],
    skipped: list[str],
) -> Iterable[tuple[int, str, Future[list[Row]]]]:
    """The champion, each single model, and the two-tower."""
    chosen = choice.result()
    for label, recipe in chosen.recipes.items():
        kind = CHAMPION if label == chosen.label else label
        shown_as = f"champion: {label}" if kind == CHAMPION else label
        note = settings_of(recipe)
        yield order, kind, pool.submit(run_recipe, place, shown_as, recipe, note)
    if TWO_TOWER not in (*skipped, *chosen.recipes):
        recipe = Recipe(TWO_TOWER)
        job = pool.submit(run_recipe, place, TWO_TOWER, recipe, "default")
        yield order, TWO_TOWER, job


def set_name(place: Place) -> str:
    if place.name != "online_retail":
        return place.name
    return f"{place.name}, {('all', 'new')[place.number]}"


def shown(row: Row) -> dict[str, str]:
    cells = {column: row.get(column, "") for column in COLUMNS}
    return {
        "set": row["set"],
        "model": row["model"],
        **cells,
        "settings": row["settings"],
    }


def figures(rows: list[Row]) -> dict[str, float]:
    """The promises; a set with two protocols counts by its worse one."""
    ratios: dict[str, float] = {}
    wins: dict[str, bool] = {}
    for protocol in {row["set"] for row in rows}:
        here = [row for row in rows if row["set"] == protocol]
        name = protocol.split(",")[0]
        champion = next(row["ndcg"] for row in here if row["kind"] == CHAMPION)
        best = max(row["ndcg"] for row in here if row["kind"] == PEER)
        ratios[name] = min(ratios.get(name, math.inf), champion / best)
        towers = [row["ndcg"] for row in here if row["model"].endswith(TWO_TOWER)]
        als = [row["ndcg"] for row in here if row["model"] == "implicit ALS"]
        if towers and als:
            wins[name] = wins.get(name, True) and towers[0] > max(als)
    found = {
        "champion_over_best_geomean": math.prod(ratios.values()) ** (1 / len(ratios)),
        "champion_over_best_min": min(ratios.values()),
        **{f"champion_over_best_{name}": ratios[name] for name in sorted(ratios)},
    }
    if wins:
        found["two_tower_wins_over_als"] = float(sum(wins.values()))
    return found


if __name__ == "__main__":
    main()
