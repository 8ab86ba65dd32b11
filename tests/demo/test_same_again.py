from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.demo.conftest import SLUG
from tests.demo.digests import digests
from tests.migrated import migrated

ROOT = Path(__file__).resolve().parents[2]
DATABASE = "shop.sqlite3"
SIZE = (
    "--products",
    "24",
    "--customers",
    "60",
    "--months",
    "3",
    "--until",
    "2026-06-01",
)

pytestmark = pytest.mark.slow


def run(folder, *arguments):
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT, env=env(folder), check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def env(folder):
    url = f"sqlite:///{folder}/{DATABASE}"
    kept = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
    return {
        **kept, "ENV_FILE": os.devnull, "VAR_DIR": str(folder), "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "luxebrain.settings",
    }  # fmt: skip


def built(folder, seed="7"):
    run(folder, "manage.py", "demo", "--skip-checks", "--seed", seed, *SIZE)
    return json.loads(run(folder, "-m", "tests.demo.digests", "demo"))


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The digests of a build that nobody disturbed."""
    folder = tmp_path_factory.mktemp("whole")
    migrated(folder / DATABASE)
    return built(folder)


@pytest.fixture
def folder(tmp_path):
    """A machine of its own: tables, and no shop yet."""
    migrated(tmp_path / DATABASE)
    return tmp_path


def test_it_builds_the_same_shop_again_over_the_old_one(whole, folder):
    built(folder, seed="8")
    assert built(folder) == whole


def test_it_builds_another_shop_for_another_seed(whole, folder):
    other = built(folder, seed="8")
    assert all(other[part] != whole[part] for part in whole)


@pytest.mark.parametrize("percent", [5, 60])
def test_it_builds_the_same_shop_after_being_killed(whole, folder, percent):
    command = [sys.executable, "manage.py", "demo", "--skip-checks", *SIZE]
    with subprocess.Popen(
        command, cwd=ROOT, env=env(folder), stdout=subprocess.DEVNULL
    ) as child:
        wait_for(folder / DATABASE, percent, child)
        child.send_signal(signal.SIGKILL)
    assert status(folder / DATABASE)[0] == "building"
    run(folder, "manage.py", "demo", "--skip-checks", "--if-absent", *SIZE)
    assert json.loads(run(folder, "-m", "tests.demo.digests", "demo")) == whole


def wait_for(path, percent, child):
    deadline = time.monotonic() + 60
    while status(path)[1] < percent:
        assert child.poll() is None, "It was done before it could be killed."
        assert time.monotonic() < deadline
        time.sleep(0.01)


def status(path):
    with sqlite3.connect(path, timeout=20) as database:
        row = database.execute("SELECT status, progress FROM demo_demoshop").fetchone()
    database.close()
    return row or ("", -1)


@pytest.mark.django_db
def test_it_builds_the_same_shop_on_this_database(whole, small_shop):
    """Slugs and files' names differ, the truth and the events do not."""
    here = digests(SLUG)
    assert (here["truth"], here["events"]) == (whole["truth"], whole["events"])
