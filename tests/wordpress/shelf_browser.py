"""A browser that opens pages with shelves, and what tests ask it."""

from __future__ import annotations

import shutil
import time

import pytest
from playwright.sync_api import sync_playwright

from tests.wordpress.shelf_brain import PAGE

AGREE = "document.dispatchEvent(new CustomEvent('luxe:consent', {detail: 'all'}))"
REFUSE = "document.dispatchEvent(new CustomEvent('luxe:consent', {detail: 'none'}))"
# Layout shifts as Chromium counts them, those before the script ran too: how far, and what moved.
# Nothing of ours stands in or above the theme's header: its menu shifts by itself where the page
# is painted before the whole of it has come.
SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => {
  for (const { value, sources } of list.getEntries()) {
    const moved = sources.map(({ node }) => node?.closest ? node : node?.parentElement);
    if (!moved.length || !moved.every((one) => one?.closest("header")))
      window.shifts.push([value, moved.map((one) => one?.className || one?.nodeName)]);
  }
}).observe({ type: "layout-shift", buffered: true });
"""
SIMILAR = "[data-luxe-place=product-similar]"
NAMES = f"{SIMILAR} li:not([style*=hidden]) .luxe-card__name"
PHONE, DESKTOP = 390, 1400


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


@pytest.fixture
def opened(chromium, site, connected):
    """Opens a path in a browser of its own; what went wrong there is in `page.faults`."""
    contexts = []

    def open_page(path, width=DESKTOP, **options):
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, **options
        )
        contexts.append(context)
        context.add_init_script(SHIFTS)
        # Browsers ask for it by themselves, and this WordPress has none.
        context.route("**/favicon.ico", lambda route: route.fulfill(status=204))
        page = context.new_page()
        page.faults = []
        page.on(
            "console",
            lambda said: (
                page.faults.append(said.text) if said.type == "error" else None
            ),
        )
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.goto(site.url + path)
        page.wait_for_load_state("networkidle")
        connected.seen.clear()
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def pick(shop, site):
    """A pick as LuxeBrain tells it."""

    def make(product, /, **more):
        return {
            "product": shop.ids[product],
            "name": product,
            "brand": "Ada",
            "url": f"{site.url}{shop.product(product)}",
            "image": f"{site.url}/wp-includes/images/media/default.png",
            "price": "1299.5",
            "price_to": None,
            "regular_price": None,
            "lowest_price": None,
            "currency": "EUR",
            "sizes": ["S"],
            "reason": "Similar",
            **more,
        }

    return make


@pytest.fixture
def similar(shop, connected, visitor, pick):
    """A product's page with three similar products, and three others for the visitor."""
    connected.shelves["product-similar"] = [
        shop.ids[name] for name in ("Silk blouse", "Wool coat", "Cotton shirt")
    ]
    connected.personal["product-similar"] = [
        pick("Denim jacket"),
        pick(
            "Pleated skirt", price="49.00", regular_price="59.00", lowest_price="45.00"
        ),
        pick(
            "Knitted cardigan with a collar and mother-of-pearl buttons",
            price_to="1350",
        ),
    ]
    connected.titles["product-similar"] = "You may also like"
    path = shop.product("Linen dress")
    visitor.open(path)
    shop.refresh()
    return path


def names(page):
    return page.locator(NAMES).all_text_contents()


def agree(page):
    page.evaluate(AGREE)
    page.wait_for_function("window.luxebrainAgreed")


def agree_and_wait(page, name="Denim jacket"):
    agree(page)
    card = page.locator(f"{SIMILAR} li").get_by_text(name, exact=True)
    card.wait_for(state="attached")


def wait_until(is_true):
    for _ in range(100):
        if is_true():
            return
        time.sleep(0.1)
    raise AssertionError("It did not come.")


def asked(brain):
    return [path for path in brain.seen if PAGE in path]


def shifts(page):
    page.wait_for_timeout(300)
    return page.evaluate("window.shifts")
