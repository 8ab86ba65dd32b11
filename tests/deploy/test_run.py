from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.request

import pytest

from deploy.local.environment import ROOT
from tests.deploy.conftest import Supervisor, free_port, until


@pytest.mark.slow
def test_it_serves_on_a_fresh_folder_and_ctrl_c_leaves_nothing(supervisor):
    supervisor.start().wait_for("LuxeBrain is up")
    page = f"http://localhost:{supervisor.port}/admin/"
    assert urllib.request.urlopen(page, timeout=10).status == 200
    assert "password" in supervisor.text()
    supervisor.wait_for("beat   |")
    assert supervisor.ask_to_stop() == 0
    assert supervisor.children() == {}


@pytest.mark.slow
def test_it_names_the_child_that_dies_and_stops_all(supervisor):
    supervisor.start().wait_for("beat   |")
    beat = next(pid for pid, line in supervisor.children().items() if " beat " in line)
    os.kill(beat, signal.SIGKILL)
    until(lambda: supervisor.process.poll() is not None, "the end")
    assert supervisor.process.returncode == 1
    assert "beat ended with exit code -9; stopping all." in supervisor.text()
    assert supervisor.children() == {}


@pytest.mark.slow
def test_it_stops_in_the_middle_of_setting_up(supervisor):
    supervisor.start().wait_for("Migrating")
    assert supervisor.ask_to_stop(signal.SIGTERM) == 0
    assert supervisor.children() == {}


def test_it_says_that_the_port_is_in_use(supervisor):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", supervisor.port))
        taken.listen()
        assert supervisor.start().process.wait(30) == 1
    assert f"Port {supervisor.port} is in use" in supervisor.text()
    assert len(supervisor.text().splitlines()) == 1


def test_it_runs_once_per_folder(supervisor):
    supervisor.start()
    lock = supervisor.folder / "run.lock"
    until(lock.exists, "the lock")
    second = Supervisor(supervisor.folder, free_port())
    assert second.start().process.wait(30) == 1
    assert f"already running on {supervisor.folder}" in second.text()


def test_it_refuses_a_port_that_is_none():
    command = [sys.executable, "-m", "deploy.local.run"]
    environment = {**os.environ, "PORT": "soon"}
    told = subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (told.returncode, told.stdout) == (1, "")
    assert told.stderr == "error: PORT=soon is no port number.\n"
