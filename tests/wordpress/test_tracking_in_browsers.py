"""A shopper's browser before a yes, after it, and after a no."""

from __future__ import annotations

import json
import shutil

import pytest
from playwright.sync_api import sync_playwright

from tests.wordpress.brain import KEY
from tests.wordpress.site import PASSWORD, PLUGIN

pytestmark = [
    pytest.mark.wordpress,
    pytest.mark.xdist_group("wordpress"),
    pytest.mark.enable_socket,
]

BRAIN = "https://brain.example"
STORED = "[...Object.keys(localStorage), ...Object.keys(sessionStorage)].filter(name => name.startsWith('luxe'))"
WAITING = "Object.keys(localStorage).filter(name => name.startsWith('luxe:')).length"
AGREE = "document.dispatchEvent(new CustomEvent('luxe:consent', {detail: 'all'}))"
REFUSE = "document.dispatchEvent(new CustomEvent('luxe:consent', {detail: 'none'}))"
LONGER_THAN_A_BATCH_WAITS = 6_000
CORS = {"Access-Control-Allow-Origin": "*", "Content-Type": "application/json"}


@pytest.fixture(scope="module")
def chromium():
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    assert program, "Chromium is missing: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox"]
        )
        yield browser
        browser.close()


class Shopper:
    """A browser of its own; `sent` is what reached LuxeBrain, `asked` every address asked for by scripts."""

    def __init__(self, browser, site, is_blocked=False):
        self.site = site
        self.context = browser.new_context()
        self.sent = []
        self.asked = []
        self.faults = []
        self.context.on("request", self.note)
        self.context.route("**/favicon.ico", lambda route: route.fulfill(status=204))
        answer = self.refuse if is_blocked else self.take
        self.context.route(f"{BRAIN}/**", answer)
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))

    def note(self, request):
        if (
            "luxebrain/v1" in request.url
            or BRAIN in request.url
            or "tracker.js" in request.url
        ):
            self.asked.append(request.url)

    def take(self, route):
        if route.request.method != "POST":
            # What the shelves ask is not looked at here.
            route.fulfill(status=503, headers=CORS, body="{}")
            return
        self.sent.append(json.loads(route.request.post_data))
        route.fulfill(status=200, headers=CORS, body='{"accepted": 1, "rejected": []}')

    def refuse(self, route):
        route.abort()

    def open(self, path="/"):
        self.page.goto(self.site.url + path)
        return self.page

    def settle(self):
        self.page.wait_for_function(f"{WAITING} === 0", timeout=30_000)

    def stored(self):
        return self.page.evaluate(STORED)

    def cookies(self):
        return {
            cookie["name"]: cookie["value"]
            for cookie in self.context.cookies()
            if cookie["name"].startswith("luxebrain")
        }


@pytest.fixture
def shoppers(chromium, site, shop):
    made = []

    def make(url=BRAIN, **options):
        site.php(
            "update_option('luxebrain_settings', $given);",
            url=url, secret_key=KEY, publishable_key="pk_0123456789abcdefghijklmn",
        )  # fmt: skip
        made.append(Shopper(chromium, site, **options))
        return made[-1]

    yield make
    for each in made:
        each.context.close()
        assert each.faults == []


def outbox(site):
    rows = site.database.sql(
        "SELECT event FROM wp_luxebrain_outbox ORDER BY id", "wordpress"
    )
    return [json.loads(row) for row in rows.splitlines()]


CODE = (PLUGIN / "assets/start.js").read_text()


CLEO = """
return wp_insert_user( array( 'user_login' => 'cleo', 'user_pass' => $given['password'], 'role' => 'subscriber' ) );
"""
SIGN_IN = """([name, word]) => {
    document.querySelector("#user_login").value = name;
    document.querySelector("#user_pass").value = word;
    document.querySelector("#loginform").submit();
}"""
GONE = "require_once ABSPATH . 'wp-admin/includes/user.php'; wp_delete_user( $given['id'] );"


def moved(route):
    """As packers do: the code runs from somewhere else than its tag."""
    body = f"const other = document.createElement('script'); other.text = {json.dumps(CODE)}; document.head.append(other);"
    route.fulfill(status=200, content_type="text/javascript", body=body)


def sign_in(shopper, name):
    shopper.page.goto(shopper.site.url + "/wp-login.php?reauth=1")
    # Not by typing: after a fifth of a second the page moves the focus to the name. And the
    # page that is left has long been loaded: waiting for that would wait for nothing.
    with shopper.page.expect_navigation():
        shopper.page.evaluate(SIGN_IN, [name, PASSWORD])


def add_to_cart(page):
    with page.expect_navigation():
        page.click(".single_add_to_cart_button")


def test_it_stores_and_sends_nothing_before_a_yes(shoppers, shop, site):
    shopper = shoppers()
    page = shopper.open(shop.product("Linen dress"))
    add_to_cart(page)
    page.wait_for_timeout(LONGER_THAN_A_BATCH_WAITS)

    assert (shopper.asked, shopper.stored(), shopper.cookies()) == ([], [], {})
    assert outbox(site) == []


