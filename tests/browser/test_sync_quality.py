"""The pages about odd data and about changes in the shop, as a merchant sees them."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import open_page, sign_in
from tests.browser.looks import everywhere, faults_of

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.enable_socket]
PAGES = {
    "findings": "/admin/sync/finding/",
    "findings-accepted": "/admin/sync/finding/?state=accepted",
    "finding": "/admin/sync/finding/1/change/",
    "shop-changes": "/admin/sync/write/",
    "shop-change": "/admin/sync/write/2/change/",
    "shop-change-back": "/admin/sync/write/1/do/revert/",
}
# What does not fit into its cell is cut without a word.
CUT = """() => [...document.querySelectorAll('#result_list :is(td, th)')]
    .filter(cell => cell.scrollHeight > cell.clientHeight + 1)
    .map(cell => cell.textContent.trim())"""


@everywhere
@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_quality_looks_right(signed_in, site, name, width, theme):
    watched = signed_in(width, theme)
    assert faults_of(watched, site.url + PAGES[name], f"{name}-{width}-{theme}") == []
    assert watched.page.evaluate(CUT) == []


def test_a_finding_is_waved_through(browser, site):
    watched = open_page(browser, 1280, "light")
    sign_in(watched, site)
    page = watched.page
    page.goto(f"{site.url}/admin/sync/finding/?check=orders.other_currency")
    rows = page.locator("#result_list tbody tr")
    expect(rows).to_have_count(1)
    rows.first.locator("th a").click()
    page.get_by_role("button", name="It is as it should be").click()
    expect(page.get_by_text("It will not be listed again.")).to_be_visible()
    page.goto(f"{site.url}/admin/sync/finding/?check=orders.other_currency")
    expect(rows).to_have_count(0)
    assert watched.faults == []
    watched.page.context.close()
