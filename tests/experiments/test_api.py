from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import AuditEntry, StoreOrigin
from apps.accounts.services import keys
from apps.core.errors import InvalidInputError
from apps.experiments.models import Experiment, Layer, Status, Variant
from apps.experiments.services import config, life
from apps.recommendations.models import Kind as ShelfKind
from apps.shop.models import Coupon
from tests.at_once import at_once
from tests.callers import person, server
from tests.conftest import NOW
from tests.experiments.written import a_draft, read, started
from tests.recommendations.goods import version

pytestmark = pytest.mark.django_db
URL = "/api/v1/experiments/"
TEST = {
    "name": "Trends or none",
    "kind": "shelf",
    "place": "shelf:home",
    "variants": [
        {"name": "Today", "is_control": True},
        {"name": "Trends", "config": {"kind": "trending"}},
    ],
}
STEPS = ["start", "pause", "resume", "stop", "apply", "take-back"]


def post(client, path="", body=None, **headers):
    return client.post(f"{URL}{path}", body or {}, format="json", headers=headers)


def test_a_manager_writes_one_down(store, manager):
    answer = post(person(manager), body=TEST)
    assert answer.status_code == 201, answer.json()
    said = answer.json()
    assert (said["key"], said["status"], said["layer"]) == (
        "trends-or-none", "draft", "shelf",
    )  # fmt: skip
    shown = [(v["key"], v["is_control"], v["config"]) for v in said["variants"]]
    assert shown == [("control", True, {}), ("trends", False, {"kind": "trending"})]
    entry = AuditEntry.objects.of(store).get(action="experiment.created")
    assert (entry.actor, entry.subject) == (manager, f"experiment:{said['id']}")


def test_the_same_key_makes_one(store):
    client = server(store)
    answers = [post(client, body=TEST, **{"Idempotency-Key": "once"}) for _ in range(2)]
    assert answers[0].status_code == 201
    assert Experiment.objects.of(store).count() == 1


def test_it_lists_with_what_the_last_look_said(store, analyst):
    read(started(store), days=3)
    a_draft(store, "Waits")
    client = person(analyst)
    rows = client.get(URL).json()["results"]
    assert [(row["name"], row["verdict"], row["people"]) for row in rows] == [
        ("Waits", "", None), ("Shelf or none", "better", 2_010),
    ]  # fmt: skip
    assert rows[1]["sentence"].startswith("Better: revenue rose by 10.0 %")
    assert rows[1]["days_left"] == 3
    running = client.get(URL, {"status": "running", "kind": "shelf"}).json()["results"]
    assert [row["name"] for row in running] == ["Shelf or none"]
    assert client.get(URL, {"place": "shelf:none"}).json()["results"] == []


def test_a_list_takes_as_many_queries_for_many(store, analyst):
    client = person(analyst)
    a_draft(store, "First")
    with CaptureQueriesContext(connection) as one:
        client.get(URL)
    for n in range(8):
        a_draft(store, f"Test {n}")
    with CaptureQueriesContext(connection) as many:
        assert len(client.get(URL).json()["results"]) == 9
    assert len(one) == len(many) == 2


def test_its_life_over_http(store, manager):
    client, row = person(manager), a_draft(store)
    seen = []
    for step in ("start", "pause", "resume", "apply", "take-back"):
        answer = post(client, f"{row.pk}/{step}/")
        assert answer.status_code == 200, answer.json()
        seen.append(answer.json()["status"])
    assert seen == ["running", "paused", "running", "watching", "rolled_back"]
    acts = AuditEntry.objects.of(store).values_list("action", flat=True)
    assert set(acts) == {
        f"experiment.{step.replace('-', '_')}" for step in STEPS if step != "stop"
    }


def test_the_winner_is_named_where_there_are_two(store, manager):
    row = started(store)
    other = Variant.objects.create(
        store=store, experiment=row, key="b", name="B", config={"kind": "new"}
    )
    client = person(manager)
    refused = post(client, f"{row.pk}/apply/")
    assert (refused.status_code, refused.json()["title"]) == (
        400, "Say which variant has won.",
    )  # fmt: skip
    assert post(client, f"{row.pk}/apply/", {"winner": 2**62}).status_code == 400
    assert post(client, f"{row.pk}/apply/", {"winner": other.pk}).status_code == 200
    row.refresh_from_db()
    assert (row.status, row.winner) == (Status.WATCHING, other)


