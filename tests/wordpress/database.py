"""A private MariaDB in a folder, reached by its socket only: it has no port to collide on."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import time
from pathlib import Path

BARE = ["--no-defaults"]  # Whatever /etc/mysql says is another server's business.
SMALL = [
    "--skip-networking",
    "--skip-log-bin",
    "--innodb-log-file-size=8M",
    "--innodb-buffer-pool-size=32M",
    "--innodb-flush-log-at-trx-commit=0",
    "--performance-schema=OFF",
]
PATIENCE = 60.0


class MariaDB:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.socket = folder / "sock"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        data = self.folder / "data"
        self.folder.mkdir(mode=0o700)  # root has no password behind this door
        data.mkdir()
        as_user = self._unprivileged()
        with (self.folder / "install.log").open("wb") as log:
            subprocess.run(
                ["mariadb-install-db", *BARE, f"--datadir={data}", "--skip-test-db",
                 "--auth-root-authentication-method=normal", *as_user],
                stdout=log, stderr=log, check=True,
            )  # fmt: skip
        with (self.folder / "server.log").open("wb") as log:
            self.process = subprocess.Popen(
                [_mariadbd(), *BARE, f"--datadir={data}", f"--socket={self.socket}",
                 f"--pid-file={self.folder}/pid", *SMALL, *as_user],
                stdout=log, stderr=log,
            )  # fmt: skip
        self._wait()

    def stop(self) -> None:
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def sql(self, statements: str, database: str = "") -> str:
        """What the statements answer: rows by line, columns by tab."""
        done = subprocess.run(
            ["mariadb", *BARE, f"--socket={self.socket}", "--user=root",
             "--batch", "--raw", "--skip-column-names", database],
            input=statements, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(done.stderr)
        return done.stdout

    def _wait(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            assert self.process is not None
            if self.process.poll() is not None:
                break
            try:
                self.sql("SELECT 1")
            except RuntimeError:
                time.sleep(0.1)
            else:
                return
        self.stop()
        raise RuntimeError((self.folder / "server.log").read_text())

    def _unprivileged(self) -> list[str]:
        """MariaDB refuses to run as root; the folder is given to who runs it."""
        if os.geteuid() != 0:
            return []
        names = {user.pw_name for user in pwd.getpwall()}
        user = "mysql" if "mysql" in names else "nobody"
        for path in (self.folder, self.folder / "data"):
            shutil.chown(path, user)
        return [f"--user={user}"]


def _mariadbd() -> str:
    """Debian keeps servers where only root's PATH looks."""
    return shutil.which("mariadbd") or "/usr/sbin/mariadbd"
