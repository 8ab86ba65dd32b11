from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.money import cent, round_money, split

amounts = st.decimals(-10_000, 10_000, places=2)
weights = st.lists(st.decimals(0, 1_000, places=2), min_size=1, max_size=20)


def test_it_rounds_half_up():
    assert round_money(Decimal("2.675"), "EUR") == Decimal("2.68")


@pytest.mark.parametrize(
    ("currency", "smallest"), [("EUR", "0.01"), ("JPY", "1"), ("KWD", "0.001")]
)
def test_it_knows_the_smallest_amount(currency, smallest):
    assert cent(currency) == Decimal(smallest)


def test_it_splits_to_the_last_cent():
    parts = split(Decimal("10.00"), [Decimal(1)] * 3, "EUR")
    assert parts == [Decimal("3.34"), Decimal("3.33"), Decimal("3.33")]


def test_it_splits_evenly_where_all_weights_are_zero():
    assert split(Decimal(4), [Decimal(0)] * 2, "EUR") == [Decimal(2), Decimal(2)]


def test_it_splits_nothing_over_nobody():
    assert split(Decimal(4), [], "EUR") == []


def test_it_refuses_negative_weights():
    with pytest.raises(ValueError, match="negative"):
        split(Decimal(4), [Decimal(-1)], "EUR")


@given(amounts, weights)
def test_parts_always_sum_to_the_total(total, shares):
    assert sum(split(total, shares, "EUR")) == total


@given(amounts, weights)
def test_no_part_is_a_cent_away_from_its_share(total, shares):
    whole = sum(shares) or Decimal(len(shares))
    even = shares if sum(shares) else [Decimal(1)] * len(shares)
    for part, share in zip(split(total, shares, "EUR"), even, strict=True):
        assert abs(part - total * share / whole) < Decimal("0.01000001")
