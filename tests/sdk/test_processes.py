"""What a process does to the events that it has not sent yet: ends, forks, crashes."""

from __future__ import annotations

import subprocess
import sys

from tests.sdk.conftest import PYTHON
from tests.sdk.door import KEY

BEGIN = """
import os, sys, threading
from luxebrain import LuxeBrain, Settings
luxe = LuxeBrain(sys.argv[1], sys.argv[2], Settings(flush_every=30.0))
"""


def run(door, script: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", BEGIN + script, door.url, KEY],
        cwd=PYTHON, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_end_of_a_process_sends_what_is_left(door):
    said = run(door, "print(luxe.track('page_view'))")
    assert door.ids == [said.strip()]


def test_the_end_of_a_process_sends_what_a_dropped_client_holds(door):
    said = run(door, "print(luxe.track('page_view')); del luxe")
    assert door.ids == [said.strip()]


def test_a_forked_child_sends_its_own_events_and_not_its_parents(door):
    said = run(
        door,
        """
print("parent", luxe.track("page_view"), flush=True)
for _ in range(3):
    if not os.fork():
        print("child", luxe.track("login"), flush=True)
        luxe.close()
        assert luxe.counts.accepted == 1, luxe.counts
        os._exit(0)
for _ in range(3):
    assert os.wait()[1] == 0
""",
    )
    kinds = dict(reversed(line.split()) for line in said.splitlines())
    assert sorted(kinds.values()) == ["child", "child", "child", "parent"]
    assert sorted(door.ids) == sorted(kinds)


def test_a_fork_amid_busy_threads_leaves_a_child_that_works(door):
    run(
        door,
        """
stop = threading.Event()
def work():
    while not stop.is_set():
        luxe.track("page_view")
threads = [threading.Thread(target=work) for _ in range(4)]
for each in threads:
    each.start()
for _ in range(20):
    if not os.fork():
        luxe.track("login")
        luxe.close()
        os._exit(luxe.counts.accepted - 1)
    assert os.wait()[1] == 0
stop.set()
for each in threads:
    each.join()
assert luxe.flush(30)
counts = luxe.counts
assert counts.tracked == counts.accepted, counts
print(counts.tracked)
""",
    )
    assert len(set(door.ids)) == len(door.ids)
    kinds = [event["type"] for request in door.requests for event in request.events]
    assert kinds.count("login") == 20
