from __future__ import annotations

import json
import re
import socket

import pytest

from apps.accounts.models import ApiKey
from apps.accounts.services import keys
from tests.wordpress.brain import KEY

pytestmark = [pytest.mark.wordpress, pytest.mark.xdist_group("wordpress")]

SCREEN = "/wp-admin/options-general.php?page=luxebrain"
CONNECT = "update_option('luxebrain_settings', $given);"
ASK = "return LuxeBrain\\Settings::client()->whoami();"
FAILURES = "return get_transient('luxebrain_failures');"


def connect(site, url, key=KEY):
    site.php(CONNECT, url=url, secret_key=key, publishable_key="")


def notices(page):
    """What stands in the notices; the health below says it, too."""
    found = re.findall(r"id=.setting-error-[^>]*>(.*?)</div>", page.text, re.DOTALL)
    return " ".join(found)


def asked(brain):
    """Without what the screen itself asks: how the connection is."""
    return [call for call in brain.seen if call != "GET /api/v1/connect/plugin/"]


def press_test(visitor):
    return visitor.send(visitor.open(SCREEN), "admin-post.php")


@pytest.fixture
def nobody():
    """An address where nobody answers."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{held.getsockname()[1]}"


def test_it_shows_the_name_of_the_store(site, ada, brain):
    connect(site, brain.url)

    page = press_test(ada)

    assert notices(page).count("Connected to LuxeBrain as Maison.") == 1
    assert asked(brain) == ["GET /api/v1/auth/whoami"]
    assert site.complaints() == []


def test_it_connects_to_the_real_luxebrain(site, ada, live_server, store):
    _, key = keys.create(store, ApiKey.Kind.SECRET, "WordPress")
    connect(site, live_server.url, key)

    assert "Connected to LuxeBrain as Maison." in press_test(ada).text


def test_it_escapes_what_luxebrain_says(site, ada, brain):
    brain.body = json.dumps({"store_name": "<script>alert(1)</script>"})
    connect(site, brain.url)

    page = press_test(ada)

    assert "<script>alert(1)" not in page.text
    assert "as &lt;script&gt;alert(1)&lt;/script&gt;." in page.text


@pytest.mark.parametrize(
    ("status", "body", "sentence"),
    [
        (302, "", "This address points elsewhere."),
        (401, "", "LuxeBrain does not accept this secret key."),
        (403, "{}", "This secret key may not do that"),
        (404, "<html>", "LuxeBrain does not know this."),
        (429, "{}", "too many requests"),
        (500, "", "LuxeBrain has a problem of its own."),
        (200, "<html>Welcome</html>", "does not speak like LuxeBrain"),
        (200, "null", "does not speak like LuxeBrain"),
    ],
)
def test_it_says_in_plain_words_what_is_wrong(site, ada, brain, status, body, sentence):
    brain.status, brain.body = status, body
    connect(site, brain.url)

    page = press_test(ada)

    assert notices(page).count(sentence) == 1
    assert site.complaints() == []


def test_it_says_that_the_key_is_not_the_right_one(site, ada, brain):
    connect(site, brain.url, KEY[:-1] + "0")

    assert "LuxeBrain does not accept this secret key." in press_test(ada).text


def test_it_says_that_nobody_answers(site, ada, nobody):
    connect(site, nobody)

    page = press_test(ada)

    assert "LuxeBrain does not answer at this address." in page.text
    assert site.complaints() == []


def test_it_offers_no_test_before_there_is_a_connection(ada):
    assert "Test connection" not in ada.open(SCREEN).text


def test_it_refuses_a_test_with_a_wrong_nonce(site, ada, brain):
    connect(site, brain.url)
    page = ada.open(SCREEN)

    answer = ada.send(page, "admin-post.php", _wpnonce="0123456789")

    assert answer.status_code == 403
    assert asked(brain) == []


def test_it_refuses_a_test_by_a_subscriber(site, visitor, brain):
    connect(site, brain.url)
    visitor.sign_in("ben")

    answer = visitor.open("/wp-admin/admin-post.php?action=luxebrain_test_connection")

    assert answer.status_code == 403
    assert asked(brain) == []


def test_it_signs_an_arabic_query_as_it_goes_over_the_wire(site, brain):
    connect(site, brain.url)

    site.php(
        "return LuxeBrain\\Settings::client()->get('/api/v1/search', $given);",
        q="فستان a+b~'(c)",
        page=2,
    )

    query = "q=%D9%81%D8%B3%D8%AA%D8%A7%D9%86%20a%2Bb~%27%28c%29&page=2"
    assert brain.seen == [f"GET /api/v1/search?{query}"]
    assert site.php(FAILURES) is False


def test_it_signs_a_body_as_it_goes_over_the_wire(site, brain):
    connect(site, brain.url)

    answer = site.php(
        "return LuxeBrain\\Settings::client()->post('/api/v1/events', $given);",
        name="عباءة 👗 https://maison.example/",
    )

    assert answer["store_name"] == "Maison"


def test_it_signs_a_removal(site, brain):
    connect(site, brain.url)

    site.php("return LuxeBrain\\Settings::client()->delete('/api/v1/webhooks/1');")

    assert brain.seen == ["DELETE /api/v1/webhooks/1"]
    assert site.php(FAILURES) is False


def test_it_leaves_a_failing_luxebrain_alone_after_three_calls(site, brain):
    brain.status = 500
    connect(site, brain.url)

    reasons = [next(iter(site.php(ASK)["errors"])) for _ in range(4)]

    assert reasons == ["luxebrain_failed"] * 3 + ["luxebrain_paused"]
    assert len(brain.seen) == 3


def test_it_tries_again_after_the_minute(site, brain):
    connect(site, brain.url)
    site.php("set_transient('luxebrain_failures', 3, 60);")

    # WordPress asks the clock; moving its note has the effect of waiting.
    site.php("update_option('_transient_timeout_luxebrain_failures', time() - 1);")

    assert site.php(ASK)["store_name"] == "Maison"


def test_it_asks_at_once_when_a_person_asks(site, ada, brain):
    connect(site, brain.url)
    site.php("set_transient('luxebrain_failures', 3, 60);")

    assert "Connected to LuxeBrain as Maison." in press_test(ada).text
