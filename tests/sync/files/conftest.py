"""A store for files, and a short way to put one in."""

from __future__ import annotations

import io
import json
from datetime import timedelta

import pytest
from django.core.files import File

from apps.accounts.models import Store
from apps.sync.models import FileImportProblem
from apps.sync.services.files import import_file
from tests.conftest import NOW


@pytest.fixture(autouse=True)
def storage_of_its_own(settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "artefacts": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path / "artefacts")},
        },
    }


@pytest.fixture
def atelier(db):
    """A shop without WooCommerce."""
    return open_atelier("atelier")


@pytest.fixture
def second_atelier(db):
    """Another one, empty: where exports go."""
    return open_atelier("atelier-two")


def open_atelier(slug, currency="EUR"):
    return Store.objects.create(
        slug=slug,
        name="Atelier",
        platform=Store.Platform.FILES,
        currency=currency,
        time_zone="Europe/Berlin",
    )


def upload(store, kind, content, name="file.csv", *, at=NOW, is_checked_first=False):
    raw = content if isinstance(content, bytes) else content.encode()
    return import_file.receive(
        store,
        kind,
        File(io.BytesIO(raw), name),
        by=None,
        at=at,
        is_checked_first=is_checked_first,
    )


def take(store, kind, content, name="file.csv", *, at=NOW):
    """The whole way, for good."""
    row = upload(store, kind, content, name, at=at)
    import_file.advance(row, at + timedelta(days=36_500))
    return row


def rehearse(store, kind, content, name="file.csv", *, at=NOW):
    row = upload(store, kind, content, name, at=at, is_checked_first=True)
    import_file.advance(row, at + timedelta(days=36_500))
    return row


def problems(row):
    found = FileImportProblem.objects.of(row.store).filter(file_import=row)
    return [(p.line, p.column, p.reason) for p in found.order_by("line", "pk")]


def ndjson(*rows):
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
