from __future__ import annotations

import json

import pytest
from django.core.exceptions import FieldError
from django.utils import timezone

from apps.privacy.models import PrivacyRequest
from apps.privacy.services.work import work_all
from apps.shop.models import Product
from tests.callers import person as member
from tests.callers import server
from tests.conftest import NOW
from tests.privacy.person import EMAIL, NUMBER, PHONE, VISITORS, everywhere, found

EXPORT, ERASE = "/api/v1/privacy/export/", "/api/v1/privacy/erase/"


@pytest.fixture
def ada(store):
    product = Product.objects.create(
        store=store, name="Coat", kind="simple", status="publish", published_at=NOW
    )
    return everywhere(store, product)


def whole(answer):
    return json.loads(answer.getvalue())


def test_it_tells_everything_that_is_held(store, ada):
    answer = server(store, "read", "write").post(
        EXPORT, {"email": EMAIL}, format="json"
    )

    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    told = {one["name"]: one for one in whole(answer)["sections"]}
    assert told["profile"]["label"] == "Who you are"
    assert told["profile"]["rows"][0]["phone"] == PHONE
    assert told["orders"]["rows"][0]["total"] == "80.0000"
    assert {row["visitor"] for row in told["events"]["rows"]} == set(VISITORS)
    empty = {name for name, one in told.items() if not one["rows"]}
    assert empty == {"order_lines", "outcomes", "credited"}
    row = PrivacyRequest.objects.of(store).get()
    assert row.counts["profile"] == len(told["profile"]["rows"])
    assert (row.kind, row.status, row.counts["visits"]) == ("export", "done", 2)
    assert EMAIL not in json.dumps(row.counts)


def test_it_erases_and_tells_how_far_it_is(store, ada):
    api = server(store, "read", "write")

    asked = api.post(ERASE, {"email": EMAIL, "shop_customer": NUMBER}, format="json")

    assert (asked.status_code, asked.json()["is_over"]) == (202, False)
    assert work_all(timezone.now, timezone.now() + timezone.timedelta(minutes=1)) == 1
    told = api.get(f"{ERASE}{asked.json()['id']}/").json()
    assert (told["is_over"], told["status"]) == (True, "done")
    assert told["certificate"]["left"] == []
    assert found() == set()


@pytest.mark.parametrize("path", [EXPORT, ERASE])
def test_a_manager_may_not(store, ada, manager, path):
    answer = member(manager).post(path, {"email": EMAIL}, format="json")

    assert answer.status_code == 403
    assert not PrivacyRequest.objects.of(store).exists()
    ada.refresh_from_db()
    assert ada.email == EMAIL


def test_the_owner_may(store, ada, owner):
    answer = member(owner).post(ERASE, {"email": EMAIL}, format="json")

    assert answer.status_code == 202
    assert PrivacyRequest.objects.of(store).get().asked_by == owner


def test_a_key_that_may_only_read_may_not_erase(store, ada):
    answer = server(store, "read").post(ERASE, {"email": EMAIL}, format="json")

    assert answer.status_code == 403


@pytest.mark.parametrize("said", [{}, {"email": "no"}, {"customer": 0}, {"x": 1}])
def test_it_needs_to_know_whom(store, said):
    answer = server(store, "read", "write").post(ERASE, said, format="json")

    assert answer.status_code == 400
    assert not PrivacyRequest.objects.of(store).exists()


def test_another_store_sees_no_request(store, other_store, ada):
    asked = server(store, "write").post(ERASE, {"email": EMAIL}, format="json").json()

    assert server(other_store, "read").get(f"{ERASE}{asked['id']}/").status_code == 404


def test_nobody_is_told_without_a_signature(store, ada, client):
    answer = client.post(EXPORT, {"email": EMAIL}, content_type="application/json")

    assert answer.status_code == 401


def test_it_tells_part_by_part_and_writes_one_row(store, ada, monkeypatch):
    monkeypatch.setattr("apps.privacy.services.export.PART", 1)
    api, found_rows, asked = server(store, "read", "write"), [], []
    after = {"section": "profile", "after": ""}
    while after:
        asked.append(after["section"])
        said = {"email": EMAIL, **after}
        told = api.post(EXPORT, said, format="json").json()
        found_rows += [(told["sections"][0]["name"], len(told["sections"][0]["rows"]))]
        after = told["next"]

    at_once = whole(api.post(EXPORT, {"email": EMAIL}, format="json"))
    counted = {one["name"]: len(one["rows"]) for one in at_once["sections"]}
    got = dict.fromkeys(counted, 0)
    for name, count in found_rows:
        got[name] += count
    assert got == counted
    assert asked.count("profile") == 3
    assert PrivacyRequest.objects.of(store).count() == 2


def test_the_whole_is_told_in_parts_too(store, ada, monkeypatch):
    """A million rows of one person are never in memory at once."""
    at_once = server(store, "read", "write").post(
        EXPORT, {"email": EMAIL}, format="json"
    )
    told = whole(at_once)
    monkeypatch.setattr("apps.privacy.services.export.AT_ONCE", 1)

    answer = server(store, "read", "write").post(
        EXPORT, {"email": EMAIL}, format="json"
    )
    parts = [part.decode() for part in answer.streaming_content]

    assert max(part.count("\n") for part in parts) == 1
    assert json.loads("".join(parts))["sections"] == told["sections"]
    assert PrivacyRequest.objects.of(store).last().counts["visits"] == 2


def test_an_export_that_breaks_off_is_no_json(store, ada, monkeypatch):
    monkeypatch.setattr("apps.events.services.engines.erase.TOLD", ("no_such_column",))
    answer = server(store, "read", "write").post(
        EXPORT, {"email": EMAIL}, format="json"
    )
    parts = []
    with pytest.raises(FieldError):
        parts.extend(answer.streaming_content)
    assert PrivacyRequest.objects.of(store).get().counts == {}


@pytest.mark.parametrize("section", ["orders", "events", "decisions"])
@pytest.mark.parametrize("after", ["x", "1' OR 1", "\x00", "9" * 37, "ab"])
def test_it_goes_on_behind_keys_alone(store, ada, section, after):
    said = {"email": EMAIL, "section": section, "after": after}
    answer = server(store, "read", "write").post(EXPORT, said, format="json")
    assert answer.status_code == 400
