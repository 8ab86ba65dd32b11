"""The pages of the shop connection, on a screen and a phone, by day and night."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.looks import everywhere, faults_of, problems, shoot

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.enable_socket]
PAGES = {
    "connection": "/admin/sync/connection/",
    "connection-again": "/admin/sync/connection/again/",
    "connection-paste": "/admin/sync/connection/do/paste/",
    "connection-disconnect": "/admin/sync/connection/1/do/disconnect/",
    "syncs": "/admin/sync/run/",
    "sync-done": "/admin/sync/run/1/change/",
    "sync-running": "/admin/sync/run/2/change/",
    "proofs": "/admin/sync/certificate/",
    "proof": "/admin/sync/certificate/1/change/",
    "webhooks": "/admin/sync/hook/",
    "deliveries": "/admin/sync/delivery/",
    "notices": "/admin/sync/notice/",
}


@everywhere
@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_the_connection_looks_right(signed_in, site, name, width, theme):
    watched = signed_in(width, theme)
    assert faults_of(watched, site.url + PAGES[name], f"{name}-{width}-{theme}") == []


@everywhere
def test_the_doctor_begins_by_itself(signed_in, site, width, theme):
    watched = signed_in(width, theme)
    watched.open(f"{site.url}/admin/sync/connection/1/doctor/")
    expect(watched.page.get_by_role("button", name="Check again")).to_be_visible(
        timeout=25_000
    )
    expect(
        watched.page.get_by_text("No server is known under the name")
    ).to_be_visible()
    shoot(watched, f"doctor-{width}-{theme}")
    assert problems(watched) == []


def test_a_sync_renews_itself(signed_in, site):
    """The page asks for its own new state while something is under way."""
    page = signed_in(1280, "light").page
    page.goto(f"{site.url}/admin/sync/run/2/change/")
    with page.expect_response("**/admin/sync/run/2/change/", timeout=10_000) as again:
        pass
    assert again.value.status == 200
    expect(page.locator("#sync-live")).to_contain_text("Step by step")
