"""A page that a cache kept for 48 hours, in a shop that went on without it."""

from __future__ import annotations

import json

import pytest

from tests.wordpress.shelf_brain import DECISION
from tests.wordpress.shelf_browser import (
    AGREE,
    SHIFTS,
    SIMILAR,
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

# Two days of nonces: WordPress takes one for a day at most.
LATER = "add_filter( 'nonce_life', function () { return 1; } );"
# As page caches do it: before WordPress builds anything.
CACHE = "if ( $_SERVER['REQUEST_URI'] === '{path}' ) {{ readfile( __DIR__ . '/old.html' ); exit; }}"
# Prices went up, one of the products on the old page is gone, another one is sold out.
CHANGE = """
foreach ( array( 'Silk blouse' => '111.00', 'Denim jacket' => '99.00' ) as $name => $price ) {
    $product = wc_get_product( $given['ids'][ $name ] );
    $product->set_regular_price( $price );
    $product->save();
}
wp_delete_post( $given['ids']['Wool coat'], true );
$product = wc_get_product( $given['ids']['Cotton shirt'] );
$product->set_stock_status( 'outofstock' );
$product->save();
"""


@pytest.fixture
def old(similar, site, shop, visitor):
    """The page as it was two days ago, and all that has changed since."""
    html = visitor.open(similar).text
    site.php(CHANGE, ids=shop.ids)
    site.php("wp_cache_flush(); wp_destroy_all_sessions();")
    return html


@pytest.fixture
def page(old, similar, chromium, connected, site):
    """It opens as a cache serves it; `asked_for` is what the browser asked the shop."""
    folder = site.root / "wp-content/mu-plugins"
    file, kept = folder / "later.php", folder / "old.html"
    file.write_text(f"<?php {LATER} {CACHE.format(path=similar)}")
    kept.write_text(old)
    context = chromium.new_context(viewport={"width": 1400, "height": 900})
    context.route("**/favicon.ico", lambda route: route.fulfill(status=204))
    page = context.new_page()
    page.faults, page.asked_for = [], []
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.on(
        "console",
        lambda said: page.faults.append(said.text) if said.type == "error" else None,
    )
    page.on(
        "request",
        lambda one: page.asked_for.append((one.url, one.post_data or "", one.headers)),
    )
    context.add_init_script(SHIFTS)
    page.goto(site.url + similar)
    page.wait_for_load_state("networkidle")
    connected.seen.clear()
    yield page
    context.close()
    file.unlink()
    kept.unlink()


def prices(page):
    found = page.locator(f"{SIMILAR} li:not([style*=hidden]) .luxe-card__price")
    return [text.replace("\N{NO-BREAK SPACE}", " ") for text in found.all_text_contents()]  # fmt: skip


def test_it_needs_no_nonce_and_no_admin_address(page, site):
    assert page.context.cookies() == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    page.evaluate(AGREE)
    page.wait_for_timeout(1500)

    ours = [one for one in page.asked_for if "luxebrain" in one[0] or "storefront" in one[0]]  # fmt: skip
    assert ours
    for url, body, headers in page.asked_for:
        assert "admin-ajax" not in url
        assert "nonce" not in url + body
        assert "x-wp-nonce" not in headers
    assert page.faults == []


def test_the_visitors_own_picks_take_the_place_of_the_old_ones(page, connected):
    assert names(page) == ["Silk blouse", "Wool coat", "Cotton shirt"]

    agree_and_wait(page)

    assert names(page) == [
        "Denim jacket",
        "Pleated skirt",
        "Knitted cardigan with a collar and mother-of-pearl buttons",
    ]
    # As LuxeBrain told them now; nothing of the old page's prices is left.
    assert prices(page)[0] == "€1,299.50"
    assert not {"€89.00", "€199.00", "€35.00"} & set(prices(page))
    assert len(asked(connected)) == 1
    assert shifts(page) == []


def test_through_the_shop_it_gets_the_shops_prices_of_now(page, connected, shop, pick):
    """A product that was deleted, or is sold out, comes back by no way."""
    connected.allows_browsers = False
    connected.personal["product-similar"] = [
        pick("Wool coat"),
        pick("Cotton shirt"),
        pick("Denim jacket"),
        pick("Silk blouse"),
    ]

    agree_and_wait(page)

    assert names(page) == ["Denim jacket", "Silk blouse"]
    assert prices(page) == ["€99.00", "€111.00"]


def test_a_click_carries_the_fresh_decision(page, connected, shop):
    agree_and_wait(page)

    page.get_by_role("link", name="Denim jacket").click()
    page.wait_for_load_state("networkidle")
    wait_until(
        lambda: any(e["type"] == "recommendation_clicked" for e in connected.events)
    )

    [clicked] = [e for e in connected.events if e["type"] == "recommendation_clicked"]
    assert clicked["decision"] == DECISION.format(2)
    assert clicked["product"] == shop.ids["Denim jacket"]
    assert DECISION.format(1) not in json.dumps(clicked)


def test_events_still_go_the_shops_own_way(page, site, visitor, connected):
    """The cookie and the page's origin let them in: both are as good as two days ago."""
    agree_and_wait(page)
    status = page.evaluate(
        """async () => (await fetch('/?rest_route=/luxebrain/v1/track', { method: 'POST', body: JSON.stringify(
            { events: [{ type: 'custom', name: 'old_page', id: 'x', at: Date.now(), visitor: JSON.parse(localStorage.luxe).visitor }] }
        ) })).status"""
    )

    assert status == 200
    wait_until(lambda: any(e.get("name") == "old_page" for e in connected.events))
