"""A visitor's click changes the next shelf; what came of it is in the log."""

from __future__ import annotations

import json

import pytest

from tests.browser.conftest import manage
from tests.browser.shelves import own_shelves, say_yes, told
from tests.browser.tracking import Visit

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.enable_socket]
PICKS = "[data-luxe-place=home-picks]"
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


@pytest.fixture
def visit(browser, site, nobody_left_alone):
    visit = Visit(browser, site, viewport={"width": 1280, "height": 900})
    yield visit
    visit.close()


def test_a_click_changes_the_next_shelf_and_is_in_the_log(visit, site):
    say_yes(visit)
    page = visit.page
    own_shelves(visit, "/demo/")
    before = [card["product"] for card in told(visit, "home-picks")]
    pick = page.locator(f"{PICKS} li").last
    decision = json.loads(pick.get_attribute("data-luxe"))["decision"]
    name = pick.locator(".luxe-card__name").inner_text()
    pick.locator("a").click()
    page.locator("h1", has_text=name).wait_for()
    visit.until("sessionStorage['luxebrain:viewed']")
    own_shelves(visit, "/demo/")
    assert [card["product"] for card in told(visit, "home-picks")] != before
    assert f"Because you viewed {name}" in page.locator(PICKS).inner_text()
    visit.settle()
    said = manage(site.env, "shell", "-c", WORK.format(visitor=visit.visitor()))
    made, outcomes = json.loads(said.rsplit("FOUND ", 1)[1])
    # One for each place and each time that the home page was open, at least.
    assert made >= 2
    assert [decision, "click"] in outcomes
