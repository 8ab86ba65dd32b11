"""`python -m benchmarks.sync`: the first sync of a shop with 100,000 orders.

A fake WooCommerce serves 10,000 products, 20,000 customers and 100,000 orders at 100
objects a second, one page at a time, as the recorded store did. The worker is killed ten
times on the way. Afterwards every id must be there once, and a proof reads everything
again at full speed. ORDERS=5000 measures a smaller shop, DATABASE_URL another database.
"""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.report import publish

ORDERS = int(os.environ.get("ORDERS", "100000"))
SECONDS_PER_OBJECT = 0.01
KILLS = 10
LIMIT_MIB, LIMIT_CPU = 512, 0.5
KEY, SECRET = "ck_" + "1" * 40, "cs_" + "2" * 40


@contextmanager
def fake_shop() -> Iterator[str]:
    command = [
        sys.executable, "-m", "apps.demo.fake_shop", "--products", str(ORDERS // 10),
        "--variations", "2", "--customers", str(ORDERS // 5), "--orders", str(ORDERS),
        "--key", KEY, "--secret", SECRET, "--currency", "EUR",
    ]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait(10)


def quirk(url: str, **quirks: float) -> None:
    body = json.dumps(quirks).encode()
    with urllib.request.urlopen(f"{url}/__fake__/quirks", body) as answer:  # noqa: S310
        answer.read()


def worker(deed: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "benchmarks.sync_worker", deed]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603


def sync_with_kills(total: int) -> dict[str, float]:
    """Let workers sync until one comes to the end; kill ten of them on the way."""
    from benchmarks import sync_worker

    rng = random.Random(7)  # noqa: S311
    marks = [(number + rng.random()) / KILLS * 0.95 for number in range(KILLS)]
    began, peak, kills, code = time.monotonic(), 0.0, 0, 1
    while code:
        process = worker("work")
        while process.poll() is None:
            time.sleep(0.5)
            peak = max(peak, memory_of(process.pid))
            if kills < KILLS and sync_worker.seen() >= marks[kills] * total:
                process.send_signal(signal.SIGKILL)
                process.wait()
                kills += 1
        code = process.wait()
        if code not in (0, -signal.SIGKILL):
            raise SystemExit("A worker failed.")
    # The fake shop is no part of it: only children that have ended count.
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "seconds": time.monotonic() - began,
        "cpu": usage.ru_utime + usage.ru_stime,
        "peak": peak,
        "kills": kills,
    }


def prove() -> dict[str, float]:
    process, peak = worker("prove"), 0.0
    while process.poll() is None:
        time.sleep(0.2)
        peak = max(peak, memory_of(process.pid))
    assert process.stdout is not None
    return {**json.loads(process.stdout.read().splitlines()[-1]), "peak": peak}


def memory_of(pid: int) -> float:
    """MiB at its highest."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    lines = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
    return int(lines.get("VmHWM", "0 kB").split()[0]) / 1024


def ids_of(url: str, kind: str) -> list[int]:
    """What the shop has, except open checkout pages."""
    with urllib.request.urlopen(f"{url}/__fake__/truth/{kind}") as answer:  # noqa: S310
        return sorted(
            thing["id"]
            for thing in map(json.loads, answer)
            if thing.get("status") != "checkout-draft"
        )


def measure(url: str) -> tuple[dict[str, float], list[dict[str, Any]]]:
    from benchmarks import sync_worker

    sync_worker.prepare(url, KEY, SECRET)
    truth = {kind: ids_of(url, kind) for kind in sync_worker.KIND_NAMES}
    total = sum(map(len, truth.values()))
    quirk(url, seconds_per_object=SECONDS_PER_OBJECT)
    synced = sync_with_kills(total)
    quirk(url, seconds_per_object=0)
    wrong = sum(sync_worker.ids(kind) != ids for kind, ids in truth.items())
    proof = prove()
    speed, own = total / synced["seconds"], synced["cpu"] / synced["seconds"]
    figures = {
        "objects_per_second": speed,
        "own_cpu_share": own,
        "peak_mib": max(synced["peak"], proof["peak"]),
        "kinds_with_wrong_ids": wrong,
        "differences": proof["differences"],
        "proof_objects_per_second": proof["speed"],
    }
    rows = [
        {"what": "objects in the shop", "ours": total, "limit": ""},
        {"what": "objects a second", "ours": speed, "limit": 1 / SECONDS_PER_OBJECT},
        {"what": "own CPU / wall time", "ours": own, "limit": LIMIT_CPU},
        {"what": "peak memory, MiB", "ours": synced["peak"], "limit": LIMIT_MIB},
        {"what": "workers killed", "ours": int(synced["kills"]), "limit": KILLS},
        {"what": "kinds with lost or doubled ids", "ours": wrong, "limit": 0},
        {"what": "proof: differences", "ours": proof["differences"], "limit": 0},
        {"what": "proof: objects a second", "ours": proof["speed"], "limit": ""},
        {"what": "proof: peak memory, MiB", "ours": proof["peak"], "limit": LIMIT_MIB},
    ]
    return figures, rows


def main() -> int:
    with tempfile.TemporaryDirectory() as folder, fake_shop() as url:
        # Before Django reads its settings; the report stays where all reports are.
        os.environ["VAR_DIR"] = folder
        figures, rows = measure(url)
    publish("sync", figures, rows)
    is_right = not figures["differences"] and not figures["kinds_with_wrong_ids"]
    return 0 if is_right else 1


if __name__ == "__main__":
    sys.exit(main())
