from __future__ import annotations

import pytest

from apps.sync.services.copy import copy_payloads
from apps.sync.services.kinds import KINDS


@pytest.fixture
def copy(store):
    """Copy payloads of a kind into the store, as every way of syncing does."""

    def run(kind, *payloads, **more):
        return copy_payloads(store, KINDS[kind], payloads, **more)

    return run
