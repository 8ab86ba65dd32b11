from __future__ import annotations

from datetime import UTC, datetime

import pytest

from apps.accounts.models import AuditEntry, Store, Usage
from apps.accounts.plans import PlanName
from apps.accounts.services import quota

pytestmark = pytest.mark.django_db
AT = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)


def warnings(store):
    entries = AuditEntry.objects.of(store).order_by("pk")
    return list(entries.values_list("action", flat=True))


def test_usage_adds_up_by_month_and_kind(store):
    quota.count(store, "events", 3, AT)
    quota.count(store, "events", 4, AT)
    quota.count(store, "messages", 1, AT)
    assert set(Usage.objects.of(store).values_list("kind", "count")) == {
        ("events", 7),
        ("messages", 1),
    }


def test_a_month_is_the_stores_own(store):
    Store.objects.filter(pk=store.pk).update(time_zone="Asia/Dubai")
    store.refresh_from_db()
    usage = quota.count(store, "events", 1, datetime(2026, 6, 30, 21, 0, tzinfo=UTC))
    assert usage.month_on.isoformat() == "2026-07-01"


def test_it_warns_at_80_and_at_100_percent_once_each(store):
    quota.count(store, "events", 79_999, AT)
    assert warnings(store) == []
    quota.count(store, "events", 1, AT)
    quota.count(store, "events", 19_999, AT)
    assert warnings(store) == ["quota.nearly_used"]
    quota.count(store, "events", 1, AT)
    quota.count(store, "events", 50_000, AT)
    assert warnings(store) == ["quota.nearly_used", "quota.used_up"]


def test_nothing_is_refused_past_the_quota(store):
    assert quota.count(store, "events", 250_000, AT).count == 250_000


def test_a_plan_without_limit_never_warns(store):
    store.plan = PlanName.ENTERPRISE
    quota.count(store, "events", 10**9, AT)
    assert warnings(store) == []


def test_another_store_has_its_own_count(store, other_store):
    quota.count(store, "events", 5, AT)
    assert not Usage.objects.of(other_store).exists()
