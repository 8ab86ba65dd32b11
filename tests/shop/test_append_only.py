from __future__ import annotations

import pytest

from apps.shop.models import Consent, Customer, PriceChange, StockChange
from apps.shop.services.prices import change_price
from apps.shop.services.stock import change_stock
from tests.conftest import NOW
from tests.shop.conftest import money

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows(ada, medium):
    change_price(medium.product, money("30"), at=NOW, reason="test")
    change_stock(medium, 1, NOW, "test")
    store = medium.store
    return [m.objects.of(store).get() for m in (Consent, PriceChange, StockChange)]


@pytest.mark.parametrize("number", range(3))
def test_history_is_not_changed_or_deleted(store, rows, number):
    row = rows[number]
    many = type(row).objects.of(store)
    for attempt in (row.save, row.delete, many.delete, lambda: many.update(store=1)):
        with pytest.raises(TypeError, match="append-only"):
            attempt()
    assert many.get() == row


def test_a_statement_goes_with_the_person(store, ada):
    ada.delete()
    assert not Consent.objects.of(store).exists()
    assert not Customer.objects.of(store).exists()
