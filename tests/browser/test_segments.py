"""A manager writes a segment in rows, sees whom it finds, and looks at it afterwards."""

from __future__ import annotations

import json

import pytest

from tests.browser.conftest import manage
from tests.browser.looks import problems, shoot

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.enable_socket]
LIST = "/admin/segmentation/segment/"
COUNT = """
from django.utils import timezone
from apps.accounts.models import Store
from apps.segmentation.services.count import count_due
count_due(Store.objects.get(slug="demo"), timezone.now())
"""


def found(page):
    page.wait_for_function(
        "document.querySelector('[data-found] .lb-verdict')"
        " && !document.querySelector('[data-found][aria-busy]')"
    )
    return page.locator("[data-found] .lb-verdict").inner_text()


def test_a_manager_writes_a_segment_without_knowing_json(signed_in, site):
    wide = signed_in(1280, "light")
    page = wide.page
    wide.open(f"{site.url}{LIST}add/")
    page.fill("[name=name]", "Loyal women")
    assert page.locator("[data-json]").is_hidden()
    assert page.locator(".lb-row").count() == 1
    page.get_by_label("Days; empty: ever").fill("")
    everybody = int(found(page).split(" of ")[0].replace(",", ""))
    page.get_by_role("button", name="Add a condition").click()
    row = page.locator(".lb-row").nth(1)
    row.get_by_label("What it is about").select_option("discount_share")
    row.get_by_label("How it is compared").select_option("at_most")
    row.get_by_label("Value").fill("25")
    page.get_by_role("button", name="Add a group").click()
    inner = page.locator(".lb-group .lb-group")
    inner.get_by_label("How they count").select_option("none")
    inner.get_by_label("What it is about").select_option("did:returned")
    inner.get_by_label("of a category").select_option(index=1)
    assert int(found(page).split(" of ")[0].replace(",", "")) <= everybody
    shoot(wide, "segment-form-1280")
    assert problems(wide) == []
    said = json.loads(page.input_value("[name=conditions]"))
    assert said["all"][1] == {
        "field": "discount_share", "is": "at_most", "value": 0.25,
    }  # fmt: skip
    assert said["all"][2]["not"]["any"][0]["did"] == "returned"
    assert len(said["all"][2]["not"]["any"][0]["categories"]) == 1
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/change/")
    look_at(page.url, signed_in, site)


def look_at(url, signed_in, site):
    manage(site.env, "shell", "-c", COUNT)
    for width in (1280, 390):
        watched = signed_in(width, "light")
        watched.open(url)
        assert "Who is in it" in watched.page.content()
        shoot(watched, f"segment-{width}")
        assert problems(watched) == []
    narrow = signed_in(390, "light")
    narrow.open(url.replace("/change/", "/edit/"))
    assert narrow.page.locator(".lb-row").count() == 3
    found(narrow.page)
    shoot(narrow, "segment-form-390")
    assert problems(narrow) == []
