"""The page of changes in the shop: what was asked, and taking it back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from celery import current_app
from django.urls import reverse

from apps.sync.models import Write
from tests.backoffice.conftest import signed_in
from tests.conftest import NOW
from tests.shop.conftest import make_product

LIST = "admin:sync_write_changelist"


@pytest.fixture(autouse=True)
def nudges(monkeypatch):
    """No broker in these tests: what would be sent to it."""
    sent: list[str] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, **_: sent.append(name))
    return sent


@pytest.fixture
def write(store, manager):
    make_product(store, woo_id=15)
    return Write.objects.create(
        store=store,
        kind="price",
        key="k1",
        woo_id=15,
        values={"sale_price": "30.00", "date_on_sale_to_gmt": "2026-06-09T12:00:00"},
        before={"regular_price": "40.00", "sale_price": "35.00"},
        status="verified",
        asked_at=NOW,
        asked_by=f"person:{manager.pk}",
        due_at=NOW,
        settled_at=NOW + timedelta(minutes=1),
    )


def opened(person, store, url):
    answer = signed_in(person, store).get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_says_what_was_changed_of_what_and_by_whom(analyst, manager, store, write):
    page = opened(analyst, store, reverse(LIST))
    for text in ("Dress", "35.00 → 30.00", "In the shop, read back", str(manager)):
        assert text in page


def test_it_asks_no_more_of_the_database_for_more_rows(
    analyst, store, write, django_assert_max_num_queries
):
    for n in range(12):
        make_product(store, f"P{n}", woo_id=100 + n)
        write.pk, write.key, write.woo_id = None, f"more-{n}", 100 + n
        write.save(force_insert=True)
    client = signed_in(analyst, store)
    with django_assert_max_num_queries(25):
        client.get(reverse(LIST))


def test_it_shows_how_many_a_coupon_is_for_and_not_who(analyst, store):
    coupon = Write.objects.create(
        store=store,
        kind="coupon",
        key="c",
        values={"code": "rescue", "email_restrictions": ["ada@mail.example"]},
        asked_at=NOW,
        due_at=NOW,
    )
    page = opened(analyst, store, reverse("admin:sync_write_change", args=[coupon.pk]))
    assert "1 customer" in page
    assert "ada@mail.example" not in page


def test_a_manager_takes_a_price_back(
    manager, store, write, nudges, django_capture_on_commit_callbacks
):
    url = reverse("admin:sync_write_verb", args=[write.pk, "revert"])
    client = signed_in(manager, store)
    assert "Go on?" in client.get(url).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(url)
    back = Write.objects.of(store).exclude(pk=write.pk).get()
    assert (back.status, back.values["sale_price"]) == ("waiting", "35.00")
    assert back.asked_by == f"person:{manager.pk}"
    assert nudges == ["sync.send_writes"]


def test_an_analyst_takes_nothing_back(analyst, store, write):
    url = reverse("admin:sync_write_verb", args=[write.pk, "revert"])
    assert signed_in(analyst, store).post(url).status_code == 403
    assert Write.objects.of(store).count() == 1


def test_it_does_not_exist_for_another_store(stranger, other_store, write):
    url = reverse("admin:sync_write_verb", args=[write.pk, "revert"])
    assert signed_in(stranger, other_store).post(url).status_code == 404
