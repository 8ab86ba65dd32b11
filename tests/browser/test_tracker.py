"""The tracker on the demo shop's pages, in a browser, with the rows that it leaves."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import suppress

import pytest

from tests.browser.tracking import STORED, TRACK, Visit, rows, types

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.enable_socket]
DENY = "Object.defineProperty(navigator, '{name}', {{ get: () => {value} }})"
LONGER_THAN_A_BATCH_WAITS = 6_000
CARD = "document.querySelector('[data-luxe-place=trending] li')"


@pytest.fixture
def visit(browser, site):
    visit = Visit(browser, site)
    yield visit
    visit.close()


def test_it_stores_and_sends_nothing_before_a_yes(visit):
    page = visit.open()
    page.locator(".shelf .card-link").first.click()
    page.wait_for_url("**/p/**")
    # The script comes when it comes.
    visit.until("window.luxebrain?.track")
    page.evaluate("luxebrain.track('custom', { name: 'early' })")
    page.wait_for_timeout(LONGER_THAN_A_BATCH_WAITS)
    page.get_by_role("button", name="No, thanks").click()
    visit.open()
    page.wait_for_timeout(LONGER_THAN_A_BATCH_WAITS)
    assert visit.stored() == []
    assert visit.sent == []
    names = {cookie["name"] for cookie in visit.context.cookies()}
    assert names <= {"luxe_consent", "sessionid", "csrftoken"}


@pytest.mark.parametrize(
    ("name", "value"), [("globalPrivacyControl", "true"), ("doNotTrack", "'1'")]
)
def test_it_obeys_a_browser_that_says_no(visit, name, value):
    visit.context.add_init_script(DENY.format(name=name, value=value))
    page = visit.open()
    visit.until("window.luxebrain?.track")
    page.evaluate("luxebrain.consent(true)")
    page.wait_for_timeout(LONGER_THAN_A_BATCH_WAITS)
    assert visit.stored() == []
    assert visit.sent == []


def test_it_tells_a_visit_from_the_first_page_to_the_order(visit, site):
    page = visit.open("/demo/?utm_source=google&utm_campaign=spring+sale")
    visitor = visit.agree()
    visit.open("/demo/search/?q=dress")
    page.locator(".card-link").first.click()
    page.locator(".size:has(input:enabled)").first.click()
    chosen = int(page.locator("[name=variation_id]").input_value())
    page.locator("[data-add]").click()
    page.get_by_role("link", name="Go to checkout").click()
    fill_in(page)
    page.locator("form[data-once] button[type=submit]").click()
    page.wait_for_url("**/thanks/**")
    visit.settle()
    found = rows(site, visitor)
    # What is seen and pressed on the way is told by tests of its own.
    wanted = [
        "search",
        "product_view",
        "add_to_cart",
        "cart",
        "checkout_start",
        "order",
    ]
    assert [row["type"] for row in found if row["type"] in wanted] == wanted
    by_type = {row["type"]: row for row in found}
    assert by_type["search"]["properties"]["query"] == "dress"
    assert by_type["add_to_cart"]["variant_woo_id"] == chosen
    bought = by_type["order"]["properties"]["items"]
    assert [item["variant"] for item in bought] == [chosen]
    assert by_type["order"]["value"] == by_type["cart"]["value"]
    first = json.loads(found[0]["context"])
    assert first["utm"] == {"source": "google", "campaign": "spring sale"}
    assert first["url"] == f"{site.url}/demo/"
    assert len({row["session"] for row in found}) == 1


def fill_in(page) -> None:
    answers = {
        "email": "ben@example.com", "first_name": "Ben", "last_name": "Adler",
        "city": "Dubai", "postcode": "00000",
    }  # fmt: skip
    for name, value in answers.items():
        page.fill(f"form[data-once] [name={name}]", value)


def test_it_counts_a_pick_as_seen_after_a_second_in_view(
    visit, site, nobody_left_alone
):
    page = visit.open()
    shelf = page.locator("[data-luxe-place=trending]")
    card = shelf.locator("li").first
    before = card.get_attribute("data-luxe")
    visitor = visit.agree()
    # The visitor's own picks, or everybody's where a busy machine answers too late.
    with suppress(AssertionError):
        visit.until(f"{CARD}.dataset.luxe !== {before!r}", seconds=5)
    card.scroll_into_view_if_needed()
    page.wait_for_timeout(300)
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_timeout(1500)
    passed_by = page.evaluate(STORED + ".map(name => localStorage[name]).join()")
    assert "trending" not in passed_by
    card.scroll_into_view_if_needed()
    page.wait_for_timeout(1500)
    told = json.loads(card.get_attribute("data-luxe"))
    card.locator("a").click()
    page.wait_for_url("**/p/**")
    visit.settle()
    picks = [
        row
        for row in rows(site, visitor)
        if row["properties"].get("placement") == "trending"
    ]
    shown = [row for row in picks if row["type"] == "recommendation_shown"]
    clicked = [row for row in picks if row["type"] == "recommendation_clicked"]
    assert [told["product"]] in [row["properties"]["products"] for row in shown]
    assert [row["product_woo_id"] for row in clicked] == [told["product"]]
    assert clicked[0]["properties"]["position"] == 1


def test_everything_done_offline_arrives_once(visit, site):
    page = visit.open()
    visitor = visit.agree()
    visit.settle()
    visit.context.set_offline(True)
    for number in range(25):
        page.evaluate(f"luxebrain.track('custom', {{ name: 'offline_{number}' }})")
    page.wait_for_timeout(LONGER_THAN_A_BATCH_WAITS)
    assert names(site, visitor) == []
    visit.context.set_offline(False)
    visit.settle()
    assert sorted(names(site, visitor)) == sorted(f"offline_{n}" for n in range(25))


def names(site, visitor) -> list[str]:
    return [
        row["properties"]["name"]
        for row in rows(site, visitor)
        if row["type"] == "custom"
    ]


def test_an_answer_that_gets_lost_doubles_nothing(visit, site):
    page = visit.open()
    visitor = visit.agree()
    lost: list[str] = []

    def lose_the_answer(route):
        if len(lost) < 2:
            lost.append(route.fetch().text())
            route.abort()
        else:
            route.continue_()

    visit.context.route(f"**{TRACK}**", lose_the_answer)
    page.evaluate("luxebrain.track('custom', { name: 'once' })")
    visit.settle()
    assert len(lost) == 2
    assert names(site, visitor) == ["once"]
    assert types(site, visitor).count("page_view") == 1


def test_a_reload_in_the_middle_loses_and_doubles_nothing(visit, site):
    page = visit.open()
    visitor = visit.agree()
    for number in range(5):
        page.evaluate(f"luxebrain.track('custom', {{ name: 'before_{number}' }})")
        page.reload()
    visit.settle()
    assert sorted(names(site, visitor)) == [f"before_{n}" for n in range(5)]
    assert types(site, visitor).count("page_view") == 6


def test_two_tabs_share_a_visitor_and_lose_nothing(visit, site):
    first = visit.open()
    visitor = visit.agree()
    second = visit.tab()
    second.goto(f"{site.url}/demo/search/")
    for number in range(20):
        first.evaluate(f"luxebrain.track('custom', {{ name: 'a_{number}' }})")
        second.evaluate(f"luxebrain.track('custom', {{ name: 'b_{number}' }})")
    visit.settle(first)
    sent = len(visit.sent)
    first.wait_for_timeout(LONGER_THAN_A_BATCH_WAITS)
    assert len(visit.sent) == sent, "Nothing is left that would be sent again."
    wanted = [f"{tab}_{number}" for tab in "ab" for number in range(20)]
    assert sorted(names(site, visitor)) == sorted(wanted)


def test_taking_the_yes_back_deletes_everything_in_all_tabs(visit, site):
    page = visit.open()
    visit.agree()
    other = visit.tab()
    other.goto(f"{site.url}/demo/search/")
    page.evaluate("luxebrain.track('custom', { name: 'gone' })")
    page.evaluate("luxebrain.consent(false)")
    assert visit.stored() == []
    visit.sent.clear()
    other.evaluate("luxebrain.track('custom', { name: 'gone' })")
    page.evaluate("luxebrain.track('custom', { name: 'gone' })")
    page.wait_for_timeout(LONGER_THAN_A_BATCH_WAITS)
    assert visit.stored() == []
    assert visit.sent == []


def test_a_no_without_scripts_is_heard_on_the_next_page(visit, site):
    page = visit.open()
    visit.agree()
    visit.open("/demo/privacy/")
    page.locator("main [value=none]").click()
    page.get_by_text("You said no.").wait_for()
    visit.open()
    assert visit.stored() == []


def test_a_long_pause_begins_a_new_session(visit, site):
    page = visit.open()
    visitor = visit.agree()
    page.evaluate(
        "localStorage.luxe = JSON.stringify({...JSON.parse(localStorage.luxe),"
        " at: Date.now() - 31 * 60e3})"
    )
    page.evaluate("luxebrain.track('custom', { name: 'later' })")
    visit.settle()
    later = {row["session"] for row in rows(site, visitor) if row["type"] == "custom"}
    first = {
        row["session"] for row in rows(site, visitor) if row["type"] == "page_view"
    }
    assert len(later) == len(first) == 1
    assert later != first


def test_reset_makes_another_visitor_and_keeps_what_waits(visit, site):
    page = visit.open()
    visitor = visit.agree()
    page.evaluate("luxebrain.track('custom', { name: 'mine' })")
    page.evaluate("luxebrain.reset()")
    assert visit.visitor() != visitor
    page.evaluate("luxebrain.track('custom', { name: 'theirs' })")
    visit.settle()
    assert names(site, visit.visitor()) == ["theirs"]


def test_it_tells_seconds_in_view_and_frustration(visit, site):
    page = visit.open()
    visitor = visit.agree()
    page.wait_for_timeout(1200)
    heading = page.locator("h1")
    heading.click()
    page.wait_for_timeout(1200)
    heading.click(click_count=3, delay=20)
    visit.open("/demo/cart/")
    visit.settle()
    found = Counter(types(site, visitor))
    assert found["rage_click"] == 1
    assert found["dead_click"] >= 1
    left = [row for row in rows(site, visitor) if row["type"] == "page_leave"]
    assert 2 < left[0]["properties"]["seconds"] < 60


def test_calls_made_before_it_has_loaded_are_kept(visit, site):
    visit.open()
    visitor = visit.agree()
    visit.context.add_init_script(
        "(window.luxebrain ||= []).push(['track', 'custom', { name: 'before' }])"
    )
    page = visit.open("/demo/search/")
    page.evaluate("luxebrain.push(['track', 'custom', { name: 'after' }])")
    visit.settle()
    assert names(site, visitor) == ["before", "after"]
