"""Things of a shop whose every field may be anything: read, copied, and proven."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.shop.models import Order, Product
from apps.sync.services.copy import copy_payloads
from apps.sync.services.kinds import KINDS
from apps.sync.woo.fields import UnreadableError
from tests.sync.captured import body

MANY = settings(
    deadline=None,
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
NASTY = [
    None, True, False, 0, -1, 1, 2**31, 2**63 - 1, 2**63, -(2**63), 10**400, 1e300, -0.5,
    "", "0", "-1", "\0", "a\0b", "\ud800", "\udfff\ud800", "x" * 5000, "9" * 400, "1e9999999",
    "-1e9999999", "1e-9999999", "sNaN", "Infinity", "999999999999.99999", "14,50", "trash",
    "variable", "publish", "completed", "checkout-draft", "2026-06-01T12:00:00",
    "0000-00-00T00:00:00", "9999-12-31T23:59:59", "2026-06-01T12:00:00+23:59", [], {},
    [None], [{}], [{"id": 5}], [{"id": 5}, {"id": 5}], {"id": 5}, [[]], [{"id": -5}],
    [{"id": 7, "key": "\0", "value": {}}], [{"id": 8, "total": "1e9999999", "quantity": "9"}],
    [{"name": "\0", "options": ["\0\ud800", None, {}], "option": "\ud800"}],
    [{"id": 9, "src": "x" * 3000, "name": "\ud800"}, {"id": 9, "src": "y"}],
    [{"total": "999999999998"}] * 30,
]  # fmt: skip
FILES = {
    "attributes": "attributes", "terms": "tags", "categories": "categories", "tags": "tags",
    "products": "products_all", "variations": "variations_global",
    "customers": "customers_role_all", "coupons": "coupons", "orders": "orders_page1",
    "refunds": "refunds_global",
}  # fmt: skip
CAPTURED = {kind: body(f"rest/{file}")[:20] for kind, file in FILES.items()}
PARTS = ["billing", "shipping", "line_items", "meta_data", "fee_lines", "images"]


def things(kind):
    """A captured thing in which up to six fields, and fields of parts, are nonsense."""
    names = sorted({name for thing in CAPTURED[kind] for name in thing} | {"parent_id"})
    nonsense = st.dictionaries(
        st.sampled_from(names), st.sampled_from(NASTY), max_size=6
    )
    return st.tuples(st.sampled_from(CAPTURED[kind]), nonsense, part()).map(
        lambda three: {**three[0], **three[1], **three[2]}
    )


def part():
    keys = ["id", "name", "key", "value", "src", "quantity", "total", "total_tax", "sku",
            "product_id", "variation_id", "email", "country", "first_name", "options"]  # fmt: skip
    inner = st.dictionaries(st.sampled_from(keys), st.sampled_from(NASTY), max_size=5)
    return st.dictionaries(
        st.sampled_from(PARTS), inner | st.lists(inner, max_size=3), max_size=2
    )


def texts(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, each in value.items():
            yield from texts(name)
            yield from texts(each)
    elif isinstance(value, list | tuple | set):
        for each in value:
            yield from texts(each)


@pytest.mark.parametrize("kind", sorted(FILES))
def test_every_reading_is_storable(kind):
    @MANY
    @given(things(kind))
    def check(payload):
        try:
            thing = KINDS[kind].read(payload)
        except UnreadableError:
            return
        for text in texts(vars(thing)):
            assert "\x00" not in text
            text.encode()
        for value in thing.values.values():
            assert not isinstance(value, Decimal) or abs(value) < Decimal(10) ** 12

    check()


@pytest.mark.parametrize("kind", sorted(FILES))
@pytest.mark.django_db
def test_every_thing_is_copied_or_left_out(kind, store):
    for name in ("attributes", "products", "orders"):
        copy_payloads(store, KINDS[name], CAPTURED[name])

    @MANY
    @given(st.lists(things(kind), max_size=3))
    def check(payloads):
        copy_payloads(store, KINDS[kind], payloads)

    check()


@pytest.mark.parametrize("found", [None, "5", True, 0, -1, 2**64, 5.0, [5]])
@pytest.mark.parametrize("kind", sorted(FILES))
def test_what_has_no_id_is_nothing(kind, found):
    with pytest.raises(UnreadableError):
        KINDS[kind].read({**CAPTURED[kind][0], "id": found})


def test_one_bad_thing_keeps_no_page_out(store, copy):
    good = CAPTURED["orders"]
    copy("orders", good[0], {**good[1], "status": None}, {"id": "x"}, {}, good[2])
    assert Order.objects.of(store).filter(woo_id=good[0]["id"]).exists()
    assert Order.objects.of(store).filter(woo_id=good[2]["id"]).exists()


def test_text_of_the_shop_is_kept_as_text(store, copy):
    """Whoever shows it escapes it."""
    name = "<script>alert(1)</script>{{ 7 }}=cmd|' /C calc'!A0"
    copy("products", {**CAPTURED["products"][0], "name": name})
    found = Product.objects.of(store).get(woo_id=CAPTURED["products"][0]["id"])
    assert found.name == name
