from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import AuditEntry
from apps.segmentation.models import Member, Segment
from apps.segmentation.services import write
from apps.segmentation.services.count import count_due
from apps.shop.models import Customer
from tests.callers import person, server
from tests.conftest import NOW
from tests.shop.conftest import make_order

pytestmark = pytest.mark.django_db
URL = "/api/v1/segmentation/segments/"
BUYERS = {"all": [{"did": "bought"}]}
NEW = {"name": "Buyers of May", "conditions": BUYERS, "about": "For the sale"}


@pytest.fixture
def segment(store):
    return write.create(store, NEW, NOW)


def buys(customer):
    return make_order(customer.store, [("10.00", "0.00")], customer=customer)


def post(client, path="", body=None, **more):
    return client.post(f"{URL}{path}", body or {}, format="json", **more)


def test_a_segment_is_written_down_and_counted(store, manager, ada):
    buys(ada)
    answer = post(person(manager), body=NEW)
    assert answer.status_code == 201
    told = answer.json()
    assert told == {
        "id": told["id"], "name": "Buyers of May", "code": "buyers-of-may",
        "about": "For the sale", "conditions": BUYERS, "is_live": True, "is_due": True,
        "members": 0, "as_of": None, "made_at": told["made_at"],
        "changed_at": told["changed_at"],
    }  # fmt: skip
    entry = AuditEntry.objects.of(store).get(action="segment.created")
    assert (entry.actor, entry.subject) == (manager, f"segment:{told['id']}")
    count_due(store, timezone.now())
    counted = person(manager).get(f"{URL}{told['id']}/").json()
    assert (counted["members"], counted["is_due"]) == (1, False)


def test_a_write_with_a_key_is_done_once(store):
    key = {"HTTP_IDEMPOTENCY_KEY": "one"}
    client = server(store, "read", "write")
    first, second = post(client, body=NEW, **key), post(client, body=NEW, **key)
    assert first.json() == second.json()
    assert Segment.objects.of(store).count() == 1


def test_codes_are_each_their_own(store, manager, segment):
    assert post(person(manager), body=NEW).json()["code"] == "buyers-of-may-2"
    taken = post(person(manager), body={**NEW, "code": "buyers-of-may"})
    assert taken.status_code == 409
    assert Segment.objects.of(store).count() == 2


