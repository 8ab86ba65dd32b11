"""What a shopper's browser makes of shelves."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.wordpress.shelf_brain import DECISION, EVENTS
from tests.wordpress.shelf_browser import (
    DESKTOP,
    PHONE,
    REFUSE,
    SIMILAR,
    agree,
    agree_and_wait,
    asked,
    names,
    shifts,
    wait_until,
)

pytestmark = [
    pytest.mark.wordpress,
    pytest.mark.xdist_group("wordpress"),
    pytest.mark.enable_socket,
]


def test_it_exchanges_the_picks_after_a_yes(similar, opened, connected):
    page = opened(similar)
    before = names(page)

    agree_and_wait(page)

    assert before == ["Silk blouse", "Wool coat", "Cotton shirt"]
    assert names(page) == [
        "Denim jacket",
        "Pleated skirt",
        "Knitted cardigan with a collar and mother-of-pearl buttons",
    ]
    assert page.faults == []


def test_it_writes_prices_as_the_shop_does(similar, opened, site):
    site.php(
        "update_option('woocommerce_currency_pos', 'right_space');"
        "update_option('woocommerce_price_decimal_sep', ',');"
        "update_option('woocommerce_price_thousand_sep', '.');"
    )
    page = opened(similar)

    agree_and_wait(page)

    prices = page.locator(f"{SIMILAR} .luxe-card__price").all_text_contents()
    assert [price.replace("\N{NO-BREAK SPACE}", " ") for price in prices] == [
        "1.299,50 €",
        "Price before: 59,00 €Price now: 49,00 €Lowest price of the last 30 days: 45,00 €",
        "1.299,50 € \N{EN DASH} 1.350,00 €",
    ]


def test_it_asks_once_for_all_shelves_of_a_page(
    similar, opened, connected, shop, visitor
):
    connected.shelves["bought-together"] = connected.shelves["product-similar"]
    connected.personal["bought-together"] = connected.personal["product-similar"]
    shop.site.php(
        "$GLOBALS['wpdb']->query('UPDATE wp_luxebrain_shelves SET wanted = 1');"
    )
    shop.refresh()
    page = opened(similar)

    agree_and_wait(page)

    [question] = asked(connected)
    told = {k: v[0] for k, v in parse_qs(urlsplit(question).query).items()}
    visitor_id = page.evaluate("JSON.parse(localStorage.luxe).visitor")
    assert told == {
        "key": "pk_a1B2c3D4e5F6g7H8i9J0k1L2",
        "places": "price-line:0,bought-together:3,product-similar:3,recently-viewed:8",
        "visitor": visitor_id,
        "language": "en",
        "product": str(shop.ids["Linen dress"]),
    }


def test_it_asks_only_when_a_shelf_is_near(similar, opened, connected):
    page = opened(similar)
    page.evaluate("document.querySelector('main').style.paddingTop = '5000px'")
    agree(page)
    page.wait_for_timeout(300)
    far = asked(connected)

    page.locator(SIMILAR).scroll_into_view_if_needed()
    page.locator(SIMILAR).get_by_text("Denim jacket").wait_for()

    assert (far, len(asked(connected))) == ([], 1)


def test_it_asks_and_stores_nothing_without_a_yes(similar, opened, connected):
    page = opened(similar)

    page.evaluate(REFUSE)
    page.mouse.wheel(0, 2000)
    page.locator(f"{SIMILAR} a").first.click()
    page.wait_for_load_state("networkidle")

    assert connected.seen == []
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
    assert page.context.cookies() == []
    assert page.faults == []


def test_it_forgets_what_was_viewed_after_a_no(similar, opened):
    page = opened(similar)
    agree_and_wait(page)
    kept = page.evaluate("sessionStorage['luxebrain:viewed']")

    page.evaluate(REFUSE)

    assert len(json.loads(kept)) == 1
    assert page.evaluate("sessionStorage.length") == 0


def test_it_tells_what_was_viewed_before(similar, opened, connected, shop, site):
    page = opened(similar)
    agree_and_wait(page)

    page.goto(site.url + shop.product("Silk blouse"))
    page.wait_for_load_state("networkidle")
    page.goto(site.url + similar)
    wait_until(lambda: len(connected.questions) == 3)

    dress, blouse = (str(shop.ids[name]) for name in ("Linen dress", "Silk blouse"))
    assert [asked.get("viewed") for asked in connected.questions] == [
        None,
        dress,
        blouse,
    ]


def test_it_brings_the_decision_back_with_a_click(similar, opened, connected, shop):
    page = opened(similar)
    agree_and_wait(page)

    page.locator(f"{SIMILAR} a").nth(1).click()
    page.wait_for_load_state("networkidle")
    wait_until(
        lambda: any(e["type"] == "recommendation_clicked" for e in connected.events)
    )

    [clicked] = [e for e in connected.events if e["type"] == "recommendation_clicked"]
    product = shop.ids["Pleated skirt"]
    assert {
        name: clicked[name]
        for name in ("placement", "product", "products", "position", "decision")
    } == {
        "placement": "product-similar",
        "product": product,
        "products": [product],
        "position": 2,
        "decision": DECISION.format(2),
    }


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
@pytest.mark.parametrize("theme", ["twentytwentythree", "plain"])
def test_it_moves_nothing(similar, opened, shop, width, theme):
    shop.theme(theme)
    page = opened(similar, width)
    page.locator(SIMILAR).scroll_into_view_if_needed()

    agree_and_wait(page)

    assert shifts(page) == []
    assert page.faults == []


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_it_moves_nothing_where_fewer_picks_come(similar, opened, connected, width):
    del connected.personal["product-similar"][1:]
    page = opened(similar, width)
    page.locator(SIMILAR).scroll_into_view_if_needed()

    agree_and_wait(page)

    assert names(page) == ["Denim jacket"]
    assert page.locator(f"{SIMILAR} li[data-luxe]").count() == 1
    assert shifts(page) == []


def test_it_leaves_who_is_left_alone_alone(similar, opened, connected):
    connected.held_out.add("product-similar")
    page = opened(similar)
    page.locator(SIMILAR).scroll_into_view_if_needed()

    agree(page)
    page.wait_for_function(
        f"getComputedStyle(document.querySelector('{SIMILAR}')).visibility === 'hidden'"
    )
    page.wait_for_timeout(1500)

    assert page.locator(f"{SIMILAR} li[data-luxe]").count() == 0
    assert shifts(page) == []
    page.goto("about:blank")
    wait_until(lambda: any(e["type"] == "page_leave" for e in connected.events))
    assert not [e for e in connected.events if e.get("decision") == DECISION.format(2)]
    assert page.faults == []


def test_it_takes_a_shelf_away_that_nobody_has_seen_yet(similar, opened, connected):
    connected.held_out.add("product-similar")
    page = opened(similar)
    page.evaluate("document.querySelector('.summary').style.minHeight = '1000px'")
    page.wait_for_timeout(300)
    page.evaluate("window.shifts.length = 0")

    agree(page)
    page.locator(SIMILAR).wait_for(state="detached")

    assert shifts(page) == []


def test_it_asks_the_shop_where_the_browser_may_not_ask_luxebrain(
    similar, opened, connected
):
    connected.allows_browsers = False
    page = opened(similar)

    agree_and_wait(page)

    assert len(asked(connected)) == 2
    assert page.locator(f"{SIMILAR} .luxe-card__price").all_text_contents() == [
        "€79.50",
        "€59.00",
        "€1,299.00",
    ]


@pytest.mark.parametrize("status", [429, 500])
def test_it_asks_nobody_else_where_luxebrain_answered(
    similar, opened, connected, status
):
    """Two questions would be two answers in the log, of which nobody saw the first."""
    page = opened(similar)
    connected.status = status

    agree(page)
    wait_until(lambda: asked(connected))
    page.wait_for_timeout(700)

    assert len(asked(connected)) == 1
    assert names(page) == ["Silk blouse", "Wool coat", "Cotton shirt"]
    assert shifts(page) == []


def test_it_leaves_the_shelf_as_it_is_when_both_ways_fail(similar, opened, connected):
    connected.allows_browsers = False
    page = opened(similar)
    connected.status = 500

    agree(page)
    wait_until(lambda: len(asked(connected)) == 2)
    page.wait_for_timeout(300)

    assert names(page) == ["Silk blouse", "Wool coat", "Cotton shirt"]
    assert shifts(page) == []


def test_it_waits_two_seconds_and_no_longer(similar, opened, connected):
    page = opened(similar)
    connected.delay = 4

    agree(page)
    page.wait_for_timeout(5000)

    assert names(page) == ["Silk blouse", "Wool coat", "Cotton shirt"]
    assert len(asked(connected)) == 1
    assert page.faults == []


def test_it_makes_no_markup_of_what_it_is_told(similar, opened, connected, pick):
    hostile = (
        "<img src=x onerror='window.hacked = 1'><script>window.hacked = 1</script>"
    )
    connected.personal["product-similar"] = [
        pick("Denim jacket", name=hostile, image="javascript:window.hacked=1"),
        pick("Pleated skirt", url="javascript:window.hacked=1"),
        pick("Silk blouse", url="https://elsewhere.example/"),
        pick("Wool coat", price='"><script>window.hacked = 1</script>'),
    ]
    connected.titles["product-similar"] = hostile
    page = opened(similar)

    agree_and_wait(page, hostile)
    page.wait_for_timeout(300)

    assert names(page) == [hostile]
    assert page.evaluate("window.hacked") is None
    assert page.locator(f"{SIMILAR} script, {SIMILAR} [onerror]").count() == 0
    assert page.faults == []


def test_it_takes_no_prices_in_another_currency(similar, opened, connected, pick):
    connected.personal["product-similar"] = [pick("Denim jacket", currency="USD")]
    page = opened(similar)

    agree(page)
    wait_until(lambda: asked(connected))
    page.wait_for_timeout(300)

    assert names(page) == ["Silk blouse", "Wool coat", "Cotton shirt"]
    assert len(asked(connected)) == 1


def test_it_shows_what_was_viewed_only_to_who_viewed_it(
    similar, opened, connected, pick, shop, site
):
    connected.personal["recently-viewed"] = [pick("Silk blouse")]
    connected.titles["recently-viewed"] = "Recently viewed"
    page = opened(similar, PHONE)
    shelf = page.locator("[data-luxe-place=recently-viewed]")
    before = shelf.bounding_box()["height"]
    page.evaluate("document.querySelector('.summary').style.minHeight = '700px'")
    page.wait_for_timeout(300)
    page.evaluate("window.shifts.length = 0")

    agree_and_wait(page)
    shelf.get_by_text("Silk blouse").wait_for()

    assert before == 0
    assert shelf.locator("li").count() == 1
    assert shifts(page) == []
    assert page.faults == []


def test_it_is_used_by_keys_alone(similar, opened):
    page = opened(similar, PHONE)
    view = page.locator(f"{SIMILAR} .luxe-shelf__view")

    view.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(
        f"document.querySelector('{SIMILAR} .luxe-shelf__view').scrollLeft > 20"
    )
    for _ in range(3):
        page.keyboard.press("Tab")

    text = page.evaluate("document.activeElement.textContent")
    assert text.strip().startswith("Cotton")
    page.wait_for_function(
        "((box) => box.left >= 0 && box.right <= innerWidth)"
        "(document.activeElement.getBoundingClientRect())"
    )


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_it_fits_a_phone_and_reads_from_its_own_side(similar, opened, direction):
    page = opened(similar, PHONE)
    page.evaluate("dir => { document.documentElement.dir = dir }", direction)
    agree_and_wait(page)

    first, second = (
        page.locator(f"{SIMILAR} li").nth(at).bounding_box()["x"] for at in (0, 1)
    )
    assert (first < second) is (direction == "ltr")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE


def test_it_says_yes_on_the_next_page_too(similar, opened, connected, site):
    page = opened(similar)
    agree_and_wait(page)
    connected.seen.clear()

    page.goto(site.url + similar)
    page.locator(SIMILAR).get_by_text("Denim jacket").wait_for()

    assert len(asked(connected)) == 1
    assert not [path for path in connected.seen if EVENTS in path and "GET" in path]


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_it_exchanges_the_banner_without_a_jump(
    shop, connected, visitor, opened, site, width
):
    def hero(heading, text, url):
        connected.hero = {
            "place": "home-hero",
            "heading": heading,
            "text": text,
            "image": "",
            "url": url,
            "label": "See it",
            "decision": DECISION.format(1),
        }

    number = site.php(
        "return wp_insert_post(array('post_type' => 'page', 'post_status' => 'publish',"
        " 'post_title' => 'Banner', 'post_content' => '[luxebrain_hero]'));"
    )
    path = f"/?page_id={number}"
    hero("Linen weeks", "For the first warm days.", "/linen")
    visitor.open(path)
    shop.refresh()
    page = opened(path, width)

    # The text would need more lines than there are: then the old one stays.
    hero("Silk weeks", "For evenings outside. " * 12, "/silk")
    agree(page)
    page.get_by_role("heading", name="Silk weeks").wait_for()

    assert page.locator(".luxe-hero__text").text_content() == "For the first warm days."
    assert page.locator(".luxe-hero a").get_attribute("href") == f"{site.url}/silk"
    assert shifts(page) == []
    assert page.faults == []


@pytest.fixture
def banner(shop, connected, visitor, site):
    """A page with a banner."""
    connected.hero = {
        "place": "home-hero", "heading": "Linen weeks", "text": "", "image": "",
        "url": "/?s=linen", "label": "See it", "decision": DECISION.format(1),
    }  # fmt: skip
    number = site.php(
        "return wp_insert_post(array('post_type' => 'page', 'post_status' => 'publish',"
        " 'post_title' => 'Banner', 'post_content' => '[luxebrain_hero]'));"
    )
    visitor.open(f"/?page_id={number}")
    shop.refresh()
    return f"/?page_id={number}"


def test_it_hides_the_banner_from_who_is_left_alone(banner, opened, connected):
    page = opened(banner)
    before = page.locator(".luxe-hero").bounding_box()
    connected.hero, connected.hidden = None, ["home-hero"]

    agree(page)
    page.get_by_role("heading", name="Linen weeks").wait_for(state="hidden")

    assert page.locator(".luxe-hero").bounding_box() == before
    assert shifts(page) == []
    assert page.faults == []


def test_it_takes_the_banner_away_where_nobody_has_seen_it(banner, opened, connected):
    page = opened(banner)
    page.evaluate("document.querySelector('main').style.paddingTop = '850px'")
    page.wait_for_timeout(300)
    connected.hero, connected.hidden = None, ["home-hero"]

    agree(page)

    page.locator(".luxe-hero").wait_for(state="detached")


def test_products_in_the_banners_place_are_exchanged_too(
    shop, connected, visitor, opened, site, pick
):
    connected.shelves["home-hero"] = [shop.ids["Silk blouse"], shop.ids["Wool coat"]]
    connected.personal["home-hero"] = [pick("Denim jacket"), pick("Pleated skirt")]
    number = site.php(
        "return wp_insert_post(array('post_type' => 'page', 'post_status' => 'publish',"
        " 'post_title' => 'Banner', 'post_content' => '[luxebrain_hero]'));"
    )
    visitor.open(f"/?page_id={number}")
    shop.refresh()
    page = opened(f"/?page_id={number}")

    agree(page)
    page.get_by_text("Denim jacket").wait_for()

    assert page.locator("[data-luxe-place=home-hero] .luxe-card__name").all_text_contents() == [
        "Denim jacket",
        "Pleated skirt",
    ]  # fmt: skip
    assert shifts(page) == []
    assert page.faults == []


def test_a_click_on_the_banner_tells_its_decision(
    shop, connected, visitor, opened, site
):
    connected.hero = {
        "place": "home-hero",
        "heading": "Linen weeks",
        "text": "",
        "image": "",
        "url": "/?s=linen",
        "label": "See it",
        "decision": DECISION.format(1),
    }
    number = site.php(
        "return wp_insert_post(array('post_type' => 'page', 'post_status' => 'publish',"
        " 'post_title' => 'Banner', 'post_content' => '[luxebrain_hero]'));"
    )
    path = f"/?page_id={number}"
    visitor.open(path)
    shop.refresh()
    page = opened(path)
    connected.hero = {**connected.hero, "heading": "Silk weeks", "decision": DECISION.format(2)}  # fmt: skip
    agree(page)
    page.get_by_role("heading", name="Silk weeks").wait_for()

    page.get_by_role("link", name="See it").click()
    page.wait_for_load_state("networkidle")
    wait_until(lambda: any(e["type"] == "custom" for e in connected.events))

    [clicked] = [e for e in connected.events if e["type"] == "custom"]
    assert (clicked["name"], clicked["properties"]) == (
        "banner_clicked",
        {"decision": DECISION.format(2), "placement": "home-hero"},
    )


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"lowest_price": False}, "Price before: €59.00Price now: €49.00"),
        (
            {"lowest_price_text": "30 days: {price} & no less"},
            "Price before: €59.00Price now: €49.0030 days: €45.00 & no less",
        ),
    ],
)
def test_it_writes_the_lowest_price_as_the_merchant_wants_it(
    similar, opened, site, options, told
):
    site.php(
        "update_option( 'luxebrain_settings', $given + get_option( 'luxebrain_settings' ) );",
        **options,
    )
    site.php("do_action( 'luxebrain_refresh_shelves' );")
    page = opened(similar)

    agree_and_wait(page)

    price = page.locator(f"{SIMILAR} .luxe-card__price").nth(1).text_content()
    assert price.replace("\N{NO-BREAK SPACE}", " ") == told
