"""Using the admin by hand: menu, search, store switch, keys, two-step sign-in."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import open_page, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.enable_socket]


@pytest.fixture
def page(browser, site):
    """Signed in, in a browser of its own."""
    watched = open_page(browser, 1280, "light")
    sign_in(watched, site)
    yield watched.page
    assert watched.faults == []
    watched.page.context.close()


def test_the_menu_opens_on_a_phone(browser, site):
    watched = open_page(browser, 390, "light")
    sign_in(watched, site)
    menu = watched.page.locator("#nav-sidebar")
    expect(menu).to_be_hidden()
    watched.page.get_by_label("Open the menu").click()
    menu.get_by_role("link", name="Orders").click()
    expect(watched.page.get_by_role("heading", name="Orders")).to_be_visible()
    watched.page.context.close()


def test_search_finds_pages_and_rows(page):
    page.fill("#nav-filter", "orde")
    page.press("#nav-filter", "r")
    expect(page.locator("#search-results a").first).to_contain_text("Orders")


def test_the_store_is_switched(page):
    page.locator(".lb-switcher summary").click()
    page.get_by_role("button", name="Atelier Nour").click()
    expect(page.locator(".lb-switcher summary")).to_contain_text("Atelier Nour")
    expect(page.locator("#card-orders .lb-value")).to_have_text("0")


def test_a_suggestion_is_approved(page, site):
    page.goto(f"{site.url}/admin/decisions/suggestion/2/change/")
    page.get_by_role("button", name="Approve", exact=False).first.click()
    expect(
        page.get_by_text("Approved. It will be applied in a moment.")
    ).to_be_visible()


def test_a_key_is_made_and_shown(page, site):
    page.goto(f"{site.url}/admin/accounts/apikey/do/create/")
    page.fill("#id_name", "By hand")
    page.locator(".lb-ask").get_by_role("button", name="New key").click()
    expect(page.locator(".lb-secret")).to_have_text(re.compile(r"pk_\w{24}"))


def test_filters_narrow_a_list(page, site):
    page.goto(f"{site.url}/admin/shop/order/")
    page.get_by_text("Filters").first.click()
    page.select_option("select[name=status]", "cancelled")
    page.get_by_role("button", name="Apply Filters").click()
    page.wait_for_url("**status=cancelled**")
    expect(page.locator("#result_list tbody tr").first).to_contain_text("Cancelled")


def test_it_works_without_scripts_where_it_matters(browser, site):
    """Signing in and switching the store need none."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site.url}/admin/login/")
    assert page.locator("#login-form").count() == 1
    context.close()
