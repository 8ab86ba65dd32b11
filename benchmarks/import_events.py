"""`python -m benchmarks.import_events [rows]`: past events from a file into SQLite.

A million rows of JSON lines, packed, imported by the command as an operator runs it, in a
process and a folder of its own; then the same again, as after a kill at the very end.
"""

from __future__ import annotations

import gzip
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

from benchmarks.report import publish

ROWS = 1_000_000
START_MS = 1_767_225_600_000
OPEN = (
    "from apps.accounts.models import Store;"
    "Store.objects.create(slug='bench', name='Bench', url='https://bench.example')"
)


def events(count: int) -> Iterator[str]:
    """Four months, in the order of time; a third of it about products."""
    chance = random.Random(7)  # noqa: S311 - the same file each time
    step = 120 * 86_400_000 // count
    for n in range(count):
        at = START_MS + n * step
        number = at << 80 | 7 << 76 | chance.getrandbits(12) << 64 | 2 << 62
        said: dict[str, object] = {
            "id": str(uuid.UUID(int=number | chance.getrandbits(62))),
            "at": at,
            "visitor": f"visitor-{chance.randrange(count // 10 + 1)}",
            "session": f"session-{n // 8}",
            "context": {"url": f"https://bench.example/p/{n % 600}", "language": "de"},
        }
        if n % 3 == 0:
            said |= {"type": "product_view", "product": n % 600 + 1, "price": 49.9}
        elif n % 3 == 1:
            said |= {"type": "page_view"}
        else:
            said |= {"type": "search", "query": f"dress {n % 40}"}
        yield json.dumps(said, separators=(",", ":")) + "\n"


def manage(env: dict[str, str], *command: str) -> float:
    started = time.perf_counter()
    subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "manage.py", *command],
        env=env, check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    return time.perf_counter() - started


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "VAR_DIR": folder, "ENV_FILE": os.devnull}
        env.pop("DATABASE_URL", None)
        path = Path(folder) / "events.jsonl.gz"
        with gzip.open(path, "wt", 3) as file:
            file.writelines(events(count))
        manage(env, "migrate", "-v0")
        manage(env, "shell", "-v0", "-c", OPEN)
        begin = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        first = manage(env, "import_events", "bench", str(path))
        again = manage(env, "import_events", "bench", str(path))
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    rows = [
        {
            "what": what,
            "rows": count,
            "seconds": seconds,
            "rows_per_second": count / seconds,
        }
        for what, seconds in (("first import", first), ("the same again", again))
    ]
    figures = {
        "import_rows_per_second": count / first,
        "import_again_rows_per_second": count / again,
        "import_peak_mb": max(peak, begin) / 1024,
    }
    publish("import_events", figures, rows)
    sys.stdout.write(f"peak memory {figures['import_peak_mb']:.0f} MB\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
