"""Real worker and beat processes: a job scheduled by beat is done by a worker.

The same story on the folder broker of one machine and, where the suite started them,
on Redis and RabbitMQ.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.house.sources import ROOT
from tests.migrated import NAME, migrated

QUEUES = "default,sync,training,messages,segments"
DEADLINE = 60


def environment(folder: Path, broker: str) -> dict[str, str]:
    """Nothing of the caller's database or cache reaches these processes."""
    kept = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    return kept | {"VAR_DIR": str(folder), "BROKER_URL": broker}


def start(arguments: list[str], env: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "luxebrain", *arguments],
        cwd=ROOT,
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def answered(folder: Path) -> set[str]:
    with sqlite3.connect(folder / NAME, timeout=20) as database:
        rows = database.execute(
            "SELECT queue FROM core_heartbeat WHERE answered_at IS NOT NULL"
        )
        return {queue for (queue,) in rows}


def stop(process: subprocess.Popen[bytes]) -> None:
    os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(20)


def run_story(folder: Path, broker: str) -> set[str]:
    """Start worker and beat, and wait for a pulse from every queue."""
    env = environment(folder, broker)
    migrated(folder / NAME)
    schedule = ["--scheduler", "django_celery_beat.schedulers:DatabaseScheduler"]
    processes = [
        start(["worker", "-Q", QUEUES, "-c", "1", "--pool", "threads"], env),
        start(["beat", *schedule, "--pidfile", ""], env),
    ]
    try:
        until = time.monotonic() + DEADLINE
        while (
            len(answered(folder)) < len(QUEUES.split(",")) and time.monotonic() < until
        ):
            time.sleep(0.5)
        return answered(folder)
    finally:
        for process in processes:
            stop(process)


@pytest.mark.slow
def test_every_queue_answers_on_the_folder_broker(tmp_path):
    assert run_story(tmp_path, "filesystem://") == set(QUEUES.split(","))


@pytest.mark.slow
@pytest.mark.redis
@pytest.mark.parametrize("service", ["TEST_REDIS_URL", "TEST_RABBITMQ_URL"])
def test_every_queue_answers_on_the_brokers_of_production(tmp_path, service):
    assert run_story(tmp_path, os.environ[service]) == set(QUEUES.split(","))
