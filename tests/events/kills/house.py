"""A whole house that may be killed part by part: web, database, worker."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from deploy.local.terminal import PlainError
from tests.migrated import NAME, migrated
from tests.run.services import PostgreSQL, free_port

ORIGIN = "https://maison.example"
# What calls itself by another name is taken for a robot, and robots are not counted.
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
BIN = Path(sys.executable).parent
SET_UP = f"""
from apps.accounts.models import Store, StoreOrigin
from apps.accounts.services import keys
from apps.events.models import Tracking
store = Store.objects.create(slug="maison", name="Maison")
StoreOrigin.objects.create(store=store, origin="{ORIGIN}")
print("SAID", keys.create(store, "pk", "Pages")[1], Tracking.objects.for_store(store).id_mask)
"""
# What a Celery worker does, without a broker that would be killed with it.
WORKER = """
import os, time
os.environ["DJANGO_SETTINGS_MODULE"] = "luxebrain.settings"
import django
django.setup()
from datetime import timedelta
from django.db import DatabaseError, connection
from django.utils import timezone
from apps.events.services import partitions
from apps.events.services.roll import roll
while True:
    try:
        partitions.keep_partitions(timezone.now())
        roll(timezone.now, timezone.now() + timedelta(seconds=5))
    except DatabaseError:
        connection.close()
    time.sleep(0.05)
"""


class MortalPostgreSQL(PostgreSQL):
    """Commits are flushed, and it comes back on the same port with what it has."""

    def command(self):
        safe = ("fsync", "synchronous_commit", "full_page_writes")
        return [
            part.replace("=off", "=on") if part.startswith(safe) else part
            for part in super().command()
        ]

    def kill(self):
        """With its children, which have sessions of their own."""
        self.process.send_signal(signal.SIGSTOP)
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                is_mine = (folder / "cwd").readlink() == self.folder / "data"
            except OSError:
                continue
            if is_mine:
                os.kill(int(folder.name), signal.SIGKILL)
        self.process.kill()
        self.process.wait()

    def revive(self):
        for _ in range(20):
            with (self.folder / "output.log").open("ab") as log:
                self.process = subprocess.Popen(
                    self.as_user(self.command()), cwd=self.folder, env=self.environment(),
                    stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                    start_new_session=True,
                )  # fmt: skip
            try:
                self.wait_until(self.answers)
            except PlainError as error:
                why = str(error)
                time.sleep(0.2)
            else:
                return
        raise AssertionError(f"PostgreSQL does not come back: {why}")


class House:
    def __init__(self, folder: Path, *, on_postgresql: bool) -> None:
        self.folder = folder
        self.database = MortalPostgreSQL(folder) if on_postgresql else None
        self.port = free_port()
        self.web: subprocess.Popen | None = None
        self.worker: subprocess.Popen | None = None

    def environment(self):
        url = f"sqlite:///{self.folder}/{NAME}"
        if self.database:
            url = self.database.url
        kept = {k: v for k, v in os.environ.items() if not k.endswith("_URL")}
        return {
            **kept,
            "DATABASE_URL": url,
            "VAR_DIR": str(self.folder / "var"),
            "ENV_FILE": str(self.folder / "none"),
            "LOG_LEVEL": "CRITICAL",
            "RATE_LIMIT_TRACK_PAGE": "10000000/min",
        }

    def start(self) -> None:
        if self.database:
            self.database.start()
            self.manage("migrate", "--noinput")
        else:
            migrated(self.folder / NAME)
        said = self.manage("shell", "--no-imports", "-c", SET_UP)
        words = said.split("SAID ")[1].split()
        self.key, self.mask = words[0], int(words[1])
        self.start_web()
        self.start_worker()

    def manage(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments], env=self.environment(),
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def start_web(self) -> None:
        self.web = subprocess.Popen(
            [str(BIN / "granian"), "--interface", "wsgi", "luxebrain.wsgi:application",
             "--host", "127.0.0.1", "--port", str(self.port), "--workers", "1",
             "--blocking-threads", "8", "--log-level", "critical"],
            env=self.environment(), start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        for _ in range(600):
            try:
                urllib.request.urlopen(
                    f"http://127.0.0.1:{self.port}/healthz", timeout=1
                )
            except urllib.error.HTTPError:
                return
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError("The web process does not come back.")

    def start_worker(self) -> None:
        self.worker = subprocess.Popen(
            [sys.executable, "-c", WORKER], env=self.environment(),
            start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def kill(self, what: str) -> None:
        if what == "database" and self.database:
            self.database.kill()
            self.database.revive()
        elif what == "worker":
            os.killpg(self.worker.pid, signal.SIGKILL)
            self.worker.wait()
            self.start_worker()
        else:
            os.killpg(self.web.pid, signal.SIGKILL)
            self.web.wait()
            self.start_web()

    def stop(self) -> None:
        for process in (self.web, self.worker):
            if process is not None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        if self.database:
            self.database.stop()

    def send(self, ids: list[str]) -> bool:
        """True when all were acknowledged."""
        events = ",".join(
            f'{{"type":"search","id":"{each}","at":{round(time.time() * 1000)},"query":"x"}}'
            for each in ids
        )
        body = f'{{"visitor":"{secrets.token_hex(8)}","events":[{events}]}}'.encode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api/v1/events/track?key={self.key}", body,
            headers={"Origin": ORIGIN, "User-Agent": BROWSER, "Content-Type": "text/plain"},
        )  # fmt: skip
        try:
            with urllib.request.urlopen(request, timeout=15) as answer:
                return answer.status == 200
        except OSError:
            return False
