"""Both SDKs against a real LuxeBrain, through a line and a server that misbehave:
every event is there exactly once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter

import pytest

from tests.house.sources import ROOT
from tests.sdk.conftest import PYTHON
from tests.sdk.door import Door, Reply, cut, forward, say
from tests.sdk.site import Site

HERE = ROOT / "tests/sdk"
SDKS = {
    "python": [sys.executable, str(HERE / "send.py")],
    "node": ["node", str(HERE / "send.mjs")],
}
both = pytest.mark.parametrize("sdk", SDKS)
KEPT = """
import json
from apps.events.models import Event
print(json.dumps([[e.properties["query"], e.visitor, e.customer_woo_id] for e in Event.objects.across_stores()]))
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    site = Site(tmp_path_factory.mktemp("site"))
    site.start()
    yield site
    site.kill()


def begin(sdk: str, url: str, key: str, count: int, run: str) -> subprocess.Popen:
    return subprocess.Popen(
        [*SDKS[sdk], url, key, str(count), run],
        env={**os.environ, "PYTHONPATH": str(PYTHON)},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def end(sender: subprocess.Popen) -> dict[str, int]:
    said, wrong = sender.communicate(timeout=120)
    assert sender.returncode == 0, wrong
    return json.loads(said)


def kept(site: Site, run: str) -> Counter:
    rows = json.loads(site.shell(KEPT))
    return Counter(tuple(row) for row in rows if row[0].startswith(f"{run}-"))


def expected(run: str, count: int) -> Counter:
    return Counter((f"{run}-{n}", f"v{n % 7}", n % 5 + 1) for n in range(count))


@both
def test_every_event_arrives_once_over_a_bad_line(site, sdk):
    send = forward(site.port)

    def lose_answer(request):
        assert send(request).status == 200
        return Reply(0)

    def send_twice(request):
        return min(send(request), send(request), key=lambda reply: reply.status)

    with Door(send) as door:
        door.steps.extend(
            [lose_answer, send, say(503, Retry_After="1"), cut, send_twice, say(429),
             send, lose_answer, lose_answer, send, say(502, b"<p>"),
             say(200, b"<p>welcome"), send, cut]
        )  # fmt: skip
        counts = end(begin(sdk, door.url, site.key, 1_500, f"line-{sdk}"))
    assert counts["accepted"] == counts["tracked"] == 1_500
    assert not door.steps
    assert kept(site, f"line-{sdk}") == expected(f"line-{sdk}", 1_500)


@both
def test_every_event_arrives_once_though_the_server_is_killed(site, sdk):
    run = f"kill-{sdk}"
    sender = begin(sdk, site.url, site.key, 6_000, run)
    for _ in range(2):
        time.sleep(0.3)
        site.kill()
        site.start()
    counts = end(sender)
    assert counts["accepted"] == counts["tracked"] == 6_000
    assert counts["retries"] > 0
    assert kept(site, run) == expected(run, 6_000)
