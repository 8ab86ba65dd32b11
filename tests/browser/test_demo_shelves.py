"""The plugin's shelves on the demo shop's pages, as a shopper's browser sees them."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.browser.dripping import dripping
from tests.browser.looks import CHECKS, SHOTS
from tests.browser.shelves import (
    ASK,
    NAMES,
    SHIFTS,
    UNNAMED,
    address_of,
    jumps,
    own_shelves,
    say_yes,
    scroll_to_first,
    stands,
    told,
    walk_down,
)
from tests.browser.test_tracker import fill_in
from tests.browser.tracking import Visit, rows

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.enable_socket]
MAIN = {
    "home": "home-picks",
    "category": "category-top",
    "search": "trending",
    "product": "product-similar",
    "cart": "trending",
}


@pytest.fixture
def opened(browser, site, nobody_left_alone):
    """A visit that hears what goes wrong, in a browser of its own."""
    visits = []

    def open_visit(**options):
        visit = Visit(
            browser, site, **{"viewport": {"width": 1280, "height": 900}, **options}
        )
        visits.append(visit)
        visit.context.add_init_script(SHIFTS)
        visit.asked, visit.heard = [], []
        visit.context.on("request", lambda one: visit.asked.append(one.url))
        visit.page.on(
            "console",
            lambda said: (
                visit.heard.append(said.text) if said.type == "error" else None
            ),
        )
        return visit

    yield open_visit
    for visit in visits:
        visit.close()


def questions(visit):
    return [parse_qs(urlsplit(url).query) for url in visit.asked if ASK in url]


@pytest.mark.parametrize("name", NAMES)
def test_the_visitors_own_picks_stand_in_their_places(opened, site, name):
    visit = opened()
    path = address_of(site, visit, name)
    say_yes(visit)
    shelves = own_shelves(visit, path)
    place = MAIN[name]
    cards = told(visit, place)
    picks = shelves[place]["picks"]
    assert {card["decision"] for card in cards} == {shelves[place]["decision"]}
    assert [card["product"] for card in cards] == [one["product"] for one in picks][
        : len(cards)
    ]
    names = visit.page.locator(
        f"[data-luxe-place={place}] li[data-luxe] .luxe-card__name"
    )
    assert names.all_inner_texts() == [one["name"] for one in picks][: len(cards)]
    assert visit.heard == []


def test_a_page_asks_once_for_all_its_places(opened, site):
    visit = opened()
    say_yes(visit)
    own_shelves(visit, "/demo/")
    visit.asked.clear()
    own_shelves(visit, address_of(site, visit, "product"))
    walk_down(visit)
    question = questions(visit)[-1]
    places = [one.split(":")[0] for one in question["places"][0].split(",")]
    assert {"price-line", "product-similar", "recently-viewed"} <= set(places)
    assert question["visitor"] == [visit.visitor()]
    loads = [url for url in visit.asked if "/demo/p/" in url and "media" not in url]
    assert len(questions(visit)) == len(loads)


def test_a_click_brings_its_decision_back(opened, site):
    visit = opened()
    say_yes(visit)
    own_shelves(visit, address_of(site, visit, "product"))
    card = told(visit, "product-similar")[1]
    visit.page.locator("[data-luxe-place=product-similar] li a").nth(1).click()
    visit.until("document.readyState === 'complete'")
    visit.settle()
    clicked = [
        row
        for row in rows(site, visit.visitor())
        if row["type"] == "recommendation_clicked"
    ]
    assert [row["product_woo_id"] for row in clicked] == [card["product"]]
    said = clicked[0]["properties"]
    assert (said["decision"], said["placement"]) == (
        card["decision"],
        card["placement"],
    )
    assert visit.heard == []


def test_a_bag_and_an_order_have_their_shelves(opened, site):
    visit = opened()
    say_yes(visit)
    page = visit.page
    visit.open(address_of(site, visit, "product"))
    page.locator(".size:has(input:enabled)").first.click()
    page.locator("[data-add]").click()
    page.wait_for_url("**/cart/")
    shelves = own_shelves(visit, "/demo/cart/")
    lying = page.locator(".bag-lines li").first.get_attribute("data-luxe-product")
    assert questions(visit)[-1]["basket"] == [lying]
    assert int(lying) not in [
        one["product"] for one in shelves["cart-cross-sell"]["picks"]
    ]
    page.get_by_role("link", name="Go to checkout").click()
    fill_in(page)
    page.locator("form[data-once] button[type=submit]").click()
    page.wait_for_url("**/thanks/**")
    assert stands(visit, "thank-you")
    own_shelves(visit, urlsplit(page.url).path)
    assert visit.heard == []


@pytest.mark.parametrize("answer", ["", "No, thanks"])
def test_without_a_yes_nothing_is_asked_and_nothing_is_kept(opened, site, answer):
    visit = opened()
    page = visit.page
    paths = [address_of(site, visit, name) for name in NAMES]
    visit.context.clear_cookies()
    if answer:
        visit.open().get_by_role("button", name=answer).click()
    for path in paths:
        visit.open(path)
        visit.until("window.luxebrain?.track")
        walk_down(visit)
        assert told_to_anybody(visit) == [], path
        assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
    kept = {cookie["name"] for cookie in visit.context.cookies()}
    # What keeps forms safe from other sites, and the no itself.
    assert kept <= {"csrftoken", "sessionid"} | ({"luxe_consent"} if answer else set())
    assert visit.heard == []


def told_to_anybody(visit):
    return [url for url in visit.asked if "/api/" in url]


def test_what_was_viewed_is_forgotten_after_a_no(opened, site):
    visit = opened()
    say_yes(visit)
    visit.open(address_of(site, visit, "product"))
    visit.until("sessionStorage['luxebrain:viewed']")
    visit.open("/demo/privacy/")
    visit.page.locator("main [value=none]").click()
    visit.page.get_by_text("You said no.").wait_for()
    assert visit.page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("width", [1280, 360])
def test_nothing_moves_while_a_page_comes_bit_by_bit(opened, site, width, name):
    visit = opened(viewport={"width": width, "height": 900})
    path = address_of(site, visit, name)
    with dripping(site.url) as address:
        visit.page.goto(address + path)
        assert jumps(visit) == []
        visit.page.goto("about:blank")


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_nothing_moves_and_all_is_legible(opened, site, width, theme, language):
    """Cumulative layout shift is 0, before and after the visitor's own picks came."""
    visit = opened(viewport={"width": width, "height": 800}, color_scheme=theme)
    paths = {name: address_of(site, visit, name) for name in NAMES}
    visit.context.add_cookies(
        [{"name": "demo_language", "value": language, "url": f"{site.url}/demo/"}]
    )
    say_yes(visit)
    for name, path in paths.items():
        own_shelves(visit, path)
        walk_down(visit)
        assert jumps(visit) == [], name
        assert visit.page.evaluate(CHECKS) == [], name
        assert visit.page.evaluate(UNNAMED) == [], name
        SHOTS.mkdir(parents=True, exist_ok=True)
        file = SHOTS / f"demo-{name}-{width}-{theme}-{language}.png"
        visit.page.screenshot(path=file, full_page=True)
    assert visit.page.evaluate("document.dir") == ("rtl" if language == "ar" else "ltr")
    assert visit.heard == []


