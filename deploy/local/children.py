"""Child processes in one terminal: a prefix each, stopped together."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from deploy.local.terminal import paint, say

# Celery finishes the job at hand and Granian its requests; then patience ends.
PATIENCE_SECONDS = 10.0


@dataclass
class Child:
    name: str
    command: Sequence[str]
    color: str
    # A child that is done once, such as the demo's builder: its end stops nobody.
    ends: bool = False
    process: subprocess.Popen[str] = field(init=False)
    reader: threading.Thread = field(init=False)

    def start(self, environment: dict[str, str]) -> None:
        # Its own session, so that the terminal's Ctrl-C reaches only the supervisor.
        self.process = subprocess.Popen(
            self.command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        self.reader = threading.Thread(target=self.pass_on, daemon=True)
        self.reader.start()

    def pass_on(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.tell(line.rstrip())

    def tell(self, line: str) -> None:
        say(f"{paint(f'{self.name:<7}|', self.color)} {line}")

    def code(self) -> int | None:
        """Its exit code, or None while it runs."""
        return self.process.poll()

    def ask_to_stop(self) -> None:
        # Only the leader: Celery and Granian stop their own workers in order.
        if self.code() is None:
            self.process.terminate()

    def kill(self) -> None:
        """End what is left of the child's whole process group."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
        self.reader.join(timeout=2)


def end(
    process: subprocess.Popen[bytes], number: int = signal.SIGTERM, patience: float = 15
) -> None:
    """Ask a process that leads a session of its own; then kill what is left of it."""
    for each, seconds in ((number, patience), (signal.SIGKILL, 5)):
        try:
            os.killpg(process.pid, each)
            process.wait(seconds)
        except ProcessLookupError:
            process.wait(seconds)
            return
        except subprocess.TimeoutExpired:
            continue


def stop_all(children: Sequence[Child], is_urgent: Callable[[], bool]) -> None:
    """Ask all, wait a while (less when it turns urgent), then kill what is left."""
    for child in children:
        child.ask_to_stop()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while any(child.code() is None for child in children):
        if is_urgent() or time.monotonic() > deadline:
            break
        time.sleep(0.05)
    for child in children:
        child.kill()
