"""Many new things at once leave the same rows as one after the other."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.forms.models import model_to_dict

from apps.shop.models import (
    Customer,
    Image,
    Order,
    OrderLine,
    PriceChange,
    Product,
    StockChange,
    Variant,
)
from apps.sync.services.copy import copy_payloads
from apps.sync.services.kinds import KINDS
from tests.sync.captured import body

pytestmark = pytest.mark.django_db
SEEN = datetime(2026, 11, 21, tzinfo=UTC)
SHOP = (
    ("products_all", "products"),
    ("variations_global", "variations"),
    ("customers_role_all", "customers"),
    ("orders_page1", "orders"),
)
OWN = {"id", "store", "product", "variant", "order", "customer", "shipping_address"}


def rows(model, store):
    """Every column except numbers of our own; words by what they say."""
    found = []
    for row in model.objects.of(store):
        said = model_to_dict(row, exclude=OWN)
        for name in ("categories", "tags"):
            if name in said:
                said[name] = sorted(word.slug for word in said[name])
        for name in ("product", "variant", "order", "customer"):
            owner = getattr(row, name, None)
            said[name] = getattr(owner, "woo_id", None) or getattr(owner, "email", "")
        moment = getattr(row, "changed_at", None) or getattr(
            row, "source_modified_at", None
        )
        found.append(str(sorted({**said, "moment": moment}.items(), key=str)))
    return sorted(found)


@pytest.mark.parametrize(
    "model",
    [Product, Variant, Image, PriceChange, StockChange, Customer, Order, OrderLine],
)
def test_a_page_at_once_is_as_one_by_one(model, store, other_store):
    other_store.currency = store.currency
    for name, kind in SHOP:
        payloads = body(f"rest/{name}")
        copy_payloads(store, KINDS[kind], payloads, seen_at=SEEN)
        for payload in payloads:
            copier = KINDS[kind].copier
            [copy] = copier.prepare(other_store, [KINDS[kind].read(payload)])
            copier.write(other_store, copy, SEEN)
    assert rows(model, store) == rows(model, other_store) != []


def test_a_page_of_new_things_takes_few_statements(
    store, django_assert_max_num_queries
):
    for (name, kind), most in zip(SHOP, (80, 60, 30, 40), strict=True):
        with django_assert_max_num_queries(most):
            copy_payloads(store, KINDS[kind], body(f"rest/{name}"), seen_at=SEEN)
