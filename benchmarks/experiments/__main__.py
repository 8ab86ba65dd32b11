"""`make bench-experiments DATA=folder`: thousands of simulated tests, and two real sets.

The folder holds asos_experiments/ and hillstrom_email/ (docs/experiment-statistics.md); a
set that is not there is skipped.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.experiments import (
    adjusting,
    asos,
    boundaries,
    coverage,
    flows,
    hillstrom,
    holdouts,
    mismatch,
    peeking,
)
from benchmarks.report import print_table, publish

Found = tuple[dict[str, float], list[dict[str, Any]]]
SIMULATED: dict[str, Callable[[], Found]] = {
    "Daily looks at 1,000 tests of nothing, 28 days": peeking.measure,
    "Daily looks at 1,000 holdouts of 5 % from nothing": holdouts.measure,
    "How often intervals of 95 % hold a planted effect": coverage.measure,
    "Always valid: which boundary?": boundaries.measure,
    "Variance left by what was known before": adjusting.measure,
    "People missing from an arm, 2,000 a day": mismatch.measure,
    "Ten small flows, a tenth held out": flows.measure,
}
REAL: dict[str, Callable[[Path], Found]] = {
    "hillstrom_email": hillstrom.measure,
    "asos_experiments": asos.measure,
}
# Figure, from where to where it must lie.
LIMITS = {
    "aa_false_positive_rate": (0, 0.05),
    "aa_holdout_false_verdict_rate": (0, 0.05),
    "coverage_95": (0.94, 0.96),
    "always_valid_coverage": (0.95, 1),
    "cuped_distance_from_theory": (0, 0.03),
    "mismatch_false_alarm_rate": (0, 0.001),
    "mismatch_found_rate": (0.99, 1),
    "flows_coverage": (0.93, 1),
    "flows_error_over_alone": (0, 1),
    "hillstrom_largest_difference": (0, 1e-9),
    "asos_largest_p_difference": (0, 1e-6),
}


def main() -> None:
    figures: dict[str, float] = {}
    began = time.perf_counter()
    for title, simulate in SIMULATED.items():
        figures |= show(title, simulate())
    for name, read in REAL.items():
        place = Path(os.environ.get("DATA", "")) / name
        if "DATA" in os.environ and place.is_dir():
            figures |= show(name, read(place))
        else:
            sys.stdout.write(f"\n{name}: skipped, DATA=folder has no such folder.\n")
    sys.stdout.write(f"\n{time.perf_counter() - began:.0f} seconds\n\n")
    publish("experiments", figures, [row(name, figures) for name in figures])


def show(title: str, found: Found) -> dict[str, float]:
    figures, rows = found
    sys.stdout.write(f"\n{title}\n")
    print_table(rows)
    return figures


def row(name: str, figures: dict[str, float]) -> dict[str, str]:
    value = figures[name]
    if name not in LIMITS:
        return {"figure": name, "measured": f"{value:.3g}", "limit": "", "holds": ""}
    low, high = LIMITS[name]
    return {
        "figure": name,
        "measured": f"{value:.3g}",
        "limit": f"{low:g} to {high:g}",
        "holds": "yes" if low <= value <= high else "NO",
    }


if __name__ == "__main__":
    main()
