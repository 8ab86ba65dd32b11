"""Shelves for whoever is looking, on the demo's storefront."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest

from apps.decisions.models import Decision
from tests.demo.window import text
from tests.experiments.made import holdout

ASKED = {
    "kind": "personal",
    "placement": "home-picks",
    "visitor": "visitor-1",
    "limit": 8,
}


def picks(client, **asked):
    return client.get("/demo/picks/", ASKED | asked)


def test_each_shelf_is_a_decision_that_its_picks_name(client, dress):
    dress.woo_id = 1007
    dress.save()
    response = picks(client, viewed=f"{dress.woo_id},x,999")
    decision = Decision.objects.get()
    said = json.loads(unescape(re.search(r'data-luxe="(\{.*?\})"', text(response))[1]))
    assert said["decision"] == str(decision.pk)
    assert (said["placement"], said["product"]) == ("home-picks", dress.woo_id)
    assert decision.subject == "visitor:visitor-1"


def test_no_cache_keeps_them(client, dress):
    assert "no-store" in picks(client)["Cache-Control"]


@pytest.mark.parametrize(
    "asked",
    [
        {"kind": "secret"}, {"visitor": ""}, {"visitor": "a b"}, {"visitor": "x" * 65},
        {"placement": "<b>"}, {"limit": 99}, {"product": "9" * 40}, {"viewed": "1," * 200},
    ],
)  # fmt: skip
def test_odd_questions_write_nothing(client, dress, asked):
    assert picks(client, **asked).status_code == 404
    assert not Decision.objects.exists()


def test_too_many_are_refused(client, dress, settings):
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "page": "2/min"}
    assert [picks(client).status_code for _ in range(3)] == [200, 200, 429]


def test_who_is_left_alone_keeps_the_shelf_of_everybody_and_is_told(client, dress):
    holdout(dress.store, 1.0)
    found = text(picks(client))
    assert "data-luxe=" not in found
    assert "You are one of the few who see what everybody sees" in found
    assert Decision.objects.get().arm == "held_out"