def test_nothing_moves_when_the_yes_comes_on_the_page(opened):
    visit = opened(viewport={"width": 360, "height": 800})
    page = visit.open()
    scroll_to_first(visit)
    visit.agree()
    page.wait_for_timeout(3_000)
    walk_down(visit)
    assert jumps(visit) == []


def test_a_shelf_stays_where_luxebrain_is_away(opened):
    visit = opened()
    visit.context.route(f"**{ASK}**", lambda route: route.abort())
    say_yes(visit)
    page = visit.open()
    scroll_to_first(visit)
    before = told(visit, "home-picks")
    page.wait_for_timeout(1_000)
    assert len(before) == 8
    assert told(visit, "home-picks") == before
    assert jumps(visit) == []


def test_cards_are_reached_and_opened_by_keys(opened):
    visit = opened()
    page = visit.open()
    inside = (
        "document.activeElement.closest('[data-luxe-place=home-picks] li') !== null"
    )
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate(inside):
            break
    for _ in range(7):
        page.keyboard.press("Tab")
    assert page.evaluate(inside), "Eight cards, one after another."
    page.wait_for_timeout(300)
    left, right = page.evaluate(
        "(({ left, right }) => [left, right])(document.activeElement.getBoundingClientRect())"
    )
    assert -1 <= left < right <= 1281, "What has the focus is in view."
    assert (
        page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    )
    page.keyboard.press("Enter")
    page.wait_for_url("**/demo/p/**")


@pytest.mark.parametrize(
    ("motion", "moves"), [("reduce", False), ("no-preference", True)]
)
def test_who_wants_less_motion_gets_none(opened, motion, moves):
    visit = opened(reduced_motion=motion)
    page = visit.open()
    card = page.locator("[data-luxe-place=home-picks] li a").first
    card.scroll_into_view_if_needed()
    card.hover()
    page.wait_for_timeout(800)
    style = "one => getComputedStyle(one).transform"
    assert (card.locator("img").evaluate(style) != "none") is moves
