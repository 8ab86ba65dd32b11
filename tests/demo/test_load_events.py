from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from django.core.management import call_command

from apps.accounts.models import Store
from apps.demo.models import DemoShop
from apps.demo.services.build import EVENTS, folder_of
from apps.demo.services.load_events import load_events
from apps.events.files.reading import Source
from apps.events.models import Event

AT = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db(transaction=True)


def test_the_command_loads_what_visitors_did_once(settings, tmp_path):
    settings.VAR_DIR = str(tmp_path)
    settings.MEDIA_ROOT = str(tmp_path / "media")
    out = io.StringIO()
    small = {"products": 24, "customers": 120, "months": 4}
    call_command("demo", **small, stdout=out)
    store = Store.objects.get(slug="demo")
    count = sum(1 for _ in Source(folder_of("demo") / EVENTS, {}).rows())
    assert f"Its visitors' {count:,} events are there." in out.getvalue()
    assert Event.objects.of(store).count() == count
    assert load_events(DemoShop.objects.get(store=store), at=AT) is None
