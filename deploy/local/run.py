"""`make run`: web, worker and beat in one terminal, with a demo shop.

1. One supervisor per var folder, a free port, the machine's secrets.
2. Migrate, collect static files, make the first owner (skipped when done).
3. Start the web; when it answers, say where, then start worker, beat and demo.
4. Watch. Ctrl-C stops all and is a success; a child that dies stops all and is not.
"""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from deploy.local.children import Child, stop_all
from deploy.local.environment import ROOT, collect
from deploy.local.terminal import PlainError, give_up, paint, say

PYTHON = sys.executable
BIN = Path(PYTHON).parent
START_SECONDS = 60


class Bell:
    """Rung by a signal and looked at between steps.

    An exception out of the signal handler could strike between the birth of a child
    and its name in the list of those to stop, and leave an orphan.
    """

    def __init__(self) -> None:
        self.rings = 0
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.ring)

    def ring(self, number: int, frame: FrameType | None) -> None:
        self.rings += 1

    def check(self) -> None:
        if self.rings:
            raise KeyboardInterrupt


def web(port: int) -> Child:
    # One worker, since the embedded cache and its rate limits live in its memory.
    command = [
        str(BIN / "granian"),
        *("--interface", "wsgi", "luxebrain.wsgi:application"),
        *("--host", os.environ.get("HOST", "127.0.0.1"), "--port", str(port)),
        *("--workers", "1", "--blocking-threads", "4", "--log-level", "warning"),
        # A live page's stream would hold it for half a minute.
        *("--workers-kill-timeout", "5"),
    ]
    return Child("web", command, "green")


def celery(name: str, color: str, *arguments: str) -> Child:
    # Celery warns of root on every start; who runs this alone on a machine knows.
    quiet = ["-W", "ignore:You're running the worker with superuser"]
    command = [PYTHON, *quiet, str(BIN / "celery"), "-q", "-A", "luxebrain", *arguments]
    return Child(name, [*command, "--loglevel", "INFO"], color)


def background(folder: Path) -> list[Child]:
    queues = "default,sync,rollups,segments,training,messages"
    worker = ("worker", "-Q", queues, "--concurrency", "2", "--without-mingle")
    pid_file = str(folder / "beat.pid")
    beat = ("beat", "--pidfile", pid_file)
    scheduler = ("--scheduler", "django_celery_beat.schedulers:DatabaseScheduler")
    demo = [PYTHON, "manage.py", "demo", "--if-absent"]
    (folder / "beat.pid").unlink(missing_ok=True)
    return [
        celery("worker", "blue", *worker),
        celery("beat", "magenta", *beat, *scheduler),
        Child("demo", demo, "yellow", ends=True),
    ]


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    with (folder / "run.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise PlainError(f"`make run` is already running on {folder}.") from None
        yield


def chosen_port() -> int:
    text = os.environ.get("PORT") or "8000"
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise PlainError(f"PORT={text} is no port number.")
    return int(text)


def need_free_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((os.environ.get("HOST", "127.0.0.1"), port))
        except OSError:
            text = f"Port {port} is in use; choose another: make run PORT={port + 1}"
            raise PlainError(text) from None


def wait_until_it_answers(child: Child, port: int, bell: Bell) -> None:
    url = f"http://127.0.0.1:{port}/healthz"
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        bell.check()
        need_alive([child])
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise PlainError(f"The web did not answer within {START_SECONDS} seconds.")


def need_alive(children: list[Child]) -> None:
    for child in children:
        code = child.code()
        if code is None:
            continue
        if not child.ends:
            raise PlainError(f"{child.name} ended with exit code {code}; stopping all.")
        if code:
            child.tell(f"ended with exit code {code}; the rest goes on.")
        children.remove(child)


def announce(port: int) -> None:
    base = f"http://localhost:{port}"
    say()
    say(paint("LuxeBrain is up. Ctrl-C stops it.", "green"))
    say(f"  Admin      {base}/admin/")
    say(f"  Demo shop  {base}/demo/")
    say(f"  API docs   {base}/api/v1/docs/")
    say(f"  Health     {base}/readyz")
    say()


def set_up(environment: dict[str, str], bell: Bell) -> None:
    child = Child("setup", [PYTHON, "-m", "deploy.local.prepare"], "cyan")
    child.start(environment)
    try:
        while child.code() is None:
            bell.check()
            time.sleep(0.05)
    finally:
        stop_all([child], lambda: bell.rings > 1)
    if child.code():
        raise PlainError("Setting up failed; see the lines above.")


def serve(port: int, environment: dict[str, str], bell: Bell) -> None:
    running = [web(port)]
    running[0].start(environment)
    try:
        wait_until_it_answers(running[0], port, bell)
        announce(port)
        for child in background(Path(environment["VAR_DIR"])):
            child.start(environment)
            running.append(child)
        while True:
            bell.check()
            need_alive(running)
            time.sleep(0.2)
    finally:
        say("Stopping")
        stop_all(running, lambda: bell.rings > 1)


def main() -> int:
    bell = Bell()
    os.chdir(ROOT)
    try:
        port = chosen_port()
        environment = collect(port)
        with only_one(Path(environment["VAR_DIR"])):
            need_free_port(port)
            set_up(environment, bell)
            serve(port, environment, bell)
    except PlainError as trouble:
        return give_up(trouble)
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
