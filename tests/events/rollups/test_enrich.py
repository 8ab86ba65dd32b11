"""services/enrich.py: what a browser's name, an address and an origin tell."""

from __future__ import annotations

import pytest

from apps.events.services.enrich import browser_of, channel_of, place_of
from tests.events.rollups.conftest import PHONE, ROBOT

SHOP = "https://maison.example/"
IPAD = (
    "Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/16.6 Mobile/15E148 Safari/604.1"
)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (PHONE, ("phone", "Mobile Safari", "iOS", False)),
        (IPAD, ("tablet", "Mobile Safari", "iOS", False)),
        (FIREFOX, ("computer", "Firefox", "Linux", False)),
        (ROBOT, ("", "Googlebot", "", True)),
        ("python-requests/2.32", ("", "Python Requests", "", True)),
        ("", ("", "", "", False)),
        ("gibberish", ("", "", "", False)),
    ],
)
def test_a_browser_is_told_by_its_name(text, expected):
    assert tuple(browser_of(text)) == expected


@pytest.mark.parametrize(
    ("url", "referrer", "source", "medium", "expected"),
    [
        (SHOP, "", "", "", "direct"),
        (SHOP, f"{SHOP}p/1", "", "", "direct"),
        (SHOP, "https://www.google.co.uk/", "", "", "search"),
        (SHOP, "https://l.instagram.com/", "", "", "social"),
        (SHOP, "https://t.co/x", "", "", "social"),
        (SHOP, "https://texas.example/", "", "", "referral"),
        (SHOP, "https://mail.google.com/", "", "", "email"),
        (f"{SHOP}?gclid=1", "https://www.google.com/", "", "", "ads"),
        (f"{SHOP}?fbclid=1", "https://l.facebook.com/", "", "", "social"),
        (SHOP, "https://www.google.com/", "google", "cpc", "ads"),
        (SHOP, "", "spring", "newsletter", "email"),
        (SHOP, "", "meta", "paid_social", "ads"),
        (SHOP, "", "instagram", "", "social"),
        (SHOP, "", "partner", "", "referral"),
        (SHOP, "", "wa", "WhatsApp", "messages"),
        ("", "", "", "", ""),
    ],
)
def test_a_visit_came_by_a_channel(url, referrer, source, medium, expected):
    assert channel_of(url, referrer, source, medium) == expected


def test_without_a_file_nobody_is_asked_where_an_address_lies():
    assert place_of("81.2.69.0") == ("", "")
