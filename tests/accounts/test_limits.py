from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client, RequestFactory

from apps.accounts.services.limits import parse_rate, spend
from apps.core.client import client_ip, network_of
from tests.accounts.conftest import ORIGIN, person
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
WHOAMI = "/api/v1/auth/whoami"


def test_a_stranger_s_61st_request_in_a_minute_is_refused(time_machine):
    # Within one minute, however busy the machine is.
    time_machine.move_to(NOW, tick=False)
    client = Client()
    answers = [client.get(WHOAMI).status_code for _ in range(60)]
    last = client.get(WHOAMI)
    assert set(answers) == {401}
    assert last.status_code == 429


def test_a_refusal_says_when_to_come_back(settings):
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "ip": "1/hour"}
    client = Client()
    client.get(WHOAMI)
    answer = client.get(WHOAMI)
    assert answer.headers["RateLimit-Limit"] == "1"
    assert answer.headers["RateLimit-Remaining"] == "0"
    assert 0 < int(answer.headers["Retry-After"]) <= 3600


def test_trap_21_a_store_s_server_is_not_limited_by_its_address(server, settings):
    """All shoppers of a WordPress shop come from its one server."""
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "ip": "2/min", "key": "50/min"}
    answers = [server.send("GET", WHOAMI) for _ in range(20)]
    assert {answer.status_code for answer in answers} == {200}
    assert answers[-1].headers["RateLimit-Limit"] == "50"


def test_a_key_has_a_limit_of_its_own(server, settings):
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "key": "2/min"}
    codes = [server.send("GET", WHOAMI).status_code for _ in range(3)]
    assert codes == [200, 200, 429]


def test_wrong_keys_count_against_the_address(server, settings):
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "ip": "2/min"}
    wrong = {"LuxeBrain-Key": "sk_wrong"}
    codes = [Client().get(WHOAMI, headers=wrong).status_code for _ in range(3)]
    assert codes == [401, 401, 429]


def test_refused_requests_count_too(analyst, store, settings):
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "key": "2/min"}
    client, path = person(analyst), f"/api/v1/stores/{store.slug}/keys/"
    codes = [client.get(path).status_code for _ in range(3)]
    assert codes == [403, 403, 429]


def test_guessing_the_names_of_stores_counts_against_the_address(owner, settings):
    client = person(owner)
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "ip": "2/min"}
    names = [f"guess-{number}" for number in range(3)]
    codes = [
        client.get(WHOAMI, headers={"LuxeBrain-Store": name}).status_code
        for name in names
    ]
    assert codes == [404, 429, 429]


def test_a_cache_that_is_down_lets_callers_through(monkeypatch):
    def fail(*_, **__):
        raise ConnectionError("gone")

    monkeypatch.setattr(cache, "add", fail)
    assert spend("ip", "1.2.3.4", "1/min", 0).is_allowed


def test_a_new_window_begins_afresh():
    assert spend("ip", "9.9.9.9", "1/min", 59).is_allowed
    assert not spend("ip", "9.9.9.9", "1/min", 59.9).is_allowed
    assert spend("ip", "9.9.9.9", "1/min", 60).is_allowed


@pytest.mark.parametrize("rate", ["", "60", "60/year", "-1/min", "x/min"])
def test_a_rate_that_makes_no_sense_is_an_error(rate):
    with pytest.raises(ValueError, match="rate"):
        parse_rate(rate)


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "6.6.6.6", "10.0.0.9"),
        (1, "6.6.6.6, 1.2.3.4", "1.2.3.4"),
        (2, "6.6.6.6, 1.2.3.4, 10.0.0.1", "1.2.3.4"),
        (1, "", "10.0.0.9"),
        (1, "<script>", "0.0.0.0"),
        (1, "2001:DB8::1", "2001:db8::1"),
    ],
)
def test_only_our_own_proxies_are_believed(settings, proxies, forwarded, expected):
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get(
        "/", REMOTE_ADDR="10.0.0.9", headers={"X-Forwarded-For": forwarded}
    )
    assert client_ip(request) == expected


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:db8::ffff:2", "2001:db8::/64"),
        ("::ffff:1.2.3.4", "1.2.3.4"),
        ("1.2.3.4", "1.2.3.4"),
    ],
)
def test_one_ipv6_line_is_one_caller(address, network):
    assert network_of(RequestFactory().get("/", REMOTE_ADDR=address)) == network


def test_a_page_key_is_counted_by_address_too(page_key, settings):
    """It stands in every page: a stranger could spend it for all shoppers."""
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "page": "2/min"}
    headers = {"LuxeBrain-Key": page_key, "Origin": ORIGIN}
    codes = [Client().get(WHOAMI, headers=headers).status_code for _ in range(3)]
    elsewhere = Client(REMOTE_ADDR="10.9.9.9").get(WHOAMI, headers=headers)
    assert (codes, elsewhere.status_code) == ([200, 200, 429], 200)