WRONG = {
    "no name": ({"conditions": BUYERS}, "name"),
    "no conditions": ({"name": "A"}, "conditions"),
    "conditions that are a list": ({"name": "A", "conditions": []}, "conditions"),
    "a stranger's field": ({**NEW, "members": 7}, "members"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said(store, manager, case):
    body, field = WRONG[case]
    answer = post(person(manager), body=body)
    assert answer.status_code == 400
    assert field in answer.json()["errors"]
    assert not Segment.objects.of(store).exists()


def test_conditions_are_refused_with_their_place(store, manager, segment):
    wrong = {"all": [{"field": "orders", "is": "at_least", "value": "many"}]}
    for answer in (
        post(person(manager), body={"name": "A", "conditions": wrong}),
        post(person(manager), "preview/", {"conditions": wrong}),
        person(manager).patch(
            f"{URL}{segment.pk}/", {"conditions": wrong}, format="json"
        ),
    ):
        assert answer.status_code == 400
        assert answer.json()["title"] == "all[0].value: A number, please."
    segment.refresh_from_db()
    assert segment.conditions == BUYERS


def test_a_name_changes_alone_and_conditions_are_counted_anew(store, manager, segment):
    count_due(store, NOW)
    client = person(manager)
    client.patch(f"{URL}{segment.pk}/", {"name": "Other"}, format="json")
    segment.refresh_from_db()
    assert (segment.name, segment.code, segment.is_due) == (
        "Other",
        "buyers-of-may",
        False,
    )
    never = {"did_not": "bought"}
    answer = client.patch(f"{URL}{segment.pk}/", {"conditions": never}, format="json")
    assert answer.json()["is_due"] is True
    assert answer.json()["conditions"] == never


def test_it_goes_to_the_archive_and_back(store, manager, segment):
    client = person(manager)
    for is_live in (False, True):
        answer = client.patch(
            f"{URL}{segment.pk}/", {"is_live": is_live}, format="json"
        )
        assert answer.json()["is_live"] is is_live
        rows = client.get(URL, {"is_live": is_live}).json()["results"]
        assert [row["id"] for row in rows] == [segment.pk]
        assert client.get(URL, {"is_live": not is_live}).json()["results"] == []


def test_a_change_is_whole_or_not_at_all(store, manager, segment, monkeypatch):
    segment.is_live = False
    segment.save()
    monkeypatch.setattr("apps.segmentation.services.write.MOST_LIVE", 0)
    before = segment.conditions
    asked = {"conditions": {"field": "orders", "is": "at_least", "value": 9}, "is_live": True}  # fmt: skip
    answer = person(manager).patch(f"{URL}{segment.pk}/", asked, "json")
    assert answer.status_code == 400
    segment.refresh_from_db()
    assert segment.conditions == before


def test_looks_have_a_limit_of_their_own(store, manager, settings):
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "look": "2/min"}
    asked = {"conditions": {"field": "orders", "is": "at_least", "value": 9}}
    said = [
        person(manager).post(f"{URL}preview/", asked, "json").status_code
        for _ in range(3)
    ]
    assert said == [200, 200, 429]
    assert person(manager).get(URL).status_code == 200


def test_it_is_copied_and_thrown_away(store, manager, segment, ada):
    client = person(manager)
    copy = client.post(f"{URL}{segment.pk}/duplicate/").json()
    assert (copy["name"], copy["conditions"]) == ("Copy of Buyers of May", BUYERS)
    Member.objects.create(store=store, segment=segment, customer=ada, entered_at=NOW)
    assert client.delete(f"{URL}{segment.pk}/").status_code == 204
    assert [row.pk for row in Segment.objects.of(store)] == [copy["id"]]
    assert not Member.objects.of(store).exists()


def test_a_look_before_says_how_many_and_who(store, manager, analyst, ada, dov):
    """Names are for managers and the store's own server, as everywhere."""
    buys(ada)
    for client, name in (
        (person(manager), "Ada"), (server(store, "read"), "Ada"), (person(analyst), None),
    ):  # fmt: skip
        answer = post(client, "preview/", {"conditions": BUYERS})
        assert answer.status_code == 200
        sample = [{"id": ada.pk, "name": name}]
        assert answer.json() == {"count": 1, "of": 2, "sample": sample}
    assert not Segment.objects.of(store).exists()


def test_members_come_by_pages(store, analyst, manager, segment, ada, dov, cleo):
    for one in (ada, dov, cleo):
        Member.objects.create(
            store=store, segment=segment, customer=one, entered_at=NOW,
            left_at=NOW if one == cleo else None,
        )  # fmt: skip
    client = person(manager)
    page = client.get(
        f"{URL}{segment.pk}/members/", {"limit": 1, "has_left": "false"}
    ).json()
    assert [row["customer"] for row in page["results"]] == [dov.pk]
    following = client.get(page["next"]).json()
    assert [row["name"] for row in following["results"]] == ["Ada"]
    assert following["next"] is None
    gone = client.get(f"{URL}{segment.pk}/members/", {"has_left": "true"}).json()
    assert [row["customer"] for row in gone["results"]] == [cleo.pk]
    assert "mail.example" not in str([page, following, gone])
    seen = person(analyst).get(f"{URL}{segment.pk}/members/").json()["results"]
    assert [row["name"] for row in seen] == [None] * 3


def test_who_is_gone_is_not_listed(store, manager, segment, ada, dov, cleo):
    """An archived segment is counted no more, so nobody takes them out."""
    for one in (ada, dov, cleo):
        Member.objects.create(
            store=store, segment=segment, customer=one, entered_at=NOW
        )
    write.archive(segment)
    Customer.objects.filter(pk=dov.pk).update(deleted_at=NOW)
    Customer.objects.filter(pk=cleo.pk).update(merged_into=ada)
    rows = person(manager).get(f"{URL}{segment.pk}/members/").json()["results"]
    assert [row["customer"] for row in rows] == [ada.pk]


def test_history_is_told_by_day(store, analyst, segment, ada):
    Member.objects.create(
        store=store, segment=segment, customer=ada, entered_at=timezone.now()
    )
    rows = person(analyst).get(f"{URL}{segment.pk}/history/", {"days": 2}).json()
    assert len(rows) == 2
    assert sum(row["entered"] for row in rows) == rows[-1]["members"] == 1
    for days in ("0", "366", "x"):
        answer = person(analyst).get(f"{URL}{segment.pk}/history/", {"days": days})
        assert answer.status_code == 400


def test_a_customer_is_told_in_which_segments(store, analyst, segment, ada, dov):
    old = write.create(store, {**NEW, "name": "Old"}, NOW)
    write.archive(old)
    dov.merged_into = ada
    dov.save()
    for one in (segment, old):
        Member.objects.create(store=store, segment=one, customer=ada, entered_at=NOW)
    Member.objects.create(
        store=store, segment=segment, customer=ada, left_at=NOW,
        entered_at=NOW - timedelta(days=9),
    )  # fmt: skip
    for one in (ada, dov):
        rows = person(analyst).get(f"/api/v1/segmentation/customers/{one.pk}/segments/")
        assert rows.json() == [
            {
                "segment": segment.pk, "code": "buyers-of-may", "name": "Buyers of May",
                "entered_at": "2026-06-01T12:00:00Z",
            }
        ]  # fmt: skip


def test_it_tells_what_can_be_asked(store, analyst):
    told = person(analyst).get("/api/v1/segmentation/conditions/").json()
    spent = next(one for one in told["fields"] if one["name"] == "spent")
    assert (spent["kind"], spent["unit"], spent["label"]) == (
        "number",
        "money",
        "Spent",
    )
    assert "between" in spent["compared_by"]
    visited = next(one for one in told["deeds"] if one["name"] == "visited")
    assert visited["takes_goods"] is False


def test_who_may_do_what(store, analyst, segment, stranger):
    read, other = person(analyst), person(stranger)
    assert post(read, body=NEW).status_code == 403
    assert read.delete(f"{URL}{segment.pk}/").status_code == 403
    assert post(server(store, "read"), body=NEW).status_code == 403
    assert (
        post(server(store, "read"), "preview/", {"conditions": BUYERS}).status_code
        == 200
    )
    for path in ("", "members/", "history/"):
        assert other.get(f"{URL}{segment.pk}/{path}").status_code == 404
    assert other.get(URL).json()["results"] == []
    assert Segment.objects.of(store).count() == 1


def test_an_id_that_no_row_can_have_is_not_found(store, analyst, segment):
    client = person(analyst)
    for path in (f"segments/{2**64}/", f"customers/{2**64}/segments/"):
        assert client.get(f"/api/v1/segmentation/{path}").status_code == 404


def test_few_questions_are_asked(
    store, analyst, segment, ada, dov, django_assert_num_queries
):
    for one in (ada, dov):
        Member.objects.create(
            store=store, segment=segment, customer=one, entered_at=NOW
        )
    client = person(analyst)
    client.get(URL)
    alone = f"{URL}{segment.pk}/"
    for path, queries in (
        (URL, 1), (alone, 2), (f"{alone}members/", 2), (f"{alone}history/", 4),
    ):  # fmt: skip
        with django_assert_num_queries(queries):
            assert client.get(path).status_code == 200
    buys(ada)
    with CaptureQueriesContext(connection) as queries:
        post(client, "preview/", {"conditions": BUYERS})
    # PostgreSQL is told, too, when to give up.
    asked = [query["sql"] for query in queries if "shop_customer" in query["sql"]]
    assert len(asked) == 3
