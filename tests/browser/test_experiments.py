"""A manager makes a test, starts it and sees it run; what looks found is drawn."""

from __future__ import annotations

import pytest

from tests.browser.conftest import manage
from tests.browser.looks import everywhere, problems, shoot

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.enable_socket]
LIST = "/admin/experiments/experiment/"
SEED = "from tests.browser.seed_experiments import seed_experiments; seed_experiments()"
FOUND = "Picks or trends on the home page"


@pytest.fixture(scope="module")
def looked_at(site):
    manage(site.env, "shell", "-c", SEED)


@pytest.fixture
def wide(signed_in, looked_at):
    return signed_in(1280, "light")


def test_a_manager_makes_a_test_and_starts_it(wide, site):
    page = wide.page
    wide.open(f"{site.url}{LIST}add/")
    page.get_by_role("link", name="E-mails and messages").click()
    page.fill("[name=name]", "A warmer welcome")
    page.fill("[name=where]", "welcome")
    page.fill("[name=variant1-name]", "With a name")
    page.fill("[name=variant1-free]", '{"greeting": "Dear Ada"}')
    page.get_by_role("button", name="Another variant").click()
    assert page.input_value("[name=variant1-name]") == "With a name"
    page.locator("[name=name]").press("Enter")
    page.get_by_role("link", name="Start").click()
    assert "“With a name”" in page.locator(".lb-question").inner_text()
    page.get_by_role("button", name="Start").click()
    page.get_by_text("It runs.").wait_for()
    assert page.locator(".lb-value").first.inner_text() == "Running"
    wide.open(f"{site.url}{LIST}?q=warmer")
    row = page.locator("#result_list tbody").inner_text()
    assert "A warmer welcome" in row
    assert "Running" in row
    assert problems(wide) == []


def test_what_was_found_is_drawn_and_told(wide, site):
    page = wide.page
    wide.open(f"{site.url}{LIST}?q=trends")
    page.get_by_role("link", name=FOUND).click()
    canvas = page.locator("canvas")
    assert canvas.count() == 1
    assert "with its interval" in canvas.get_attribute("aria-label")
    # Something is painted on it, and not one color.
    colors = canvas.evaluate(
        "c => new Set(c.getContext('2d').getImageData(0, 0, c.width, c.height).data).size"
    )
    assert colors > 20
    page.get_by_text("The same as a table").click()
    table = page.locator("details table tbody tr")
    assert table.count() == 21
    assert "% to" in table.last.inner_text()
    page.get_by_role("link", name="Margin per person").click()
    assert "Margin per person" in page.locator("canvas").get_attribute("aria-label")


@everywhere
@pytest.mark.parametrize(
    "name", ["tests", "test", "new-test", "new-test-form", "left-alone", "step"]
)
def test_a_page_of_tests_looks_right(signed_in, looked_at, site, name, width, theme):
    watched = signed_in(width, theme)
    addresses = {
        "tests": LIST, "new-test": f"{LIST}add/", "left-alone": "/admin/results/left-alone/",
        "new-test-form": f"{LIST}add/?kind=price",
    }  # fmt: skip
    watched.open(site.url + addresses.get(name, f"{LIST}?q=trends"))
    if name in ("test", "step"):
        watched.page.get_by_role("link", name=FOUND).click()
    if name == "step":
        watched.page.get_by_role("link", name="Apply the winner").click()
    shoot(watched, f"experiments-{name}-{width}-{theme}")
    assert problems(watched) == []
