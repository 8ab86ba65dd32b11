from __future__ import annotations

from datetime import timedelta

import pytest

from apps.shop.models import Product
from apps.shop.services.remove import remove
from tests.conftest import NOW
from tests.shop.conftest import make_product

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def hat(store):
    return make_product(store, "Hat", woo_id=7, source_modified_at=NOW)


def test_the_row_stays_but_is_not_live(store, hat):
    assert remove(Product, store, 7, LATER)
    assert Product.objects.of(store).get() == hat
    assert not Product.objects.of(store).live().exists()


def test_twice_is_once(store, hat):
    remove(Product, store, 7, LATER)
    assert not remove(Product, store, 7, LATER)


def test_what_changed_after_the_deletion_is_there(store, hat):
    assert not remove(Product, store, 7, NOW - timedelta(hours=1))
    hat.refresh_from_db()
    assert hat.deleted_at is None


def test_what_is_unknown_or_another_stores_is_left_alone(store, other_store, hat):
    assert not remove(Product, store, 8, LATER)
    assert not remove(Product, other_store, 7, LATER)
    assert Product.objects.of(store).live().get() == hat
