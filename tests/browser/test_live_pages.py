"""The pages about visitors, on a screen and a phone, by day and night; and that the live
one moves by itself."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import manage
from tests.browser.looks import everywhere, faults_of

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.enable_socket]
PAGES = {
    "live": "/admin/analytics/live/",
    "visitors": "/admin/analytics/visitors/",
    "returning": "/admin/analytics/returning/?first={weeks}&last={today}",
    "searches": "/admin/analytics/searches/",
    "clicks": "/admin/analytics/clicks/?path=/demo/",
    "visits": "/admin/events/session/",
    "visit": "/admin/events/session/{session}/change/",
    "tracking": "/admin/events/tracking/",
}


@pytest.fixture(scope="module")
def told(site):
    """What six weeks of visitors leave behind, and somebody who is here now."""
    said = manage(
        site.env, "shell", "-v0", "-c",
        "from tests.browser.seed_visits import seed_visits; seed_visits()",
    )  # fmt: skip
    session, today, weeks = said.split()
    return {"session": session, "today": today, "weeks": weeks}


@everywhere
@pytest.mark.parametrize("name", PAGES)
def test_a_page_about_visitors_looks_right(signed_in, site, told, name, width, theme):
    address = site.url + PAGES[name].format(**told)
    found = faults_of(signed_in(width, theme), address, f"{name}-{width}-{theme}")
    assert found == []


def test_the_live_page_moves_by_itself(signed_in, site, told):
    page = signed_in(1280, "light").page
    page.goto(f"{site.url}/admin/analytics/live/")
    here = page.locator("[data-live=visitors_now]")
    before = int(here.inner_text())
    manage(
        site.env, "shell", "-v0", "-c",
        "from tests.browser.seed_visits import come; come('late-comer')",
    )  # fmt: skip
    expect(here).to_have_text(str(before + 1), timeout=10_000)
