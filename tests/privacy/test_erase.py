"""Trap 20: after an erasing, the whole database is searched for the person."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.storage import storages
from django.db.models import Sum

from apps.accounts.models import AuditEntry
from apps.decisions.models import Decision
from apps.events.models import Event, Interaction, Session, Visitor, VisitorDay
from apps.experiments.models import Exposure
from apps.privacy.models import PrivacyRequest
from apps.privacy.services import ask, steps
from apps.privacy.services.whom import Question
from apps.privacy.services.work import work, work_all
from apps.shop.models import Address, Consent, Customer, Order, Product, Refund
from apps.shop.services.upsert import Outcome
from apps.sync.files.customers import CustomerRow
from apps.sync.models import FileImport
from apps.sync.services.copy import copy_payloads
from apps.sync.services.files import import_customers
from apps.sync.services.files.import_file import STORAGE
from apps.sync.services.kinds import KINDS
from tests.conftest import NOW
from tests.privacy.person import (
    EMAIL,
    LAST,
    NUMBER,
    VISITORS,
    everywhere,
    found,
)

Status = PrivacyRequest.Status
LATER = NOW + timedelta(days=1)


@pytest.fixture
def product(store):
    return Product.objects.create(
        store=store, name="Coat", kind="simple", status="publish", published_at=NOW
    )


@pytest.fixture
def person(store, product):
    return everywhere(store, product)


def erase(store, **asked):
    row = ask.erase(store, Question(**asked or {"email": EMAIL}), LATER, by=None)
    assert work(row, lambda: LATER)
    return row


def sums(store):
    orders = Order.objects.of(store).aggregate(total=Sum("total"))
    visits = Session.objects.of(store).aggregate(seen=Sum("page_views"), worth=Sum("revenue"))  # fmt: skip
    return {
        **orders,
        **visits,
        "refunds": Refund.objects.of(store).aggregate(s=Sum("amount"))["s"],
        "deeds": Interaction.objects.of(store).count(),
        "visitors": Visitor.objects.of(store).count(),
        "days": VisitorDay.objects.of(store).values("visitor").distinct().count(),
        "choices": Decision.objects.of(store).count(),
        "exposed": Exposure.objects.of(store).values("unit").distinct().count(),
    }


def test_trap_20_nothing_of_the_person_is_left_in_the_whole_database(store, person):
    assert len(found()) > 20

    row = erase(store)

    assert found() == set()
    assert found(["customer_woo_id: 815042", f'"customer_id": {NUMBER}']) == set()
    assert row.status == Status.DONE
    assert row.certificate["left"] == []
    assert row.certificate["tables"] > 50


def test_sums_stay(store, person):
    before = sums(store)

    erase(store)

    assert sums(store) == before
    order = Order.objects.of(store).get()
    assert (order.total, order.shipping_address.country) == (Decimal("80.0000"), "GB")
    assert (order.shipping_address.city, order.shipping_address.postcode) == ("", "")
    assert order.customer == person  # one nobody: who bought again is still seen


def test_what_belongs_together_stays_so_of_nobody(store, person):
    """A session and a deed of one browser still have the same, new name."""
    erase(store)

    visits = set(Session.objects.of(store).values_list("visitor", flat=True))
    deeds = set(Interaction.objects.of(store).values_list("visitor", flat=True))
    assert visits == deeds
    assert len(visits) == 2
    assert not visits & set(VISITORS)
    assert not Session.objects.of(store).exclude(customer=None).exists()
    assert not Event.objects.of(store).exists()


def test_other_people_keep_everything(store, person, product):
    ben = Customer.objects.create(store=store, email="ben@mail.example", woo_id=9)
    Session.objects.create(
        store=store, key="b", visitor="visitor-of-ben", customer=ben, started_at=NOW,
        last_at=NOW,
    )  # fmt: skip

    erase(store)

    ben.refresh_from_db()
    assert (ben.email, ben.woo_id) == ("ben@mail.example", 9)
    assert Session.objects.of(store).get(key="b").customer == ben


def test_the_same_address_in_another_store_stays(store, other_store, person):
    twin = Customer.objects.create(store=other_store, email=EMAIL, woo_id=NUMBER)

    erase(store)

    twin.refresh_from_db()
    assert (twin.email, twin.woo_id) == (EMAIL, NUMBER)


def test_it_goes_on_where_it_was_killed(store, person, monkeypatch):
    row = ask.erase(store, Question(email=EMAIL), LATER, by=None)

    def dies(*_):
        raise KeyboardInterrupt

    monkeypatch.setitem(steps.STEPS, "choices", dies)
    with pytest.raises(KeyboardInterrupt):
        work(row, lambda: LATER)
    row.refresh_from_db()
    assert row.steps_done == ["shop", "sync", "events", "tests"]
    monkeypatch.undo()

    assert work_all(lambda: LATER, LATER + timedelta(minutes=1)) == 0  # still claimed
    after = LATER + timedelta(minutes=11)
    assert work_all(lambda: after, after + timedelta(minutes=1)) == 1

    row.refresh_from_db()
    assert (row.status, found()) == (Status.DONE, set())


def test_it_tries_a_step_again_that_failed(store, person, monkeypatch):
    row = ask.erase(store, Question(email=EMAIL), LATER, by=None)

    def fails(*_):
        raise RuntimeError(EMAIL)

    monkeypatch.setitem(steps.STEPS, "events", fails)
    work_all(lambda: LATER, LATER + timedelta(minutes=1))
    row.refresh_from_db()
    assert (row.status, row.error) == (
        Status.RUNNING, "A step failed and is tried again.",
    )  # fmt: skip
    monkeypatch.undo()

    after = LATER + timedelta(minutes=2)
    work_all(lambda: after, after + timedelta(minutes=1))

    row.refresh_from_db()
    assert row.status == Status.DONE


def test_asked_twice_it_is_one_request(store, person):
    first = ask.erase(store, Question(email=EMAIL), LATER, by=None)
    second = ask.erase(store, Question(email=EMAIL.upper()), LATER, by=None)

    assert first.pk == second.pk
    assert work(first, lambda: LATER)
    again = erase(store)
    assert again.pk != first.pk
    assert again.status == Status.DONE
    assert again.counts["customers"] == 0


def test_the_ledger_names_nobody_and_says_who_asked(store, person, owner):
    row = ask.erase(store, Question(email=EMAIL), LATER, by=owner)
    work(row, lambda: LATER)

    row.refresh_from_db()
    assert (row.asked_by, bytes(row.sealed_whom)) == (owner, b"")
    assert row.counts["orders"] == 1
    entry = AuditEntry.objects.get(action="privacy.erase_asked")
    assert (entry.actor, entry.subject) == (owner, f"privacy:{row.pk}")


def test_files_that_name_the_person_go(store, person):
    path = FileImport.objects.of(store).get().path

    erase(store)

    assert FileImport.objects.of(store).get().path == ""
    assert not storages[STORAGE].exists(path)


def payload(email=EMAIL, placed="2026-06-01T12:00:00", number=7001):
    return {
        "id": number, "number": str(number), "status": "completed", "currency": "EUR",
        "total": "80.00", "customer_id": NUMBER, "line_items": [], "refunds": [],
        "date_created_gmt": placed, "date_modified_gmt": placed,
        "billing": {"email": email, "first_name": "Ada", "last_name": LAST,
                    "phone": "+44 20 7946 0958", "country": "GB",
                    "postcode": "SW1Y 4JH", "city": "Marylebone-upon-Test"},
    }  # fmt: skip


ACCOUNT = {
    "id": NUMBER, "email": EMAIL, "first_name": "Ada", "last_name": LAST,
    "date_created_gmt": "2020-01-01T00:00:00",
    "date_modified_gmt": "2026-06-03T00:00:00",
    "billing": {"phone": "+44 20 7946 0958"},
}  # fmt: skip


def test_a_later_sync_does_not_bring_the_person_back(store, person):
    erase(store)

    copy_payloads(store, KINDS["customers"], [ACCOUNT])
    copy_payloads(store, KINDS["orders"], [payload(), payload(number=7005)])

    assert found() == set()
    assert Customer.objects.of(store).exclude(email="").count() == 0
    assert {order.customer_id for order in Order.objects.of(store)} == {person.pk}
    assert not Address.objects.of(store).exclude(city="").exists()


def test_who_orders_again_is_somebody_new(store, person):
    erase(store)

    copy_payloads(store, KINDS["orders"], [payload(placed="2026-07-01T12:00:00")])

    back = Customer.objects.of(store).get(email=EMAIL)
    assert back.pk != person.pk
    assert Order.objects.of(store).get(woo_id=7001).customer == back


def test_it_finds_a_person_by_the_shops_number(store, person):
    erase(store, shop_customer=NUMBER)

    assert found() == set()


def test_whom_nobody_knows_is_done_at_once(store):
    row = erase(store, email="nobody@mail.example")

    assert (row.status, row.counts["customers"]) == (Status.DONE, 0)


def test_what_is_left_is_said(store, person):
    Product.objects.of(store).update(description=f"As worn by {EMAIL}")

    row = erase(store)

    assert row.status == Status.REMAINS
    assert row.certificate["left"] == [
        {"table": "shop.Product", "column": "description", "rows": 1}
    ]


def test_consents_go_with_the_person(store, person):
    erase(store)

    assert not Consent.objects.of(store).exists()


def test_an_old_file_does_not_bring_the_person_back(store, person):
    erase(store)
    guest = CustomerRow(None, EMAIL, None, {"first_name": "Ada", "last_name": LAST})
    account = CustomerRow(NUMBER, EMAIL, None, {"email": EMAIL, "last_name": LAST})

    assert import_customers.write(store, guest, LATER) == Outcome.UNCHANGED
    assert import_customers.write(store, account, LATER) == Outcome.UNCHANGED

    assert found() == set()
