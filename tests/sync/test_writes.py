"""What may be asked of a shop, and what asking twice means."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from apps.core.errors import ConflictError, InvalidInputError, UnknownError
from apps.sync.models import Write
from apps.sync.services.writing import ask
from tests.conftest import NOW
from tests.shop.conftest import make_product, make_variant

DAY = timedelta(days=1)
BY = {"asked_by": "brain:pricing", "at": NOW}


@pytest.fixture
def dress(store):
    return make_product(store, woo_id=15)


def price(subject, sale="30.00", key="k1", **more):
    sale_price = None if sale is None else Decimal(sale)
    return ask.price(
        subject.store, subject, sale_price=sale_price, key=key, **{**BY, **more}
    )


def test_it_writes_down_what_the_shop_will_be_told(dress):
    write = price(dress, starts_at=NOW + DAY, ends_at=NOW + 8 * DAY)
    assert write.values == {
        "sale_price": "30.00",
        "date_on_sale_from_gmt": "2026-06-02T12:00:00",
        "date_on_sale_to_gmt": "2026-06-09T12:00:00",
    }
    assert (write.woo_id, write.parent_woo_id, write.status) == (15, None, "waiting")
    assert (write.asked_by, write.asked_at, write.due_at) == ("brain:pricing", NOW, NOW)


def test_it_ends_a_sale_with_its_dates(dress):
    assert price(dress, None).values == {
        "sale_price": "",
        "date_on_sale_from": "",
        "date_on_sale_to": "",
    }


def test_it_writes_a_variation_below_its_product(dress):
    variant = make_variant(dress, woo_id=66, regular_price=40)
    write = price(variant)
    assert (write.woo_id, write.parent_woo_id) == (66, 15)


def test_it_writes_the_only_variant_as_the_product_that_it_is(dress):
    variant = make_variant(dress, woo_id=15, regular_price=40)
    write = price(variant)
    assert (write.woo_id, write.parent_woo_id) == (15, None)


def test_it_takes_the_same_wish_twice_as_one(dress):
    first = price(dress, starts_at=NOW + DAY, ends_at=NOW + 2 * DAY)
    # Even when it would be too late to ask for it anew.
    again = price(dress, starts_at=NOW + DAY, ends_at=NOW + 2 * DAY, at=NOW + 30 * DAY)
    assert again.pk == first.pk
    assert Write.objects.of(dress.store).count() == 1


@pytest.mark.parametrize("change", [{"sale": "29.00"}, {"ends_at": NOW + DAY}])
def test_it_refuses_another_wish_under_the_same_key(dress, change):
    price(dress)
    with pytest.raises(ConflictError):
        price(dress, **change)
    assert Write.objects.of(dress.store).get().values["sale_price"] == "30.00"


def test_it_refuses_another_product_under_the_same_key(store, dress):
    price(dress)
    with pytest.raises(ConflictError):
        price(make_product(store, "Coat", woo_id=16))


def test_it_keeps_keys_of_stores_apart(dress, other_store):
    price(dress)
    other = make_product(other_store, woo_id=15)
    assert price(other).store == other_store


@pytest.mark.parametrize(
    ("wish", "reason"),
    [
        ({"sale": "40.00"}, "The sale price is not below the regular price."),
        ({"sale": "99.00"}, "The sale price is not below the regular price."),
        ({"sale": "-1.00"}, "The sale price is negative."),
        ({"sale": "NaN"}, "The sale price is not a number."),
        ({"sale": "Infinity"}, "The sale price is not a number."),
        ({"sale": "14.123"}, "The sale price is finer than 0.01 EUR."),
        ({"sale": "1E+12"}, "The sale price is too large."),
        (
            {"regular_price": Decimal("29.00")},
            "The sale price is not below the regular price.",
        ),
        ({"regular_price": Decimal(-5)}, "The regular price is negative."),
        ({"ends_at": NOW}, "The sale would be over already."),
        (
            {"starts_at": NOW + 2 * DAY, "ends_at": NOW + DAY},
            "The sale ends before it starts.",
        ),
        (
            {"sale": None, "ends_at": NOW + DAY},
            "Without a sale price there are no sale dates.",
        ),
        (
            {"ends_at": datetime(2027, 1, 1)},  # noqa: DTZ001 that is the point
            "The moment has no time zone.",
        ),
        ({"key": ""}, "A key has 1 to 120 letters."),
        ({"key": "k" * 121}, "A key has 1 to 120 letters."),
    ],
)
def test_it_refuses_what_the_shop_would_make_something_else_of(dress, wish, reason):
    with pytest.raises(InvalidInputError) as refused:
        price(dress, **wish)
    assert refused.value.message == reason
    assert not Write.objects.of(dress.store).exists()


@pytest.mark.parametrize(
    ("product", "reason"),
    [
        (
            {"kind": "variable"},
            "This product has variants: each of them has its own price.",
        ),
        ({"kind": "grouped"}, "A grouped product has no price of its own."),
        ({"woo_id": None}, "This product is not in the shop."),
        ({"deleted_at": NOW}, "This product is not in the shop."),
        (
            {"regular_price": None},
            "Without a regular price there can be no sale price.",
        ),
    ],
)
def test_it_refuses_products_without_a_price_of_their_own(store, product, reason):
    subject = make_product(store, **{"woo_id": 15, **product})
    with pytest.raises(InvalidInputError) as refused:
        price(subject)
    assert refused.value.message == reason


def test_it_writes_currencies_without_cents_as_they_are(store):
    kimono = make_product(store, woo_id=9, currency="JPY", regular_price=9000)
    assert price(kimono, "8000").values["sale_price"] == "8000"
    with pytest.raises(InvalidInputError):
        price(kimono, "8000.50", key="k2")


def test_it_knows_no_product_of_another_store(store, other_store):
    foreign = make_product(other_store, woo_id=15)
    with pytest.raises(UnknownError):
        ask.price(store, foreign, sale_price=Decimal(1), key="k", **BY)


def coupon(store, **wish):
    given = {"code": " Rescue-ABC  1", "kind": "percent", "amount": Decimal(15)}
    return ask.coupon(store, **{**given, "key": "c1", **BY, **wish})


def test_it_writes_down_a_coupon_as_the_shop_will_be_told(store):
    write = coupon(
        store,
        expires_at=datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC),
        usage_limit=1,
        usage_limit_per_customer=1,
        emails=["Ada@Mail.example"],
        minimum_amount=Decimal(20),
    )
    assert write.values == {
        "code": "rescue-abc 1",
        "discount_type": "percent",
        "amount": "15.00",
        "meta_data": [{"key": "_luxebrain_write", "value": "c1"}],
        # Not date_expires_gmt: the recorded shop ignored it.
        "date_expires": "2026-12-31T23:59:59Z",
        "usage_limit": 1,
        "usage_limit_per_user": 1,
        "email_restrictions": ["ada@mail.example"],
        "minimum_amount": "20.00",
    }


@pytest.mark.parametrize(
    ("wish", "reason"),
    [
        ({"amount": Decimal(101)}, "A coupon takes off 100 percent at most."),
        ({"amount": Decimal(0)}, "The coupon would be worth nothing."),
        ({"amount": Decimal(-5)}, "The coupon's amount is negative."),
        ({"kind": "free_things"}, "There is no such kind of coupon."),
        ({"code": "  "}, "A code has 1 to 100 letters."),
        (
            {"code": "50%&more"},
            "A code has letters, digits, spaces, - and _ only.",
        ),
        ({"expires_at": NOW}, "The coupon would have expired already."),
        ({"usage_limit": 0}, "A coupon can be used at least once."),
        ({"emails": ["ada"]}, "One of the addresses is no e-mail."),
        ({"minimum_amount": Decimal(-1)}, "The smallest cart is negative."),
    ],
)
def test_it_refuses_coupons_that_the_shop_would_bend(store, wish, reason):
    with pytest.raises(InvalidInputError) as refused:
        coupon(store, **wish)
    assert refused.value.message == reason
    assert not Write.objects.of(store).exists()


def test_it_writes_a_note_on_stock_as_plain_text(dress):
    write = ask.stock_note(dress.store, dress, "  40 more\n on 3 May ", key="n1", **BY)
    assert write.values == {
        "meta_data": [{"key": "_luxebrain_stock_note", "value": "40 more on 3 May"}]
    }


@pytest.mark.parametrize("text", ["x" * 501, "<b>now</b>", "a\x00b"])
def test_it_refuses_notes_that_are_no_plain_text(dress, text):
    with pytest.raises(InvalidInputError):
        ask.stock_note(dress.store, dress, text, key="n1", **BY)


def test_it_takes_back_only_what_reached_the_shop(dress):
    with pytest.raises(ConflictError):
        ask.revert(price(dress), asked_by="person:1", at=NOW)
