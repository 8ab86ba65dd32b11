from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from apps.inventory.models import Supplier, SupplyTerm
from tests.shop.conftest import make_product, make_variant

pytestmark = pytest.mark.django_db


def supplier(store, name="Atelier", **values):
    return Supplier.objects.create(store=store, name=name, currency="EUR", **values)


def term(supplier, product, variant=None, **values):
    fields = {"unit_cost": Decimal("12.00"), **values}
    return SupplyTerm.objects.create(
        store=supplier.store,
        supplier=supplier,
        product=product,
        variant=variant,
        **fields,
    )


@pytest.fixture
def dress(store):
    return make_product(store)


def test_a_supplier_is_known_by_name_in_a_store(store, other_store):
    supplier(store)
    supplier(other_store)
    with pytest.raises(IntegrityError), transaction.atomic():
        supplier(store)
    assert Supplier.objects.of(store).count() == 1


def test_a_lead_time_is_a_duration(store):
    assert supplier(store, lead_time_days_mean=4.5).lead_time == timedelta(hours=108)


@pytest.mark.parametrize(
    "values", [{"lead_time_days_sd": -1}, {"review_period_days": 0}]
)
def test_senseless_times_are_refused(store, values):
    with pytest.raises(IntegrityError), transaction.atomic():
        supplier(store, **values)


@pytest.mark.parametrize(
    "values", [{"unit_cost": -1}, {"minimum_order": 0}, {"pack_size": 0}]
)
def test_senseless_terms_are_refused(store, dress, values):
    with pytest.raises(IntegrityError), transaction.atomic():
        term(supplier(store), dress, **values)


@pytest.mark.parametrize("is_variant", [False, True])
def test_a_supplier_has_one_term_for_one_thing(store, dress, is_variant):
    atelier = supplier(store)
    variant = make_variant(dress) if is_variant else None
    term(atelier, dress, variant)
    with pytest.raises(IntegrityError), transaction.atomic():
        term(atelier, dress, variant)


def test_a_variants_own_term_comes_before_its_products(store, dress):
    variant, other = make_variant(dress, "M"), make_variant(dress, "S")
    cheap, dear = supplier(store, "Cheap"), supplier(store, "Dear")
    shared = term(cheap, dress, unit_cost=8)
    own = term(dear, dress, variant, unit_cost=9)
    terms = SupplyTerm.objects.of(store)
    assert list(terms.for_variant(variant)) == [own, shared]
    assert list(terms.for_variant(other)) == [shared]


def test_who_delivers_no_more_has_no_terms(store, dress):
    term(supplier(store, is_active=False), dress)
    assert not SupplyTerm.objects.of(store).for_variant(make_variant(dress)).exists()


@pytest.mark.parametrize(
    ("pieces", "ordered"), [(0, 0), (-3, 0), (1, 24), (24, 24), (25, 30), (30, 30)]
)
def test_an_order_is_whole_packs_and_not_too_small(pieces, ordered):
    packs = SupplyTerm(minimum_order=20, pack_size=6, unit_cost=Decimal("1.50"))
    assert packs.orderable(pieces) == ordered
    assert packs.cost_of(pieces) == ordered * Decimal("1.50")
