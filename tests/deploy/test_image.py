"""What the image holds, started as the image starts it, without an engine."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.check import PRODUCTION
from deploy.local.environment import ROOT
from tests.deploy.conftest import free_port, until

COPIED = re.findall(r"^COPY (\S+)", (ROOT / "Dockerfile").read_text(), re.MULTILINE)


@pytest.fixture
def image(tmp_path):
    """Only the files that the Dockerfile copies, with static files collected."""
    for name in COPIED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        copy(ROOT / name, tmp_path / name)
    enter(tmp_path, {"LUXEBRAIN_DEPLOYMENT": "embedded"}, "manage", "collectstatic",
          "--noinput", "-v0")  # fmt: skip
    return tmp_path


def command(folder, settings, *words):
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {"PATH": path, "HOME": str(folder), "VAR_DIR": f"{folder}/var"}
    words = (
        words if words[0] == "python" else ("sh", "deploy/docker/entrypoint.sh", *words)
    )
    return {"args": words, "cwd": folder, "env": {**environment, **settings}}


def enter(folder, settings, *words):
    return subprocess.run(
        **command(folder, settings, *words), check=False, capture_output=True, text=True
    )


@pytest.mark.slow
def test_it_refuses_a_production_start_with_nothing_set(image):
    told = enter(image, {"LUXEBRAIN_DEPLOYMENT": "production"}, "web")
    assert told.returncode == 1
    assert "luxebrain.E002" in told.stderr


@pytest.mark.slow
def test_it_migrates_then_serves_and_says_that_it_is_healthy(image):
    settings = {**PRODUCTION, "WEB_PORT": str(free_port()), "WEB_WORKERS": "1"}
    assert enter(image, settings, "migrate").returncode == 0
    with subprocess.Popen(**command(image, settings, "web")) as web:
        ask = ("python", "deploy/docker/healthcheck.py", "web")
        until(lambda: enter(image, settings, *ask).returncode == 0, "health")
        web.terminate()
        assert web.wait(30) == 0
    assert enter(image, settings, *ask).returncode == 1


def test_it_says_what_it_can_be():
    told = enter(ROOT, {}, "cook")
    assert told.returncode == 64
    assert told.stderr.startswith("Say one of: web, worker <queue>, beat, migrate")