def test_a_second_start_is_a_conflict(store, manager):
    client, row = person(manager), a_draft(store)
    post(client, f"{row.pk}/start/")
    salt = Experiment.objects.of(store).get().salt
    answer = post(client, f"{row.pk}/start/")
    assert (answer.status_code, answer.json()["type"]) == (
        409, "urn:luxebrain:conflict",
    )  # fmt: skip
    assert Experiment.objects.of(store).get().salt == salt


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_starts_at_once_one_goes_on(store):
    pk = a_draft(store).pk
    rows = [Experiment.objects.of(store).get(pk=pk) for _ in range(2)]
    verbs = [lambda row: life.start(row, NOW)] * 2
    assert sorted(at_once(*verbs, rows=rows)) == ["conflict", "won"]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_tests_for_the_same_people_one_starts(store):
    rows = [a_draft(store, name) for name in ("One", "Two")]
    verbs = [lambda row: life.start(row, NOW)] * 2
    assert sorted(at_once(*verbs, rows=rows)) == ["conflict", "won"]


def test_a_draft_may_be_changed_and_a_started_one_not(store, manager):
    client, row = person(manager), a_draft(store)
    body = {"name": "Better name", "metric": "buyers", "guards": ["margin"],
            "variants": TEST["variants"]}  # fmt: skip
    answer = client.patch(f"{URL}{row.pk}/", body, format="json")
    assert answer.status_code == 200, answer.json()
    assert answer.json()["variants"][1]["config"] == {"kind": "trending"}
    odd = client.patch(f"{URL}{row.pk}/", {"kind": "holdout"}, format="json")
    assert odd.status_code == 400
    life.start(Experiment.objects.of(store).get(), NOW)
    for late in ({"traffic": 0.5}, {"variants": TEST["variants"]}, {"name": "Late"}):
        refused = client.patch(f"{URL}{row.pk}/", late, format="json")
        assert refused.status_code == 409
    kept = Experiment.objects.of(store).get()
    assert (kept.name, kept.traffic, kept.variants.count()) == ("Better name", 1, 2)


def test_readings_come_by_metric_and_variant(store, analyst):
    row = started(store)
    read(row, days=3)
    read(row, metric="orders")
    client = person(analyst)
    url = f"{URL}{row.pk}/readings/"
    assert len(client.get(url).json()["results"]) == 4
    found = client.get(url, {"metric": "revenue"}).json()["results"]
    assert [one["on"] for one in found] == ["2026-06-03", "2026-06-02", "2026-06-01"]
    control = row.variants.get(is_control=True)
    assert client.get(url, {"variant": control.pk}).json()["results"] == []
    assert client.get(url, {"metric": "luck"}).status_code == 400


def test_an_analyst_only_reads(store, analyst):
    client, row = person(analyst), a_draft(store)
    assert post(client, body=TEST).status_code == 403
    assert client.patch(f"{URL}{row.pk}/", {}, format="json").status_code == 403
    for step in STEPS:
        assert post(client, f"{row.pk}/{step}/").status_code == 403
    assert Experiment.objects.of(store).get().status == Status.DRAFT


def test_another_store_finds_nothing(store, stranger):
    client, row = person(stranger), started(store)
    assert client.get(URL).json()["results"] == []
    for path in ("", "readings/"):
        assert client.get(f"{URL}{row.pk}/{path}").status_code == 404
    assert client.patch(f"{URL}{row.pk}/", {}, format="json").status_code == 404
    for step in STEPS:
        assert post(client, f"{row.pk}/{step}/").status_code == 404


def test_a_page_s_key_sees_nothing_of_it(client, store):
    StoreOrigin.objects.create(store=store, origin=store.url)
    key = keys.create(store, "pk", "pages")[1]
    row = started(store)
    for path in ("", f"{row.pk}/", f"{row.pk}/readings/"):
        headers = {"LuxeBrain-Key": key, "Origin": store.url}
        assert client.get(f"{URL}{path}", headers=headers).status_code == 403


def with_config(config, **more):
    first, second = TEST["variants"]
    return {**TEST, "variants": [first, {**second, "config": config}], **more}


