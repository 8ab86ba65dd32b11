from __future__ import annotations

from datetime import date, timedelta
from math import log

import pytest

from apps.registry.services.drift import bins_of, degraded, psi, rate, shifted
from apps.registry.services.trials import Trials

UNIFORM = [n / 1000 for n in range(1000)]


def days(*rates, tries=200, first=date(2026, 5, 1)):
    return [
        Trials(first + timedelta(days=n), tries, round(tries * each))
        for n, each in enumerate(rates)
    ]


def test_bins_are_deciles():
    bins = bins_of(UNIFORM)
    assert bins["edges"] == pytest.approx([0.0999 * n for n in range(1, 10)])
    assert bins["shares"] == pytest.approx([0.1] * 10)
    assert bins["count"] == 1000


def test_values_that_repeat_make_fewer_bins():
    bins = bins_of([0.0] * 300 + [1.0] * 100)
    assert (bins["edges"], bins["shares"]) == ([0.0, 1.0], [0.0, 0.75, 0.25])


def test_the_same_sample_has_not_moved():
    assert psi(bins_of(UNIFORM), UNIFORM) == pytest.approx(0)


def test_a_moved_sample_by_hand():
    """Half of it has moved from the upper bin into the lower: 3/4 against 1/4."""
    bins = {"edges": [0.5], "shares": [0.5, 0.5], "count": 400}
    sample = [0.1] * 300 + [0.9] * 100
    by_hand = (0.75 - 0.5) * log(0.75 / 0.5) + (0.25 - 0.5) * log(0.25 / 0.5)
    assert psi(bins, sample) == pytest.approx(by_hand)


def test_an_empty_bin_counts_as_a_thousandth():
    bins = {"edges": [0.5], "shares": [0.5, 0.5], "count": 400}
    by_hand = (1 - 0.5) * log(1 / 0.5) + (0.001 - 0.5) * log(0.001 / 0.5)
    assert psi(bins, [0.1] * 400) == pytest.approx(by_hand)


def test_of_too_few_nothing_is_said():
    assert psi(bins_of(UNIFORM), UNIFORM[:199]) is None
    assert psi(bins_of(UNIFORM[:199]), UNIFORM) is None
    assert psi(bins_of([]), UNIFORM) is None


def test_only_what_moved_past_the_limit_is_named():
    known = {"price": bins_of(UNIFORM), "age": bins_of(UNIFORM)}
    moved = [0.5 + value / 2 for value in UNIFORM]
    found = shifted(known, {"price": UNIFORM, "age": moved, "unknown": UNIFORM})
    assert list(found) == ["age"]
    assert found["age"] > 0.25


def test_wilson_s_interval_by_hand():
    """10 of 100: https://en.wikipedia.org/wiki/Binomial_proportion_confidence_interval"""
    found = rate([Trials(date(2026, 5, 1), 60, 4), Trials(date(2026, 5, 2), 40, 6)])
    assert (found.tries, found.rate) == (100, 0.1)
    assert (found.low, found.high) == pytest.approx((0.0552, 0.1744), abs=1e-4)


def test_a_week_of_fewer_clicks_is_told():
    assert degraded(days(*[0.10] * 28, *[0.05] * 7)) == (
        "It succeeds less often than expected: 5.00% of the last 7 days against "
        "10.00% before."
    )


@pytest.mark.parametrize(
    "quiet",
    [
        [],
        days(*[0.10] * 35),
        days(*[0.10] * 28, *[0.09] * 7),
        days(*[0.10] * 28, *[0.05] * 7, tries=60),
        days(*[0.05] * 7),
    ],
    ids=["nothing", "same", "within tolerance", "too few", "no past"],
)
def test_nothing_else_is_told(quiet):
    assert degraded(quiet) == ""
