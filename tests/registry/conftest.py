"""Models as a training makes them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from apps.registry.services import versions
from apps.registry.services.learn import learn as learn_kind
from tests.conftest import NOW
from tests.registry import brains

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


@pytest.fixture
def storage_of_its_own(settings, tmp_path):
    backend = "django.core.files.storage.FileSystemStorage"
    options = {"location": str(tmp_path / "artefacts")}
    settings.STORAGES = {
        **settings.STORAGES,
        "artefacts": {"BACKEND": backend, "OPTIONS": options},
    }
    return tmp_path / "artefacts"


@pytest.fixture
def learn(store, settings, monkeypatch, storage_of_its_own):
    """Train the small brain of the tests, turned by keywords."""
    settings.BRAINS = {brains.KIND: brains.PATH}

    def train(at=NOW, of=store, **turned):
        for name, value in turned.items():
            monkeypatch.setattr(brains.Sales, name, value)
        return learn_kind(of, brains.KIND, as_of=at, clock=lambda: at)

    return train
