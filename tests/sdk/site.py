"""A real LuxeBrain behind Granian that can be killed and started again."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from tests.house.sources import ROOT
from tests.migrated import NAME, migrated

OPEN = """
from apps.accounts.models import Store
from apps.accounts.services import keys
store = Store.objects.create(slug="maison", name="Maison", url="https://maison.example")
print("key", keys.create(store, "sk", "Server", ["events"])[1])
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Site:
    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.env = {
            **os.environ,
            "VAR_DIR": str(folder),
            "ENV_FILE": os.devnull,
            "PUBLIC_URL": self.url,
            "LOG_LEVEL": "WARNING",
        }
        self.env.pop("DATABASE_URL", None)
        self.env.pop("CACHE_URL", None)
        self.server: subprocess.Popen | None = None
        migrated(folder / NAME)
        self.key = self.shell(OPEN).rsplit("key ", 1)[1].strip()

    def manage(self, *command: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT, env=self.env, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    def shell(self, script: str) -> str:
        return self.manage("shell", "-v0", "-c", script)

    def start(self) -> None:
        self.server = subprocess.Popen(
            [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(self.port), "luxebrain.wsgi:application"],
            cwd=ROOT, env=self.env, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        for _ in range(300):
            assert self.server.poll() is None, "The server stopped."
            try:
                urllib.request.urlopen(f"{self.url}/healthz", timeout=1).close()
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.1)
            else:
                return
        raise AssertionError("The server does not answer.")

    def kill(self) -> None:
        """-9, the workers with it."""
        assert self.server is not None
        os.killpg(self.server.pid, signal.SIGKILL)
        self.server.wait(20)
        self.server = None