ODD = {
    "unknown key": with_config({"color": "red"}),
    "unknown shelf": with_config({"kind": "<script>"}),
    "half a share": with_config({"exploration_share": 0.6}),
    "yes as number": with_config({"variety": True}),
    "shows": with_config({"show": True}),
    "no shelf but varied": with_config({"show": False, "variety": 0.5}),
    "no such model": with_config({"version": 2**70}),
    "too long": with_config({"text": "x" * 5_000}, kind="page", place="page:cart"),
    "price of a tenth": with_config(
        {"percent": -90}, kind="price", place="price", unit="product"
    ),
    "price for one": with_config({"percent": -5}, kind="price", place="price"),
    "config of a list": with_config([1]),
    "negative share": {
        **TEST, "variants": [TEST["variants"][0], {"name": "B", "share": -1}],
    },
    "no share at all": {
        **TEST, "variants": [TEST["variants"][0], {"name": "B", "share": "NaN"}],
    },
    "traffic is no number": {**TEST, "traffic": "NaN"},
    "two controls": {**TEST, "variants": [TEST["variants"][0]] * 2},
    "one variant": {**TEST, "variants": TEST["variants"][:1]},
    "nine variants": {**TEST, "variants": [TEST["variants"][0], *TEST["variants"][1:] * 8]},
    "another place": {**TEST, "place": "price"},
    "hostile place": {**TEST, "place": "shelf:<script>"},
    "guards itself": {**TEST, "guards": ["revenue"]},
    "guards luck": {**TEST, "guards": ["luck"]},
    "ends before": {**TEST, "min_days": 60},
    "its own salt": {**TEST, "salt": "mine"},
    "its own status": {**TEST, "status": "applied"},
    "many left alone": {
        **TEST, "kind": "holdout", "place": "shelf",
        "variants": [{"name": "Alone", "is_control": True}, {"name": "B", "share": 0.2}],
    },
    "endless share": {
        **TEST, "kind": "holdout", "place": "shelf",
        "variants": [{"name": "A", "is_control": True, "share": "inf"}, {"name": "B"}],
    },
    "bandit of refunds": {**TEST, "policy": "thompson", "metric": "refund_share"},
    "bandit of products": {**TEST, "policy": "thompson", "unit": "product"},
    "no object": [1, 2],
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_what_makes_no_sense_is_refused(store, manager, name):
    answer = post(person(manager), body=ODD[name])
    assert answer.status_code == 400, answer.json()
    assert answer["Content-Type"] == "application/problem+json"
    assert not Experiment.objects.of(store).exists()
    assert not Layer.objects.of(store).exists()


def test_names_are_text_whatever_they_hold(store, manager):
    name = "<script>alert(1)</script> عباية"
    body = {**TEST, "name": name, "variants": [
        {"name": name, "is_control": True}, {"name": "عباية"}, {"name": "فستان"},
    ]}  # fmt: skip
    said = post(person(manager), body=body).json()
    assert said["name"] == name
    assert [one["key"] for one in said["variants"]] == [
        "control", "variant-1", "variant-2",
    ]  # fmt: skip
    arabic = {**body, "name": "تجربة"}
    twice = [post(person(manager), body=arabic).json()["key"] for _ in range(2)]
    assert twice[0] == "test"
    assert twice[1].startswith("test-")


def test_numbers_without_end_never_get_in(store, manager):
    body = json.dumps(with_config({"variety": float("nan")}))
    answer = person(manager).post(URL, body, content_type="application/json")
    assert answer.status_code == 400


def test_a_price_by_person_takes_a_published_coupon(store, manager):
    body = with_config(
        {"percent": -5}, kind="price", place="price", coupon="VIP", guards=["margin"]
    )
    assert post(person(manager), body=body).status_code == 400
    Coupon.objects.create(store=store, code="vip", kind="percent", amount=5)
    assert post(person(manager), body=body).status_code == 201


def test_only_models_that_a_test_can_hold_on_to_are_offered(store, manager):
    for status, code in (("candidate", 400), ("making", 400), ("retired", 201)):
        model = version(store, number=len(status), status=status)
        body = with_config({"version": model.pk})
        assert post(person(manager), body=body).status_code == code


def test_where_people_were_left_alone_once_they_may_be_again(store, manager):
    boss = person(manager)
    body = {**TEST, "kind": "holdout", "place": "shelf", "variants": [
        {"name": "A", "is_control": True, "share": 0.05}, {"name": "B", "share": 0.95},
    ]}  # fmt: skip
    first = post(boss, body=body).json()["id"]
    assert post(boss, body={**body, "name": "Again"}).status_code == 409
    post(boss, f"{first}/start/")
    post(boss, f"{first}/stop/")
    second = post(boss, body={**body, "name": "Again"})
    assert second.status_code == 201
    assert post(boss, f"{second.json()['id']}/start/").status_code == 200


@pytest.mark.parametrize("text", ["a\x00b", "\ud800"])
@pytest.mark.parametrize("where", ["key", "value", "list"])
def test_what_no_database_keeps_is_refused(store, text, where):
    odd = {"key": {text: 1}, "value": {"a": {"b": text}}, "list": {"a": [text]}}
    with pytest.raises(InvalidInputError, match="no text"):
        config.checked(store, "page", odd[where])
    kept = {"a": "\\u0000 عباية 👗"}
    assert config.checked(store, "page", kept) == kept


def test_a_key_is_taken_once(store, manager):
    body = {**TEST, "key": "mine"}
    assert post(person(manager), body=body).status_code == 201
    assert post(person(manager), body=body).status_code == 409


def test_shelves_are_called_as_they_are_there():
    assert set(config.SHELF_KINDS) == set(ShelfKind.values) - {"content"}
