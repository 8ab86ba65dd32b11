from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from apps.features.definitions import KINDS
from apps.features.models import CustomerFeatures, ProductFeatures, Refresh
from apps.features.services import refresh
from apps.features.services.frame import frame
from apps.shop.models import Customer, Order
from apps.shop.services import merge
from tests.at_once import at_once
from tests.conftest import NOW
from tests.features.conftest import ago

pytestmark = pytest.mark.django_db


def served(model):
    """Rows as the frame would say them."""
    kind = model.SUBJECT[0]
    names = [feature.name for feature in KINDS[kind].features]
    return {
        getattr(row, f"{kind}_id"): json.dumps({n: row.value(n) for n in names})
        for row in model.objects.all()
    }


def trained(store, kind, at):
    names = [feature.name for feature in KINDS[kind].features]
    return {
        row[kind]: json.dumps({name: row[name] for name in names})
        for row in frame(store, kind, at).to_dicts()
    }


def set_back(model, at):
    """The wall clock wrote `updated_at`; tests live in June."""
    model.objects.update(updated_at=at)


@pytest.fixture
def sales(shop, ada, cleo):
    tops = shop.category("Tops")
    dress = shop.product("Dress", tops, brand="Mira")
    shop.price(dress, "40", "50")
    shop.stock(dress.variants.get(), 7, days=50)
    for person, days in ((ada, 30), (cleo, 20), (ada, 4)):
        order = shop.order(person, (dress, 2, "80", "90"), days=days)
        shop.touch("product_view", dress, days=days, customer=person, price=40)
    shop.refund(order, "10", days=2)
    return dress


@pytest.mark.parametrize("model", [CustomerFeatures, ProductFeatures])
def test_it_serves_what_training_sees(store, sales, model):
    kind = model.SUBJECT[0]
    assert refresh.refresh_all(store, kind, NOW) == model.objects.count() > 0
    assert served(model) == trained(store, kind, NOW)


def test_it_works_out_anew_whom_something_happened_to(shop, sales, ada, cleo):
    for model in (Customer, Order):
        set_back(model, ago(1))
    refresh.refresh_all(shop.store, "customer", NOW)
    later = NOW + timedelta(hours=1)
    order = shop.order(ada, (sales, 1, "40"), days=-1 / 48)
    Order.objects.filter(pk=order.pk).update(updated_at=NOW + timedelta(minutes=30))
    assert refresh.keep_up(shop.store, "customer", later) == 1
    rows = {row.customer_id: row for row in CustomerFeatures.objects.all()}
    assert (rows[ada.pk].as_of, rows[ada.pk].orders) == (later, 3)
    assert (rows[cleo.pk].as_of, rows[cleo.pk].orders) == (NOW, 1)
    assert (
        served(CustomerFeatures)[ada.pk]
        == trained(shop.store, "customer", later)[ada.pk]
    )


def test_a_price_is_placed_among_those_of_the_last_night(shop, ada, cleo):
    """To add up all that was ever sold takes a second, so it is done once a night."""
    tops = shop.category("Tops")
    cheap, dear = shop.product("A", tops), shop.product("B", tops)
    shop.order(cleo, (cheap, 1, "10"), (dear, 1, "90"), days=3)
    refresh.refresh_all(shop.store, "customer", NOW)
    for hours in (1, 2):
        # Of all sold by then, "B" would be the cheaper one.
        shop.order(cleo, (dear, 99, "99"), days=-hours / 24)
        shop.order(ada, (dear, 1, "90"), days=-hours / 24)
        with CaptureQueriesContext(connection) as asked:
            refresh.refresh_some(
                shop.store, "customer", NOW + timedelta(hours=hours + 1), [ada.pk]
            )
        row = CustomerFeatures.objects.get(customer=ada)
        assert row.value("band_high_share") == 1.0
        sums = [
            q["sql"] for q in asked if "SUM(" in q["sql"] and "GROUP BY" in q["sql"]
        ]
        # Not even the first time.
        assert not sums


def test_it_drops_who_was_found_to_be_someone_else(shop, sales, ada, cleo):
    refresh.refresh_all(shop.store, "customer", NOW)
    later = NOW + timedelta(hours=1)
    merge.merge(ada, cleo, at=NOW + timedelta(minutes=1), reason="the same")
    refresh.keep_up(shop.store, "customer", later)
    row = CustomerFeatures.objects.get()
    assert (row.customer_id, row.orders, row.value("units")) == (ada.pk, 3, 6)


def test_it_takes_no_row_back_in_time(store, sales):
    refresh.refresh_all(store, "product", NOW)
    before = served(ProductFeatures)
    assert refresh.refresh_all(store, "product", ago(3)) == 0
    assert served(ProductFeatures) == before
    state = Refresh.objects.get(kind="product")
    assert (state.seen_to_at, state.full_at) == (NOW, NOW)


def test_it_goes_on_after_it_was_stopped_between_two_chunks(store, sales, monkeypatch):
    """The place up to which changes were seen moves last."""
    monkeypatch.setattr(refresh, "CHUNK", 1)
    whole = refresh.write_chunk
    left = [1]

    def dies(*values):
        if not left:
            raise IntegrityError("The machine went away.")
        left.pop()
        return whole(*values)

    monkeypatch.setattr(refresh, "write_chunk", dies)
    with pytest.raises(IntegrityError):
        refresh.refresh_all(store, "customer", NOW)
    assert CustomerFeatures.objects.count() == 1
    assert refresh.seen_to(store, "customer") is None
    monkeypatch.setattr(refresh, "write_chunk", whole)
    later = NOW + timedelta(minutes=10)
    assert refresh.keep_up(store, "customer", later) == 2
    assert served(CustomerFeatures) == trained(store, "customer", later)


def test_it_keeps_stores_apart(store, other_store, sales):
    refresh.refresh_all(other_store, "customer", NOW)
    refresh.refresh_all(other_store, "product", NOW)
    assert not CustomerFeatures.objects.exists()
    assert not ProductFeatures.objects.exists()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_at_once_leave_the_newer_numbers(store, sales, monkeypatch):
    monkeypatch.setattr(refresh, "CHUNK", 1)
    later = NOW + timedelta(hours=1)

    def work(at):
        refresh.refresh_all(store, "customer", at)

    done = at_once(work, work, work, rows=[later, NOW, ago(1)])
    assert done == ["won"] * 3
    assert served(CustomerFeatures) == trained(store, "customer", later)
    assert {row.as_of for row in CustomerFeatures.objects.all()} == {later}
    assert refresh.seen_to(store, "customer") == later
