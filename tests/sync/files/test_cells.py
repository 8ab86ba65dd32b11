"""What a cell says, and what is refused rather than guessed."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from apps.sync.files import cells
from apps.sync.files.cells import RefusedError, Shop
from apps.sync.files.guard import guard, unguard

SHOP = Shop("EUR", ZoneInfo("Europe/Berlin"))
KUWAIT = Shop("KWD", ZoneInfo("Asia/Kuwait"))
CAIRO = Shop("EGP", ZoneInfo("Africa/Cairo"))


@pytest.mark.parametrize(
    ("said", "amount"),
    [
        ("1.234,50", "1234.50"), ("1,234.50", "1234.50"), ("14.5", "14.5"), ("14,50", "14.50"),
        ("1.234.567", "1234567"), ("1.234.567,8", "1234567.8"), ("-3", "-3"), ("0,125", "0.125"),
        ("1234.567", "1234.567"), ("€ 14,50", "14.50"), ("14.50 EUR", "14.50"), ("1'234.50", "1234.50"),
        ("1 234,50", "1234.50"), ("\N{ARABIC-INDIC DIGIT ONE}\N{ARABIC DECIMAL SEPARATOR}\N{ARABIC-INDIC DIGIT FIVE}", "1.5"),
        ("\N{MINUS SIGN}2,50", "-2.50"), (7, "7"), (Decimal("7.125"), "7.125"),
    ],
)  # fmt: skip
def test_it_reads_amounts_as_people_write_them(said, amount):
    assert cells.money(said, SHOP) == Decimal(amount)


@pytest.mark.parametrize(
    "said",
    ["1.234", "1,234", "12.34.56", "1,23,456", "1.2,3.4", "14 USD", "$14", "abc", "1e5",
     "--1", "", "999999999999999", True, "1234.567,5", "NaN"],
)  # fmt: skip
def test_it_refuses_amounts_that_it_would_have_to_guess(said):
    with pytest.raises(RefusedError):
        cells.money(said, SHOP)


def test_it_reads_three_places_where_the_currency_has_them():
    assert cells.money("1.234", KUWAIT) == Decimal("1.234")


@pytest.mark.parametrize(
    ("said", "moment"),
    [
        ("2026-05-31", datetime(2026, 5, 30, 22, tzinfo=UTC)),
        ("2026-05-31T14:05", datetime(2026, 5, 31, 12, 5, tzinfo=UTC)),
        ("2026-05-31 14:05:00", datetime(2026, 5, 31, 12, 5, tzinfo=UTC)),
        ("2026-05-31T14:05:00Z", datetime(2026, 5, 31, 14, 5, tzinfo=UTC)),
        ("2026-05-31T14:05:00-03:00", datetime(2026, 5, 31, 17, 5, tzinfo=UTC)),
        # An hour that happens twice: the first.
        ("2026-10-25T02:30:00", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        # An hour that was skipped, but whose zone is named.
        ("2026-03-29T02:30:00+01:00", datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
    ],
)  # fmt: skip
def test_it_reads_moments_in_the_stores_time(said, moment):
    assert cells.moment(said, SHOP) == moment


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("2026-03-29T02:30:00", "did not exist in Europe/Berlin"),
        ("31.05.2026", "is no date and time"),
        ("2026-02-30", "is no date and time"),
        ("0001-01-01", "outside the years"),
    ],
)
def test_it_refuses_moments_that_never_were(said, why):
    with pytest.raises(RefusedError, match=why):
        cells.moment(said, SHOP)


def test_it_begins_a_day_without_midnight_with_its_first_moment():
    """Cairo's clocks go forward at midnight."""
    assert cells.moment("2026-04-24", CAIRO) == datetime(2026, 4, 23, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    "said", ["0", "-1", "1.0", "9223372036854775808", "1E+12", "7a"]
)
def test_it_refuses_what_is_no_id(said):
    with pytest.raises(RefusedError):
        cells.identifier(said, SHOP)


def test_it_takes_the_largest_id():
    assert cells.identifier("9223372036854775807", SHOP) == 2**63 - 1


@pytest.mark.parametrize("said", ["a\x00b", "\ud800", "x" * 101])
def test_it_refuses_text_that_no_table_takes(said):
    with pytest.raises(RefusedError):
        cells.text(100)(said, SHOP)


@pytest.mark.parametrize(
    "said", ['{"a": "\\u0000"}', "[1]", "{", '{"a": NaN}', "[" * 100_000]
)
def test_it_refuses_objects_that_no_table_takes(said):
    with pytest.raises(RefusedError):
        cells.mapping(said, SHOP)


@pytest.mark.parametrize(
    ("cell", "shown"),
    [("=1", "'=1"), ("+49 30", "'+49 30"), ("-5", "-5"), ("-5.20", "-5.20"), ("@a", "'@a"), ("\tx", "'\tx"),
     ("'=1", "''=1"), ("'a", "'a"), ("a=1", "a=1"), ("'-5", "''-5"), ("-5\n", "'-5\n")],
)  # fmt: skip
def test_it_guards_formulas_and_brings_them_back(cell, shown):
    assert guard(cell) == shown
    assert unguard(shown) == cell
