"""Placements, rules and banners: how they look, and the preview that lives."""

from __future__ import annotations

import pytest

from tests.browser.conftest import manage
from tests.browser.looks import everywhere, faults_of, problems, shoot

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.enable_socket]
RULES = "/admin/storefront/rule/"
PAGES = {
    "placements": "/admin/storefront/placement/",
    "rules": RULES,
    "rule-kinds": f"{RULES}add/",
    "rule-form": f"{RULES}add/?action=boost",
    "banners": "/admin/storefront/banner/",
    "banner-form": "/admin/storefront/banner/add/",
    "lines": "/admin/storefront/linesettings/",
}
FIRST = """
from apps.storefront.models import Rule
print("RULE", Rule.objects.across_stores().order_by("pk").first().pk)
"""


@everywhere
@pytest.mark.parametrize("name", PAGES)
def test_it_looks_whole(signed_in, site, name, width, theme):
    watched = signed_in(width, theme)
    shot = f"storefront-{name}-{width}-{theme}"
    assert faults_of(watched, f"{site.url}{PAGES[name]}", shot) == []


@everywhere
def test_a_preview_looks_whole(signed_in, site, width, theme):
    """Of a saved rule: with it and without it."""
    watched = signed_in(width, theme)
    pk = manage(site.env, "shell", "-c", FIRST).split("RULE")[1].strip()
    watched.open(f"{site.url}{RULES}{pk}/change/")
    watched.page.locator(".lb-moved").nth(1).wait_for()
    shoot(watched, f"storefront-preview-{width}-{theme}")
    assert problems(watched) == []


def pick(page, word):
    page.click("#id_products + .select2 .select2-selection")
    page.keyboard.type(word)
    found = page.locator(".select2-results__option", has_text=word).first
    found.wait_for()
    name = found.inner_text()
    found.click()
    return name


def test_what_is_picked_moves_on_the_shelf_at_once(signed_in, site):
    watched = signed_in(1280, "light")
    page = watched.page
    watched.open(f"{site.url}{RULES}add/?action=pin")
    page.get_by_text("Products: Say which products.").wait_for()
    page.locator("[data-preview-here]").scroll_into_view_if_needed()
    # The last of those who stand there now.
    watched.open(f"{site.url}/admin/storefront/placement/")
    page.get_by_role("link", name="Home page: picks").click()
    last = page.locator("ol.lb-moved").first.locator("li .lb-name > span").nth(-2)
    last.wait_for()
    name = last.inner_text()
    watched.open(f"{site.url}{RULES}add/?action=pin")
    assert pick(page, name) == name
    page.get_by_text("forward").first.wait_for()
    after = page.locator("ol.lb-moved").nth(1).locator("li").first
    assert name in after.inner_text()
    assert watched.faults == []
