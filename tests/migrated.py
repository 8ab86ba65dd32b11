"""A migrated SQLite database, made once for all test processes of a run and then copied:
to migrate from nothing takes half a minute of a processor."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.house.sources import ROOT

NAME = "luxebrain.sqlite3"


def migrated(path: Path) -> Path:
    """Puts one there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(template(), path)
    return path


def template() -> Path:
    # Parallel processes have folders of their own, side by side: tests.environment.
    own = Path(os.environ["VAR_DIR"])
    folder = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    folder = folder / "migrated"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / NAME).exists():
            making = folder / "making"
            make(making)
            (making / NAME).rename(folder / NAME)
    return folder / NAME


def make(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    kept = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate", "-v0", "--skip-checks"],
        cwd=ROOT,
        env={**kept, "ENV_FILE": os.devnull, "VAR_DIR": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    # What was written last may still lie in its journal beside it.
    rest = sorted(one.name for one in folder.glob(f"{NAME}-*"))
    assert not rest, rest
