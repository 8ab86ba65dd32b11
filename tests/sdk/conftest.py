"""Both SDKs, and the doors they knock at."""

from __future__ import annotations

import importlib.util
import sys

import pytest

from tests.house.sources import ROOT
from tests.sdk.door import KEY, Door

PYTHON = ROOT / "sdk/python/src"
NODE = ROOT / "sdk/node"


def load():
    """The package under another name: `luxebrain` is the house's own settings here."""
    name = "luxebrain_sdk"
    if name not in sys.modules:
        folder = PYTHON / "luxebrain"
        spec = importlib.util.spec_from_file_location(
            name, folder / "__init__.py", submodule_search_locations=[str(folder)]
        )
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


sdk = load()


@pytest.fixture
def door():
    with Door() as door:
        yield door


@pytest.fixture
def client(door):
    """Makes clients of the door; they are closed before it is."""
    made = []

    def make(*, on_rejected=None, on_failed=None, **settings):
        given = {"flush_every": 30.0, "close_within": 5.0, **settings}
        made.append(
            sdk.LuxeBrain(
                door.url, KEY, sdk.Settings(**given),
                on_rejected=on_rejected, on_failed=on_failed,
            )
        )  # fmt: skip
        return made[-1]

    yield make
    for each in made:
        each.close(0)
