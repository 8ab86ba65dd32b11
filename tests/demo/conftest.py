"""One small demo shop for all tests of a module: building it takes seconds."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime

import pytest

from apps.accounts.models import Store
from apps.demo.services.build import Wanted, build
from apps.shop.services.clear import clear
from tests.demo.window import boutique as boutique
from tests.demo.window import dress as dress

UNTIL = date(2026, 6, 1)
NOW = datetime(2026, 6, 2, tzinfo=UTC)
# Parallel workers share one folder of files: each has a shop of its own.
SLUG = f"small-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
SMALL = {"products": 24, "customers": 60, "months": 3, "until": UNTIL}


@pytest.fixture(scope="module")
def small_shop(django_db_setup, django_db_blocker):
    """A ready demo store of 24 products and 60 customers; gone after the module."""
    with django_db_blocker.unblock():
        shop, _ = build(Wanted(slug=SLUG, **SMALL), at=NOW)
        yield shop.store
        clear(shop.store)
        Store.objects.filter(slug=SLUG).delete()
