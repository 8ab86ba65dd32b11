"""`make run` in a folder and on a port of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from deploy.local.environment import ROOT

PATIENCE = 90


def until(condition, what):
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if value := condition():
            return value
        time.sleep(0.1)
    raise AssertionError(f"Waited {PATIENCE} s in vain for {what}")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Supervisor:
    def __init__(self, folder: Path, port: int):
        self.folder, self.port = folder, port
        self.log = folder.parent / f"{port}.log"
        self.process = None

    def start(self):
        kept = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
        own = {"VAR_DIR": str(self.folder), "PORT": str(self.port)}
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "deploy.local.run"],
                cwd=ROOT,
                env={**kept, **own, "ENV_FILE": os.devnull},
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return self

    def text(self):
        return self.log.read_text(errors="replace")

    def wait_for(self, text):
        def seen():
            assert text in self.text() or self.process.poll() is None, self.text()
            return text in self.text()

        until(seen, repr(text))

    def ask_to_stop(self, number=signal.SIGINT):
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)

    def children(self):
        """Process id by command line, of all that work in this folder."""
        mark = f"VAR_DIR={self.folder}".encode()
        found = {}
        for path in Path("/proc").glob("[0-9]*"):
            try:
                if mark in (path / "environ").read_bytes().split(b"\0"):
                    words = (path / "cmdline").read_bytes().split(b"\0")
                    found[int(path.name)] = b" ".join(words).decode()
            except (FileNotFoundError, ProcessLookupError, PermissionError):
                continue
        found.pop(self.process.pid, None)
        return found


@pytest.fixture
def supervisor(tmp_path):
    running = Supervisor(tmp_path / "var", free_port())
    yield running
    if running.process and running.process.poll() is None:
        running.ask_to_stop(signal.SIGTERM)
