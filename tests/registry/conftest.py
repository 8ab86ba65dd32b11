"""Models as a training makes them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from apps.registry.services import versions
from tests.conftest import NOW

KIND = "recommendations.champion"


def later(**time):
    return NOW + timedelta(**time)


@pytest.fixture
def train(store):
    """Register one more candidate."""

    def register(name="blend", kind=KIND, **more):
        trained = versions.Trained(name=name, trained_at=NOW, **more)
        return versions.register(store, kind, trained)

    return register
