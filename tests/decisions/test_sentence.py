from __future__ import annotations

import pytest

from apps.decisions.services.sentence import TEMPLATES, because, sentence


def test_it_fills_the_template_of_a_code():
    reason = because("frequency_cap", customer="Ada", sent=3, days=7)
    assert sentence(reason) == "Ada already got 3 messages in 7 days."


@pytest.mark.parametrize(
    ("fact", "said"),
    [
        ("Silk dress", "Silk dress"),
        (0.125, "0.12"),
        (3.0, "3"),
        (True, "yes"),
        (None, "nothing"),
        (["red", "blue"], "red and blue"),
        (["a", "b", "c"], "a, b and c"),
        (list("abcdefgh"), "a, b, c, d, e and 3 more"),
        ([], ""),
        ({"amount": "12.00", "currency": "EUR"}, "12.00 EUR"),
        ({"days_left": 3}, "days left 3"),
    ],
)
def test_it_says_facts_of_every_sort(fact, said):
    assert sentence(because("no_change", why=fact)) == f"Nothing was changed: {said}"


def test_it_tells_a_missing_fact():
    assert sentence(because("viewed", customer="Ada")) == (
        "Because Ada looked at (unknown product)."
    )


def test_it_reads_an_unknown_code_with_its_facts():
    reason = because("pricing.low_stock", units_left=3, share=0.5)
    assert sentence(reason) == "Pricing low stock: units left 3, share 0.5."
    assert sentence(because("calm")) == "Calm."


@pytest.mark.parametrize(
    "broken", [{}, {"code": None}, {"code": 7}, {"code": ""}, {"facts": {}}]
)
def test_it_survives_a_reason_without_a_code(broken):
    assert sentence(broken) == "No reason was given."


@pytest.mark.parametrize("facts", [None, [], "text", 3])
def test_it_survives_facts_that_are_none(facts):
    assert sentence({"code": "popular", "facts": facts}) == TEMPLATES["popular"]


def test_it_never_follows_what_a_fact_holds():
    reason = because("no_change", why="{why.__class__} {0} %s")
    assert sentence(reason) == "Nothing was changed: {why.__class__} {0} %s"


@pytest.mark.parametrize("code", TEMPLATES)
def test_every_template_can_be_said(code):
    assert sentence(because(code)).strip()
