from __future__ import annotations

import pytest

from apps.segmentation.services.learning.words import SAYS, said, say
from ml_models.segments.reasons import KINDS


def test_a_customer_s_reasons_are_one_plain_line():
    facts = [
        {"kind": "spent", "value": 900.0, "times": 3.0},
        {"kind": "every", "value": 21.0},
    ]
    assert say(facts) == "Spends 3 times the average, orders every 3 weeks"
    assert say([]) == ""


@pytest.mark.parametrize(
    ("fact", "text"),
    [
        ({"kind": "spent", "value": 1.0, "times": 1.04}, "spends about the average"),
        ({"kind": "spent", "value": 1.0, "times": 0.4}, "spends 40 % of the average"),
        (
            {"kind": "average_order", "value": 9.0, "times": 12.4},
            "each order is worth 12 times the average",
        ),
        ({"kind": "every", "value": 1.0}, "orders every day"),
        ({"kind": "every", "value": 9.0}, "orders every 9 days"),
        ({"kind": "asleep", "value": 335.0}, "no order for 11 months"),
        ({"kind": "since", "value": 1.0}, "first order 1 day ago"),
        ({"kind": "orders", "value": 1.0, "times": 0.2}, "1 order so far"),
        ({"kind": "orders", "value": 1200.0}, "1,200 orders so far"),
        ({"kind": "coupons", "value": 0.667}, "uses a coupon in 67 % of the orders"),
        ({"kind": "reduced", "value": 1.0}, "buys 100 % of the pieces reduced"),
        ({"kind": "returns", "value": 0.25}, "sends 25 % of the pieces back"),
        ({"kind": "looks", "value": 9.0, "times": 2.5}, "views of products 2.5 times the average"),
        ({"kind": "no_order"}, "no order yet"),
        ({"kind": "of another version"}, ""),
    ],
)  # fmt: skip
def test_each_fact_has_words(fact, text):
    assert said(fact) == text


def test_every_fact_that_is_found_can_be_said():
    assert set(SAYS) == {*KINDS, "no_order"}
