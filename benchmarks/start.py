"""`python -m benchmarks.start`: how long `make run` takes to its first page, twice.

Installation is not counted: it depends on the network. The folder is new, so the first
start migrates, makes the owner and begins the demo shop; the second changes nothing.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

from benchmarks.report import publish

DEADLINE = 120


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def seconds_to_page(folder: str) -> tuple[float, float]:
    """Seconds until the sign-in page answers, and seconds to stop after Ctrl-C."""
    port = free_port()
    environment = {**os.environ, "VAR_DIR": folder, "PORT": str(port)}
    started = time.perf_counter()
    process = subprocess.Popen(
        ["make", "run"],  # noqa: S607  as a person types it
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/admin/login/", started + DEADLINE)
        first_page = time.perf_counter() - started
        time.sleep(5)
    finally:
        stopping = time.perf_counter()
        os.killpg(process.pid, signal.SIGINT)
        process.wait(60)
    return first_page, time.perf_counter() - stopping


def wait_for(url: str, deadline: float) -> None:
    while time.perf_counter() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise TimeoutError(f"{url} did not answer.")


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        first, stop = seconds_to_page(folder)
        second, _ = seconds_to_page(folder)
    rows = [
        {"what": "first start to first page", "seconds": first, "limit": 20.0},
        {"what": "second start to first page", "seconds": second, "limit": 10.0},
        {"what": "Ctrl-C to all stopped", "seconds": stop, "limit": 15.0},
    ]
    for row in rows:
        row["share_of_limit"] = float(row["seconds"]) / float(row["limit"])
    figures = {"first_start_seconds": first, "second_start_seconds": second}
    publish("start", {**figures, "stop_seconds": stop}, rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
