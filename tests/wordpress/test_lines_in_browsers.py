"""The lines under a price in a shopper's browser."""

from __future__ import annotations

import time

import pytest

from tests.wordpress.shelf_browser import DESKTOP, PHONE, agree, asked, shifts

pytestmark = [
    pytest.mark.wordpress,
    pytest.mark.xdist_group("wordpress"),
    pytest.mark.enable_socket,
]

LINE = "[data-luxe-place=price-line]"


def line(text, until="2030-01-01T00:00:00Z"):
    return {"place": "price-line", "code": "x", "text": text, "facts": {}, "true_until": until}  # fmt: skip


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
@pytest.mark.parametrize("theme", ["twentytwentythree", "plain"])
def test_it_writes_lines_under_the_price_into_their_room(
    shop, connected, opened, theme, width
):
    shop.theme(theme)
    connected.lines = [line("Only 3 left"), line("12 sold this week")]
    page = opened(shop.product("Linen dress"), width)
    before = page.locator(LINE).text_content()

    agree(page)
    page.get_by_text("Only 3 left").wait_for()

    assert before == ""
    assert page.locator(f"{LINE} p").all_text_contents() == [
        "Only 3 left",
        "12 sold this week",
    ]
    room, last = (
        page.locator(part).last.bounding_box() for part in (LINE, f"{LINE} p")
    )
    assert last["y"] + last["height"] <= room["y"] + room["height"]
    assert shifts(page) == []
    assert page.faults == []
    [question] = asked(connected)
    assert "price-line" in question


def test_it_writes_no_line_that_has_no_room_and_none_that_is_over(
    shop, connected, opened
):
    connected.lines = [
        line("Over", "2020-01-01T00:00:00Z"),
        line("A long story of this dress. " * 20),
        line("<img src=x onerror='window.hacked = 1'>"),
    ]
    page = opened(shop.product("Linen dress"))

    agree(page)
    page.locator(f"{LINE} p").wait_for()

    assert page.locator(f"{LINE} p").all_text_contents() == [
        "<img src=x onerror='window.hacked = 1'>"
    ]
    assert page.evaluate("window.hacked") is None


def test_it_hides_a_line_when_it_is_true_no_longer(shop, connected, opened):
    soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 6))
    connected.lines = [line("Only 3 left", soon), line("12 sold this week")]
    page = opened(shop.product("Linen dress"))

    agree(page)
    page.get_by_text("Only 3 left").wait_for()
    page.get_by_text("Only 3 left").wait_for(state="hidden", timeout=8000)

    assert page.get_by_text("12 sold this week").is_visible()
    assert shifts(page) == []


@pytest.mark.parametrize("kind", ["hidden", "off"])
def test_a_room_that_is_for_nothing_is_taken_away(shop, connected, opened, kind):
    """From a page that was kept before: of what is not seen yet, so that nothing moves."""
    page = opened(shop.product("Linen dress"))
    page.evaluate("document.querySelector('.summary').style.paddingTop = '1200px'")
    page.wait_for_timeout(300)
    setattr(connected, kind, ["price-line"])

    agree(page)
    page.locator(LINE).scroll_into_view_if_needed()

    page.locator(LINE).wait_for(state="hidden")
    assert page.faults == []


def test_there_is_no_room_where_lines_are_switched_off(shop, connected, visitor, site):
    path = shop.product("Linen dress")
    connected.off = ["price-line"]
    before = visitor.open(path).text
    shop.refresh()

    after = visitor.open(path).text

    room = 'data-luxe-place="price-line"'
    assert (room in before, room in after) == (True, False)
    connected.off = []
    site.php("LuxeBrain\\Shelves\\Copies::want_all();")
    shop.refresh()
    assert room in visitor.open(path).text


def test_there_is_no_room_where_no_visitor_is_asked(shop, connected, visitor, site):
    site.php("LuxeBrain\\Settings::store( $given );", tracking=False)

    page = visitor.open(shop.product("Linen dress")).text

    site.php("LuxeBrain\\Settings::store( $given );", tracking=True)
    assert 'data-luxe-place="price-line"' not in page


def test_nobody_who_said_nothing_reads_a_line(shop, connected, opened):
    connected.lines = [line("Only 3 left")]
    page = opened(shop.product("Linen dress"))

    page.wait_for_timeout(500)

    assert page.locator(LINE).text_content() == ""
    assert connected.seen == []


def test_it_asks_the_shop_for_lines_too_and_names_nobody_in_an_address(
    shop, connected, opened
):
    connected.allows_browsers = False
    connected.lines = [line("Only 3 left")]
    page = opened(shop.product("Linen dress"))
    sent = []
    page.on("request", lambda one: sent.append((one.method, one.url, one.post_data)))

    agree(page)
    page.get_by_text("Only 3 left").wait_for()

    visitor = page.evaluate("JSON.parse(localStorage.luxe).visitor")
    [(method, url, body)] = [one for one in sent if "luxebrain/v1/page" in one[1]]
    assert (method, visitor in url, visitor in body) == ("POST", False, True)
