"""The tracker and the page around it: coming back, slow lines, a WooCommerce theme."""

from __future__ import annotations

import re
import shutil
from statistics import median

import pytest

from tests.browser.conftest import CHROMIUM
from tests.browser.tracking import Visit, rows, types

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.enable_socket]
# What browsers' tools call "slow 3G", as bytes a second.
SLOW_3G = {
    "offline": False,
    "latency": 400,
    "downloadThroughput": 50_000,
    "uploadThroughput": 50_000,
}
TIMES = """() => {
  const [page] = performance.getEntriesByType('navigation');
  return [page.domContentLoadedEventEnd, page.loadEventEnd];
}"""
# As WooCommerce 10.5 writes them: a variable product in a classic theme, and a list of
# products in a block theme.
CLASSIC = """
<form class="variations_form cart" method="post" data-product_id="62">
  <input type="number" class="input-text qty text" name="quantity" value="2">
  <button type="submit" class="single_add_to_cart_button button alt">Add to cart</button>
  <input type="hidden" name="add-to-cart" value="62">
  <input type="hidden" name="product_id" value="62">
  <input type="hidden" name="variation_id" class="variation_id" value="64">
</form>
<div class="widget_shopping_cart_content"><a role="button" href="#" class="remove
  remove_from_cart_button" data-product_id="15">x</a></div>"""
BLOCKS = """
<button class="wp-block-button__link add_to_cart_button ajax_add_to_cart" type="button"
  data-product_id="24" data-product_sku="woo-album">Add to cart</button>"""


@pytest.fixture
def visit(browser, site):
    visit = Visit(browser, site)
    yield visit
    visit.close()


def test_a_page_that_comes_back_is_viewed_again(browser, site):
    program = next(found for name in CHROMIUM if (found := shutil.which(name)))
    keeping = browser.browser_type.launch(
        executable_path=program,
        args=["--no-sandbox"],
        ignore_default_args=["--disable-back-forward-cache"],
    )
    visit = Visit(keeping, site)
    page = visit.open()
    visitor = visit.agree()
    page.evaluate("window.isTheSamePage = true")
    page.goto(f"{site.url}/demo/search/")
    # A page that is kept has loaded already, and says so to nobody.
    page.go_back(wait_until="commit")
    assert page.evaluate("window.isTheSamePage"), "The cache of the browser kept it."
    visit.settle()
    found = types(site, visitor)
    assert (found.count("page_view"), found.count("page_leave")) == (3, 2)
    visit.close()
    keeping.close()


def test_a_slow_line_waits_no_longer_for_a_page_with_the_tracker(browser, site):
    """The median of three; without it the same pages are loaded with the file blocked."""
    plain, tracked = load_slowly(browser, site, True), load_slowly(browser, site, False)
    for without, with_it in zip(plain, tracked, strict=True):
        assert with_it < without * 1.25 + 100, (plain, tracked)


def load_slowly(browser, site, is_blocked: bool) -> list[float]:
    """Milliseconds until the page is there, and until all of it has loaded."""
    measured = []
    for _ in range(3):
        visit = Visit(browser, site)
        if is_blocked:
            visit.context.route("**/luxebrain.js", lambda route: route.abort())
        lines = visit.context.new_cdp_session(visit.page)
        lines.send("Network.enable")
        lines.send("Network.emulateNetworkConditions", SLOW_3G)
        page = visit.open("/demo/cart/")
        measured.append(page.evaluate(TIMES))
        visit.close()
    return [median(times) for times in zip(*measured, strict=True)]


@pytest.mark.parametrize(
    ("body", "markup", "button", "wanted"),
    [
        ("single-product postid-62", CLASSIC, ".single_add_to_cart_button", ("add_to_cart", 62, 64, 2)),
        ("single-product postid-62", CLASSIC, "a.remove", ("remove_from_cart", 15, None, 1)),
        ("archive woocommerce", BLOCKS, ".ajax_add_to_cart", ("add_to_cart", 24, None, 1)),
    ],
)  # fmt: skip
def test_it_reads_a_woocommerce_theme(visit, site, body, markup, button, wanted):
    home = visit.open()
    visitor = visit.agree()
    tag = re.search(r"<script async.*?</script>", home.content(), re.DOTALL)
    html = f"<!DOCTYPE html>{tag[0]}<body class='{body}'>{markup}</body>"
    visit.context.route(
        "**/woo/",
        lambda route: route.fulfill(body=html, content_type="text/html"),
    )
    page = visit.open("/woo/")
    page.evaluate("addEventListener('submit', event => event.preventDefault())")
    page.locator(button).click()
    visit.settle()
    told = [
        (row["type"], row["product_woo_id"], row["variant_woo_id"], row["quantity"])
        for row in rows(site, visitor)
    ]
    assert wanted in told
    seen = [row for row in told if row[0] == "product_view"]
    assert seen == ([("product_view", 62, None, None)] if "postid" in body else [])
