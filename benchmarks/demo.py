"""How long the whole demo shop takes, step by step, on a database of its own.

python -m benchmarks.demo
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

LIMIT_S = 90
UNTIL = date(2026, 6, 1)


def main() -> None:
    from benchmarks.report import publish

    with tempfile.TemporaryDirectory() as folder:
        os.environ["VAR_DIR"] = folder
        os.environ["DATABASE_URL"] = f"sqlite:///{folder}/demo.sqlite3"
        figures, rows = measure(Path(folder))
    publish("demo", figures, rows)
    sys.exit(figures["seconds"] > LIMIT_S)


def measure(folder: Path) -> tuple[dict[str, float], list[dict[str, Any]]]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "luxebrain.settings")
    import django

    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    from apps.demo.services.build import Wanted, build

    call_command("migrate", verbosity=0)
    began = time.monotonic()
    _, seconds = build(Wanted(until=UNTIL), at=timezone.now())
    whole = time.monotonic() - began
    rows = [
        {"step": step, "seconds": spent, "share": spent / whole}
        for step, spent in seconds.items()
    ]
    rows.append({"step": "all", "seconds": whole, "share": 1.0})
    rows.append({"step": "limit", "seconds": float(LIMIT_S), "share": LIMIT_S / whole})
    return {**sizes(folder), "seconds": whole, "limit_seconds": LIMIT_S}, rows


def sizes(folder: Path) -> dict[str, float]:
    """Peak memory of this process and of its largest child, and what was written."""
    pictures = list((folder / "media").rglob("*.webp"))
    bytes_each = [path.stat().st_size for path in pictures]
    own = resource.getrusage(resource.RUSAGE_SELF)
    painters = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        # Half of these two is the least that two idle cores can need.
        "cpu_seconds": own.ru_utime + own.ru_stime,
        "cpu_seconds_painters": painters.ru_utime + painters.ru_stime,
        "peak_memory_mib": own.ru_maxrss / 1024,
        "peak_memory_painter_mib": painters.ru_maxrss / 1024,
        "pictures": len(pictures),
        "picture_mean_kb": sum(bytes_each) / max(1, len(bytes_each)) / 1000,
        "picture_max_kb": max(bytes_each, default=0) / 1000,
        "database_mib": (folder / "demo.sqlite3").stat().st_size / 2**20,
    }


if __name__ == "__main__":
    main()
