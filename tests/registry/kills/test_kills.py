"""`kill -9` at each step of a training: what served serves on, with all its rows."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.migrated import NAME, migrated

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    folder = tmp_path_factory.mktemp("killed")
    done = subprocess.run(
        [sys.executable, "-m", "tests.registry.kills.story"],
        cwd=ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "luxebrain.settings",
            "DATABASE_URL": f"sqlite:///{migrated(folder / NAME)}",
            "VAR_DIR": str(folder / "var"),
            "LOG_LEVEL": "CRITICAL",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert "SAID" in done.stdout, done.stderr[-3000:]
    return json.loads(done.stdout.split("SAID ")[1])


# How many rows a training that died there leaves, beside the four versions' own.
LEFT = {
    "read": 0, "compete": 0, "fit": 0, "publish": 0, "half": 15, "published": 30,
    # It dies while it removes what the one before it left.
    "forget making": 30,
}  # fmt: skip


@pytest.mark.parametrize("step", LEFT)
def test_before_its_promotion_the_champion_serves_on(told, step):
    assert told[step] == {
        "code": -9, "champion": 4, "rows": 30, "run": "running", "versions": 4,
        "written": 4 * 30 + LEFT[step],
    }  # fmt: skip


def test_after_its_promotion_the_new_one_serves(told):
    assert told["forget retired"] == {
        "code": -9, "champion": 5, "rows": 30, "run": "succeeded", "versions": 5,
        "written": 5 * 30,
    }  # fmt: skip


def test_the_next_start_gives_the_dead_up_and_trains(told):
    assert told["after"] == {
        "code": 0, "champion": 6, "rows": 30, "run": "succeeded", "versions": 6,
        "written": 4 * 30,
    }  # fmt: skip
    dead = ["abandoned"] * 7
    assert told["runs"] == ["succeeded"] * 4 + dead + ["succeeded"] * 2


def test_it_forgets_what_the_killed_one_could_not(told):
    """The champion and three before it have files, and those three have that were put
    away before the kill; they go when they are two days old."""
    assert told["files"] == 4 + 3
