"""Runs the Node client's own tests, and looks at what ends with its process."""

from __future__ import annotations

import re
import subprocess

from tests.house.sources import ROOT
from tests.sdk.conftest import NODE
from tests.sdk.door import KEY

TRACK = """
import { LuxeBrain } from "./index.js";
const luxe = new LuxeBrain(process.argv[1], process.argv[2], { flushEvery: 30000 });
console.log(luxe.track("page_view"));
"""


def test_the_tests_of_the_node_client_pass():
    done = subprocess.run(
        ["node", "--test", "--test-reporter=tap", "tests/sdk/node.test.js"],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:]
    counts = dict(
        re.findall(r"^# (pass|fail|skipped) (\d+)$", done.stdout, re.MULTILINE)
    )
    assert counts == {"pass": "17", "fail": "0", "skipped": "0"}


def test_the_end_of_node_sends_what_is_left(door):
    done = subprocess.run(
        ["node", "--input-type=module", "-e", TRACK, door.url, KEY],
        cwd=NODE, capture_output=True, text=True, check=False, timeout=20,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert door.ids == [done.stdout.strip()]
