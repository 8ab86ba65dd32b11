"""A visitor's click changes the next shelf; what came of it is in the log."""

from __future__ import annotations

import json
import time

import pytest

from tests.browser.conftest import manage
from tests.browser.tracking import Visit

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.enable_socket]
PICKS = "[data-luxe-placement='home-picks']"
# The worker's part, since none runs here.
WORK = """
import json
from datetime import timedelta
from django.utils import timezone
from apps.accounts.models import Store
from apps.decisions.models import Decision, Outcome
from apps.events.services.roll import roll_some
from apps.recommendations.services.credit import credit
store, now = Store.objects.get(slug="demo"), timezone.now()
while roll_some(now): pass
credit(store, now - timedelta(hours=1), now)
mine = Decision.objects.of(store).filter(subject="visitor:{visitor}")
rows = Outcome.objects.of(store).filter(decision_id__in=mine.values("pk"))
print("FOUND", json.dumps([len(mine), [[str(r.decision_id), r.kind] for r in rows]]))
"""


# Whoever is left alone sees no shelf change; other tests of this shop have left some.
SET = """
from apps.experiments.models import Experiment
Experiment.objects.across_stores().holdouts().filter(status="{was}").update(status="{now}")
"""
# What a web process believes of them.
BELIEVED_SECONDS = 7.5


@pytest.fixture
def nobody_left_alone(site):
    manage(site.env, "shell", "-c", SET.format(was="running", now="paused"))
    time.sleep(BELIEVED_SECONDS)
    yield
    manage(site.env, "shell", "-c", SET.format(was="paused", now="running"))


@pytest.fixture
def visit(browser, site, nobody_left_alone):
    visit = Visit(browser, site, viewport={"width": 1280, "height": 900})
    yield visit
    visit.close()


def shelf(page):
    """Names on it, once it is filled for this visitor."""
    page.locator(f"{PICKS}[data-picked]").wait_for(state="attached")
    return page.locator(f"{PICKS} .card-name").all_inner_texts()


def test_a_click_changes_the_next_shelf_and_is_in_the_log(visit, site):
    page = visit.open()
    assert page.locator(f"{PICKS}[data-picked]").count() == 0, (
        "Before a yes: all alike."
    )
    visitor = visit.agree()
    before = shelf(page)
    pick = page.locator(f"{PICKS} li").last
    decision = json.loads(pick.get_attribute("data-luxe"))["decision"]
    name = pick.locator(".card-name").inner_text()
    pick.locator("a").click()
    page.locator("h1", has_text=name).wait_for()
    visit.open()
    after = shelf(page)
    assert after != before
    assert f"Because you viewed {name}" in page.locator(PICKS).inner_text()
    visit.settle()
    said = manage(site.env, "shell", "-c", WORK.format(visitor=visitor))
    made, outcomes = json.loads(said.rsplit("FOUND ", 1)[1])
    # One for each time that the home page was open, at least.
    assert made >= 2
    assert [decision, "click"] in outcomes


def test_without_a_yes_no_shelf_is_asked_for(visit):
    asked = []
    visit.context.on("request", lambda request: asked.append(request.url))
    page = visit.open()
    page.get_by_role("button", name="No").first.click()
    page.reload()
    page.wait_for_timeout(500)
    assert not [url for url in asked if "/demo/picks/" in url]
