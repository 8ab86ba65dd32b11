"""Prints a benchmark's table and keeps its figures with the machine they came from."""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FOLDER = Path(os.environ.get("VAR_DIR", "var")) / "bench"


def machine() -> dict[str, Any]:
    return {
        "cores": os.cpu_count(),
        "system": platform.platform(),
        "python": platform.python_version(),
    }


def publish(
    name: str, figures: Mapping[str, float], rows: Sequence[Mapping[str, Any]]
) -> Path:
    """Print rows as a table, then write everything as JSON."""
    print_table(rows)
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"{name}.json"
    content = {
        "figures": dict(figures),
        "rows": [dict(row) for row in rows],
        "machine": machine(),
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    path.write_text(json.dumps(content, indent=2, default=str) + "\n")
    return path


def print_table(rows: Sequence[Mapping[str, Any]]) -> None:
    if not rows:
        return
    heads = list(rows[0])
    lines = [heads, *[[shown(row.get(head, "")) for head in heads] for row in rows]]
    widths = [max(len(line[i]) for line in lines) for i in range(len(heads))]
    for line in lines:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        sys.stdout.write("  ".join(cells).rstrip() + "\n")


def shown(value: Any) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)
