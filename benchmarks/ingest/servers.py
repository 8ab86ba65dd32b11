"""What is measured: a PostgreSQL that loses nothing, the web processes, and a peer."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.local.children import end
from tests.run.services import PostgreSQL, free_port, program

ORIGIN = "https://shop.example"
BIN = Path(sys.executable).parent
# How many requests may wait for one commit: WEB_THREADS of the image.
THREADS = 32


class DurablePostgreSQL(PostgreSQL):
    """As docker-compose.yml runs it: each commit is flushed to the disk. Reached by a
    socket in its folder, since all is on one machine."""

    @property
    def url(self) -> str:
        return f"postgres:///{self.folder}/postgres"

    def command(self) -> list[str]:
        settings = ["shared_buffers=512MB", "max_wal_size=4GB", "wal_init_zero=off"]
        options = [part for setting in settings for part in ("-c", setting)]
        return [
            program("postgres"), "-D", str(self.folder / "data"), "-p", str(self.port),
            "-h", "127.0.0.1", "-k", str(self.folder), *options,
        ]  # fmt: skip


def environment(folder: Path, database_url: str) -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": database_url,
        "VAR_DIR": str(folder / "var"),
        "ENV_FILE": str(folder / "none"),
        "LOG_LEVEL": "WARNING",
        "RATE_LIMIT_TRACK_PAGE": "100000000/min",
        "RATE_LIMIT_TRACK_STORE": "100000000/min",
        "RATE_LIMIT_PAGE": "100000000/min",
        "RATE_LIMIT_SHELF_PAGE": "100000000/min",
        "RATE_LIMIT_KEY": "100000000/min",
        "RATE_LIMIT_STORE": "100000000/min",
    }


def manage(env: dict[str, str], *arguments: str) -> str:
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(  # noqa: S603
        command, env=env, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(done.stderr[-3000:])
    return done.stdout


MAKE_STORE = f"""
from apps.accounts.models import Store, StoreOrigin
from apps.accounts.services import keys
from django.utils import timezone
store = Store.objects.create(slug="bench", name="Bench")
StoreOrigin.objects.create(store=store, origin="{ORIGIN}")
from apps.events.services import partitions
partitions.keep_partitions(timezone.now())
print("KEY", keys.create(store, "pk", "bench")[1])
"""


def prepare(env: dict[str, str]) -> str:
    """A store; its publishable key."""
    manage(env, "migrate", "--noinput")
    said = manage(env, "shell", "--no-imports", "-c", MAKE_STORE)
    return said.split("KEY ", 1)[1].split()[0]


@contextmanager
def web(
    env: dict[str, str],
    *,
    workers: int = 2,
    application: str = "luxebrain.wsgi:application",
) -> Iterator[int]:
    port = free_port()
    command = [
        str(BIN / "granian"), "--interface", "wsgi", application,
        "--host", "127.0.0.1", "--port", str(port), "--workers", str(workers),
        "--blocking-threads", str(THREADS), "--log-level", "warning", "--backlog", "2048",
    ]  # fmt: skip
    process = subprocess.Popen(command, env=env, start_new_session=True)  # noqa: S603
    try:
        wait_for(port)
        yield port
    finally:
        end(process)


def wait_for(port: int) -> None:
    for _ in range(300):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("The server did not start.")