def test_a_yes_is_one_visitor_for_browser_and_server(shoppers, shop, site):
    shopper = shoppers()
    page = shopper.open(shop.product("Linen dress"))
    page.evaluate(AGREE)
    page.wait_for_function(f"{WAITING} > 0")
    add_to_cart(page)
    shopper.settle()

    told = [event for batch in shopper.sent for event in batch["events"]]
    assert {"page_view", "product_view", "add_to_cart"} <= {
        event["type"] for event in told
    }
    visitor = page.evaluate("JSON.parse(localStorage.luxe).visitor")
    [cart] = outbox(site)
    assert {(event["visitor"], event["session"]) for event in [*told, cart]} == {
        (visitor, cart["session"])
    }
    assert cart["type"] == "cart"
    assert shopper.asked[0].endswith("assets/tracker.js?ver=0.1.0")


def test_a_no_afterwards_leaves_nothing(shoppers, shop, site):
    shopper = shoppers()
    page = shopper.open(shop.product("Linen dress"))
    page.evaluate(AGREE)
    page.wait_for_function(f"{WAITING} > 0")
    page.evaluate(REFUSE)

    assert (shopper.stored(), shopper.cookies()) == ([], {})
    shopper.asked.clear()
    page = shopper.open(shop.product("Silk blouse"))
    add_to_cart(page)
    page.wait_for_timeout(LONGER_THAN_A_BATCH_WAITS)
    assert (shopper.asked, shopper.stored(), shopper.cookies()) == ([], [], {})
    assert outbox(site) == []


def test_a_browser_that_says_no_is_never_asked(shoppers, shop):
    shopper = shoppers()
    shopper.context.add_init_script(
        "Object.defineProperty(navigator, 'globalPrivacyControl', { get: () => true })"
    )
    page = shopper.open()
    page.evaluate(AGREE)
    page.evaluate("luxebrain.consent(true)")
    page.wait_for_timeout(LONGER_THAN_A_BATCH_WAITS)

    assert (shopper.asked, shopper.stored(), shopper.cookies()) == ([], [], {})


def test_who_is_signed_in_is_told_by_a_token(shoppers, shop, site, visitor):
    shopper = shoppers()
    visitor.sign_in("ben")
    shopper.context.add_cookies(
        [
            {"name": c.name, "value": c.value, "url": site.url}
            for c in visitor.http.cookies.jar
            if "logged_in" in c.name
        ]
    )
    page = shopper.open()
    page.evaluate(AGREE)
    page.wait_for_function("window.luxebrainAgreed?.token")
    shopper.settle()

    assert shopper.sent[-1]["customer_token"].startswith(f"v1.{KEY[:15]}.2.")


def test_who_is_signed_in_is_asked_for_once_and_again_after_another_signed_in(
    shoppers, shop, site, request
):
    shopper = shoppers()
    cleo = site.php(CLEO, password=PASSWORD)
    request.addfinalizer(lambda: site.php(GONE, id=cleo))
    shopper.open().evaluate(AGREE)
    for name, number in (("ben", "2"), ("ben", "2"), ("cleo", str(cleo))):
        shopper.asked.clear()
        sign_in(shopper, name)
        for path in ("/", shop.product("Linen dress")):
            page = shopper.open(path)
            page.wait_for_function("window.luxebrainAgreed?.token")
            token = page.evaluate("luxebrainAgreed.token")
            assert token.split(".")[2] == number
        assert [url for url in shopper.asked if url.endswith("/me")] == [
            f"{site.url}/wp-json/luxebrain/v1/me"
        ]


def test_a_token_is_forgotten_with_a_no_and_by_who_signed_out(shoppers, shop, site):
    shopper = shoppers()
    shopper.open().evaluate(AGREE)
    sign_in(shopper, "ben")
    page = shopper.open()
    page.wait_for_function("window.luxebrainAgreed?.token")
    assert page.evaluate("sessionStorage['luxebrain-token'].length > 20")
    page.evaluate(REFUSE)
    assert (shopper.stored(), shopper.cookies()) == ([], {})

    page.evaluate(AGREE)
    page.wait_for_function("window.luxebrainAgreed?.token")
    for cookie in shopper.context.cookies():
        if "logged_in" in cookie["name"]:
            shopper.context.clear_cookies(name=cookie["name"])
    page = shopper.open()
    page.wait_for_function("window.luxebrainAgreed")

    assert page.evaluate("[luxebrainAgreed.token, sessionStorage['luxebrain-token']]") == [None, None]  # fmt: skip


def test_it_finds_its_tag_where_a_packer_moved_it_and_says_where_it_cannot(
    shoppers, shop
):
    shopper = shoppers()
    told = []
    shopper.page.on("console", lambda line: told.append(line.text))
    shopper.context.route("**/start.js*", moved)
    page = shopper.open()
    page.evaluate(AGREE)
    page.wait_for_function(f"{WAITING} > 0")
    assert told == []

    page.evaluate("document.getElementById('luxebrain-start-js').remove()")
    page.evaluate(CODE)
    assert told == [
        "LuxeBrain: start.js lost its tag. Take it out of what packs scripts."
    ]


def test_the_shop_hands_on_what_cannot_get_through(shoppers, shop, site, brain):
    shopper = shoppers(is_blocked=True)
    site.php("LuxeBrain\\Settings::store( $given );", url=brain.url)
    # The page was made for an address that is blocked; the shop itself reaches LuxeBrain.
    shopper.context.route(f"{brain.url}/**", shopper.refuse)
    page = shopper.open(shop.product("Linen dress"))
    page.evaluate(AGREE)
    page.wait_for_function(f"{WAITING} > 0")
    shopper.settle()

    assert {"page_view", "product_view"} <= {event["type"] for event in brain.events}
    assert {event["visitor"] for event in brain.events} == {
        page.evaluate("JSON.parse(localStorage.luxe).visitor")
    }
