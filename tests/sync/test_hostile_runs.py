"""Runs, deliveries and writes against a shop that answers nonsense: they end, and say so."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from apps.shop.models import Order, Product
from apps.sync.models import Connection, Delivery, Run, Write
from apps.sync.services import apply, reach, runs
from apps.sync.services.work import UNDIGESTED, work
from apps.sync.services.writing import ask
from apps.sync.services.writing.send import send_due
from apps.sync.woo.client import Answer, Client
from apps.sync.woo.errors import ShopBrokenError
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def full(fake):
    fake.fill(products=6, variations_per_product=2, customers=5, orders=12)
    return fake


@pytest.fixture
def spoil(monkeypatch):
    """`spoil(path, change)`: what the shop answers there passes through `change`."""
    asked = Client.ask
    changes = {}

    def ask(self, method, path, params, data, version):
        answer = asked(self, method, path, params, data, version)
        change = changes.get(path)
        if change is None:
            return answer
        return Answer(change(answer.data), answer.total, answer.shop_at)

    monkeypatch.setattr(Client, "ask", ask)
    return changes.__setitem__


def without(*ids):
    """These have no id, and these orders no status."""

    def change(rows):
        return [
            {**row, "id": None} if row.get("id") in ids[:1]
            else {**row, "status": ""} if row.get("id") in ids[1:] else row
            for row in rows
        ]  # fmt: skip

    return change


# What cannot be read


def test_the_proof_names_what_cannot_be_read(full, store, sync, prove, spoil):
    first, second, *_, last = sorted(Order_ids(full))
    spoil("orders", without(first, second))
    sync(Run.Kind.FIRST)
    assert Order.objects.of(store).filter(woo_id=last).exists()
    assert not Order.objects.of(store).filter(woo_id__in=[first, second]).exists()
    certificate = prove()
    assert certificate.verdict == "different"
    named = certificate.differences.filter(what="unreadable").order_by("woo_id")
    assert [(d.kind, d.woo_id, d.fields, d.repaired_at) for d in named] == [
        ("orders", 0, ["id"], None),
        ("orders", second, ["status"], None),
    ]


def test_what_can_be_read_again_is_proven_again(full, store, sync, prove, spoil):
    first, second, *_ = sorted(Order_ids(full))
    spoil("orders", without(first, second))
    sync(Run.Kind.FIRST)
    spoil("orders", lambda rows: rows)
    assert prove().verdict == "repaired"
    assert prove().verdict == "equal"


def Order_ids(fake):
    return [
        woo_id
        for woo_id, payload in fake.truth("orders").items()
        if payload["status"] != "checkout-draft"
    ]


# Runs


def carried_on(store, kind=Run.Kind.FIRST, most=40):
    """As beat and workers do, for as long as it takes."""
    run = runs.ask(store, kind, NOW)
    at = timezone.now()
    for _ in range(most):
        if work(run, lambda at=at: at):
            break
        at += timedelta(hours=1)
    run.refresh_from_db()
    return run


@pytest.mark.parametrize("path", ["products", "orders", "products/attributes"])
@pytest.mark.parametrize("said", [{}, {"id": 5}, None, "x", 5])
def test_a_list_that_is_none_ends_the_run(full, store, connection, spoil, path, said,
                                          monkeypatch):  # fmt: skip
    spoil(path, lambda rows: said)
    run = carried_on(store)
    assert run.status == Run.Status.FAILED
    assert run.error == "The shop answers with something else than a list."


def test_an_error_that_nobody_foresaw_is_counted_and_ends_the_run(
    full, store, connection, monkeypatch, caplog
):
    """Its words may quote customers: the log has its place only."""

    def burst(*args, **kwargs):
        raise KeyError("ada@mail.example")

    monkeypatch.setattr("apps.sync.services.ask_shop.copy_payloads", burst)
    run = carried_on(store)
    assert (run.status, run.attempts) == (Run.Status.FAILED, runs.MOST_ATTEMPTS - 1)
    assert run.error == UNDIGESTED
    assert "KeyError at" in caplog.text
    assert "ada@mail.example" not in caplog.text


def test_lists_in_a_wrong_order_are_told(full, store, connection, spoil):
    spoil("orders", lambda rows: rows[::-1])
    run = carried_on(store)
    assert run.status == Run.Status.FAILED
    assert run.error == "The shop lists things in another order than by id."
    connection.refresh_from_db()
    assert connection.status == Connection.Status.FAILING


# Deliveries


def delivery(store, body, topic="order.updated"):
    return Delivery.objects.create(
        store=store, topic=topic, body=body, digest=str(hash(body)), received_at=NOW,
        due_at=NOW,
    )  # fmt: skip


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000, b'{"a":' * 100_000, b"5", b"null", b"\xff", b"", b'{"id": "5"}',
        b'{"id": 1' + b"0" * 5000 + b"}", b'{"id": NaN, "status": "completed"}',
    ],
)  # fmt: skip
def test_a_delivery_of_nonsense_is_put_aside(store, connection, body):
    row = delivery(store, body)
    assert apply.apply_one(row.pk, NOW)
    row.refresh_from_db()
    assert row.status == Delivery.Status.IGNORED


def test_a_delivery_that_breaks_us_stops_no_other(store, connection, monkeypatch):
    bad = delivery(store, b'{"id": 5, "status": "completed"}')
    good = delivery(store, b"null")

    def burst(*args, **kwargs):
        raise RuntimeError("ada@mail.example")

    monkeypatch.setattr(apply, "copy_payloads", burst)
    at = NOW
    for _ in range(apply.MOST_ATTEMPTS + 1):
        apply.apply_due(lambda at=at: at, at + DAY)
        at += DAY
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.status, bad.note) == ("failed", "LuxeBrain could not read this.")
    assert bad.attempts == apply.MOST_ATTEMPTS
    assert good.status == "ignored"


# Writes


@pytest.fixture
def asked(full, store, sync):
    sync(Run.Kind.FIRST)
    product = Product.objects.of(store).filter(kind="simple").first()
    product = product or Product.objects.of(store).first()
    return ask.stock_note(
        store, product, "Last one", key="k", asked_by="brain:stock", at=NOW
    )


@pytest.mark.parametrize(
    "said",
    [
        [], None, 5, {}, {"update": None}, {"update": 5}, {"update": [None, 5, "x"]},
        {"update": [{"error": "no"}]}, {"update": [{"id": "x"}]}, {"update": [{"error": []}]},
        {"update": [{"error": {"data": "x", "message": {"a": 1}}}]},
        {"update": [{"error": {"data": {"status": None}, "message": None}}]},
    ],
)  # fmt: skip
def test_a_strange_answer_to_a_write_is_no_crash(store, asked, spoil, said):
    spoil("products/batch", lambda rows: said)
    send_due(NOW)
    asked.refresh_from_db()
    assert asked.status in (Write.Status.WAITING, Write.Status.REFUSED)


@pytest.mark.parametrize(
    "said", [{}, None, [None], [{"id": "x"}], [{}], [{"meta_data": [5]}]]
)
def test_a_strange_list_before_a_write_is_no_crash(store, asked, spoil, said):
    spoil("products", lambda rows: said)
    send_due(NOW)
    asked.refresh_from_db()
    assert asked.status in (Write.Status.WAITING, Write.Status.REFUSED)


def test_a_product_of_another_store_is_unknown(store, other_store, asked):
    from apps.core.errors import UnknownError

    product = Product.objects.of(store).first()
    with pytest.raises(UnknownError):
        ask.price(
            other_store, product, key="k2", asked_by="brain:x", at=NOW,
            sale_price=Decimal(1),
        )  # fmt: skip
    assert not Write.objects.of(other_store).exists()


# Webhooks in the shop


@pytest.mark.parametrize(
    "said", [{}, None, 5, [5, None, {}], [{"delivery_url": "http://[x"}]]
)
def test_strange_lists_of_webhooks_are_a_named_error_or_nothing(
    store, connection, spoil, settings, said, fake
):
    from apps.sync.services import hooks

    settings.PUBLIC_URL = "http://127.0.0.1:8000"
    fake.transport = lambda url, headers, body: 200
    client = reach.client_of(connection)
    spoil("webhooks", lambda rows: said)
    with pytest.raises(ShopBrokenError):
        hooks.register(connection, client, NOW)
