"""Loaded by pytest before the settings: tests write to places of their own.

The developer's `.env` and `var/` are not read and not touched. Parallel test processes
share no folder, no cache and no broker: each test begins by emptying its cache.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

# "gw0", "gw1", … under pytest-xdist; nothing in a single process.
worker = os.environ.get("PYTEST_XDIST_WORKER", "")
number = int(worker.removeprefix("gw") or 0)

os.environ["ENV_FILE"] = os.devnull
# A test that is about the log of trainings turns it on; it takes seconds.
os.environ["MLFLOW_TRACKING_URI"] = "off"
if "VAR_DIR" not in os.environ:
    os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="luxebrain-tests-")
    atexit.register(shutil.rmtree, os.environ["VAR_DIR"], ignore_errors=True)
if worker and not os.environ["VAR_DIR"].endswith(f"/{worker}"):
    os.environ["VAR_DIR"] += f"/{worker}"

for name, first in (("CACHE_URL", 0), ("TEST_REDIS_URL", 8)):
    if (url := os.environ.get(name, "")).startswith("redis://"):
        server, _, _ = url.rpartition("/")
        os.environ[name] = f"{server}/{first + number}"
