"""What tests of the demo's shelves ask of a page."""

from __future__ import annotations

import json
from contextlib import suppress

from playwright.sync_api import Error

from tests.browser.conftest import Site
from tests.browser.tracking import Visit

ASK = "/api/v1/storefront/page"
# Layout shifts as Chromium counts them (Layout Instability API), from the first on.
SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) {
    const moved = one.sources.map(({ node }) => node?.className || node?.nodeName);
    window.shifts.push([one.value, moved]);
  }
}).observe({ type: "layout-shift", buffered: true });
"""
# What stands in the middle of a button and comes by half grows to both sides: 8e-6. That is no jump.
HALF_A_WORD = 2e-5
# What a screen reader would stumble over.
UNNAMED = """() => {
  const found = [];
  const isThere = (one) => one.checkVisibility({ visibilityProperty: true });
  for (const link of document.querySelectorAll("a, button")) {
    if (!isThere(link) || link.closest("[aria-hidden=true]")) continue;
    const words = [link.innerText, link.ariaLabel,
      ...[...link.querySelectorAll("img")].map((image) => image.alt)];
    if (!words.some((word) => word?.trim())) found.push(`no name: ${link.outerHTML}`);
  }
  for (const image of document.images)
    if (!image.hasAttribute("alt")) found.push(`no alt: ${image.src}`);
  for (const one of document.querySelectorAll("[aria-labelledby]"))
    if (!document.getElementById(one.getAttribute("aria-labelledby")))
      found.push(`label is gone: ${one.className}`);
  const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
  if (new Set(ids).size !== ids.length) found.push("two of one id");
  return found;
}"""
ADDRESSES = {
    "home": "/demo/",
    "category": "/demo/c/dresses/",
    "search": "/demo/search/?q=dress",
    "cart": "/demo/cart/",
}
NAMES = ("home", "category", "search", "product", "cart")


def address_of(site: Site, visit: Visit, name: str) -> str:
    if name != "product":
        return ADDRESSES[name]
    listing = visit.context.request.get(f"{site.url}/demo/search/?sort=price").text()
    # The plainest one of the shop; asked for outside of the page.
    return "/demo/p/" + listing.split('href="/demo/p/')[1].split('"')[0]


def say_yes(visit: Visit) -> None:
    """As the banner keeps it, for the pages that are opened from now on."""
    visit.context.add_cookies(
        [{"name": "luxe_consent", "value": "all", "url": f"{visit.site.url}/demo/"}]
    )


def own_shelves(visit: Visit, path: str) -> dict[str, dict]:
    """Opens the page until the visitor's own picks stand there; returns what was told.

    The script waits two seconds for an answer and then leaves what everybody sees: on a
    busy machine the first question may take longer.
    """
    page = visit.page
    for _ in range(6):
        with suppress(Error, AssertionError):
            with page.expect_response(
                lambda one: ASK in one.url, timeout=10_000
            ) as one:
                visit.open(path)
                scroll_to_first(visit)
            told = one.value.json()
            shelves = {shelf["place"]: shelf for shelf in told["shelves"]}
            some = next(place for place in shelves if stands(visit, place))
            decision = shelves[some]["decision"]
            visit.until(f"document.body.innerHTML.includes('{decision}')", seconds=5)
            return shelves
    raise AssertionError(f"{path} shows nothing of the visitor's own.")


def scroll_to_first(visit: Visit) -> None:
    """The script asks when a shelf is near."""
    visit.page.locator("li[data-luxe]").first.scroll_into_view_if_needed()


def stands(visit: Visit, place: str) -> bool:
    """Whether everybody sees something there; other places wait."""
    return bool(visit.page.locator(f"[data-luxe-place={place}] li[data-luxe]").count())


def told(visit: Visit, place: str) -> list[dict]:
    """What the cards of a place say to the tracker."""
    cards = visit.page.locator(f"[data-luxe-place={place}] li[data-luxe]")
    return [
        json.loads(card)
        for card in cards.evaluate_all("all => all.map(one => one.dataset.luxe)")
    ]


def walk_down(visit: Visit) -> None:
    """To the end and back: pictures that come late are there then."""
    page = visit.page
    height = page.evaluate("document.documentElement.scrollHeight")
    for top in range(0, height, 400):
        page.evaluate(f"scrollTo({{ top: {top}, behavior: 'instant' }})")
        page.wait_for_timeout(50)
    page.evaluate("scrollTo({ top: 0, behavior: 'instant' })")
    page.wait_for_timeout(300)


def jumps(visit: Visit) -> list:
    return [
        jump for jump in visit.page.evaluate("window.shifts") if jump[0] > HALF_A_WORD
    ]
