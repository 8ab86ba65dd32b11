from __future__ import annotations

import csv
import io
import json
import re
from collections import deque

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import AuditEntry
from apps.segmentation.models import Member, Segment
from apps.segmentation.services import write
from apps.segmentation.services.bounded import TooSlowError, within
from apps.segmentation.services.conditions.parse import parse
from apps.segmentation.services.conditions.words import names_in, say
from apps.segmentation.services.count import count_due
from apps.shop.models import Category, Customer
from tests.backoffice.conftest import signed_in
from tests.conftest import NOW
from tests.shop.conftest import make_order, make_product

pytestmark = pytest.mark.django_db
LIST = "/admin/segmentation/segment/"
BUYERS = {"all": [{"did": "bought"}]}
SENT = {"name": "Buyers", "about": "", "conditions": json.dumps(BUYERS)}


@pytest.fixture
def segment(store, ada):
    make_order(store, [("10.00", "0.00")], customer=ada)
    row = write.create(store, {"name": "Buyers", "conditions": BUYERS}, NOW)
    count_due(store, NOW)
    return row


def text(answer):
    body = re.sub(
        r"<(script|style).*?</\1>", " ", answer.content.decode(), flags=re.DOTALL
    )
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


def at(row, more=""):
    return f"{LIST}{row.pk}/{more}"


def test_the_list_says_how_many_and_the_page_who(segment, ada, analyst):
    client = signed_in(analyst)
    assert "Kept up" in text(client.get(LIST))
    said = text(client.get(at(segment, "change/")))
    assert "Bought" in said
    assert "Ada" in said
    assert "Customers in it 1" in said
    assert "mail.example" not in said
    assert "Throw away" not in said


def test_a_segment_is_made_by_the_form(store, manager):
    client = signed_in(manager)
    form = client.get(f"{LIST}add/").content.decode()
    assert "segment-offer" in form
    assert 'data-preview="/admin/segments/preview/"' in form
    assert 'data-names="/admin/segments/names/"' in form
    answer = client.post(f"{LIST}add/", SENT)
    row = Segment.objects.of(store).get()
    assert answer.url == at(row, "change/")
    assert (row.name, row.conditions, row.made_by) == ("Buyers", BUYERS, manager)
    assert AuditEntry.objects.of(store).filter(action="segment.created").exists()


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ("{", "This is not JSON."),
        ("[" * 2_000, "This is not JSON."),
        ('{"all": [{"field": "shoe", "is": "known"}]}', "all[0].field: There is no"),
    ],
)
def test_the_form_says_what_is_wrong(store, manager, sent, said):
    answer = signed_in(manager).post(f"{LIST}add/", {**SENT, "conditions": sent})
    assert said in text(answer)
    assert not Segment.objects.of(store).exists()


def test_it_is_changed_copied_put_away_and_thrown_away(segment, manager):
    client, store = signed_in(manager), segment.store
    client.post(at(segment, "edit/"), {**SENT, "name": "All buyers"})
    segment.refresh_from_db()
    assert (segment.name, segment.is_due) == ("All buyers", False)
    answer = client.post(at(segment, "do/duplicate/"))
    copy = Segment.objects.of(store).get(name="Copy of All buyers")
    assert answer.url == at(copy, "edit/")
    for verb, is_live in (("archive", False), ("restore", True)):
        client.post(at(segment, f"do/{verb}/"))
        segment.refresh_from_db()
        assert segment.is_live is is_live
    client.post(at(segment, "do/throw_away/"))
    assert [row.pk for row in Segment.objects.of(store)] == [copy.pk]
    assert not Member.objects.of(store).exists()


def test_who_only_reads_changes_nothing(segment, analyst, stranger):
    client = signed_in(analyst)
    for url in (f"{LIST}add/", at(segment, "edit/"), at(segment, "members.csv")):
        assert client.get(url).status_code == 403
    assert client.post(at(segment, "do/archive/")).status_code == 403
    for url in ("change/", "edit/", "members.csv"):
        assert signed_in(stranger).get(at(segment, url)).status_code == 404
    segment.refresh_from_db()
    assert segment.is_live


def test_a_look_while_one_writes_says_how_many(segment, ada, analyst, stranger):
    client = signed_in(analyst)
    url = "/admin/segments/preview/"
    said = text(client.post(url, {"conditions": json.dumps(BUYERS)}))
    assert "1 of 1 customer" in said
    assert "Ada" in said
    assert "mail.example" not in said
    assert "exactly one of" in text(client.post(url, {"conditions": "{}"}))
    assert "not JSON" in text(client.post(url, {"conditions": "{"}))
    other = text(signed_in(stranger).post(url, {"conditions": json.dumps(BUYERS)}))
    assert "0 of 0 customers" in other
    assert client.get(url).status_code == 405


def test_products_are_found_by_name_and_by_number(store, analyst, other_store):
    dress, coat = make_product(store), make_product(store, "Coat")
    make_product(other_store, "Dressing gown")
    client, url = signed_in(analyst), "/admin/segments/names/"
    found = client.get(url, {"term": "dres"}).json()["names"]
    assert found == [[dress.pk, "Dress"]]
    asked = {"ids": f"{coat.pk},x,{2**63},{10**30}"}
    assert client.get(url, asked).json()["names"] == [[coat.pk, "Coat"]]


def test_a_file_holds_who_is_in_it_and_what_they_agreed_to(
    store, segment, cleo, manager
):
    evil = Customer.objects.create(
        store=store, email="=1@mail.example", first_name="=2+3"
    )
    for one in (cleo, evil):
        Member.objects.create(
            store=store, segment=segment, customer=one, entered_at=NOW
        )
    answer = signed_in(manager).get(at(segment, "members.csv"))
    assert "no-store" in answer.headers["Cache-Control"]
    rows = list(csv.reader(io.StringIO(answer.getvalue().decode())))
    assert rows[0][2:4] == ["email", "first_name"]
    assert [(row[2], row[3], row[7]) for row in rows[1:]] == [
        ("ada@mail.example", "Ada", "yes"),
        ("cleo@mail.example", "Cleo", "no"),
        ("'=1@mail.example", "'=2+3", "never asked"),
    ]
    assert AuditEntry.objects.of(store).filter(action="segment.exported").exists()


def test_who_is_gone_is_in_no_file(store, segment, cleo, dov, manager, monkeypatch):
    """Nobody takes them out of an archived segment, and some fill a whole part."""
    monkeypatch.setattr("apps.segmentation.services.export.AT_ONCE", 1)
    zoe = Customer.objects.create(
        store=store, email="zoe@mail.example", first_name="Zoe"
    )
    for one in (cleo, dov, zoe):
        Member.objects.create(
            store=store, segment=segment, customer=one, entered_at=NOW
        )
    write.archive(segment)
    Customer.objects.filter(pk=cleo.pk).update(deleted_at=NOW)
    Customer.objects.filter(pk=dov.pk).update(merged_into=zoe)
    client = signed_in(manager)
    rows = client.get(at(segment, "members.csv")).getvalue().decode().splitlines()
    assert [row.split(",")[3] for row in rows[1:]] == ["Ada", "Zoe"]
    said = text(client.get(at(segment, "change/")))
    assert "Zoe" in said
    assert "Cleo" not in said
    assert "Dov" not in said


def test_what_can_be_asked_no_more_is_said(segment, analyst):
    Segment.objects.of(segment.store).update(
        conditions={"field": "gone", "is": "known"}
    )
    assert "cannot be counted any more" in text(
        signed_in(analyst).get(at(segment, "change/"))
    )


def test_further_members_come_by_pages(segment, manager, monkeypatch):
    monkeypatch.setattr("apps.segmentation.admin.segments.SHOWN", 1)
    store = segment.store
    zoe = Customer.objects.create(
        store=store, email="zoe@mail.example", first_name="Zoe"
    )
    last = Member.objects.create(
        store=store, segment=segment, customer=zoe, entered_at=NOW
    )
    client = signed_in(manager)
    first = client.get(at(segment, "change/"))
    assert "Zoe" in text(first)
    assert f"?before={last.pk}" in first.content.decode()
    assert "Ada" in text(client.get(at(segment, f"change/?before={last.pk}")))
    assert client.get(at(segment, "change/?before=x")).status_code == 200


def test_few_questions_are_asked(segment, manager):
    client = signed_in(manager)
    asked = {}
    for url in (LIST, at(segment, "change/"), at(segment, "edit/")):
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        asked[url] = len(queries)
    assert list(asked.values()) == [8, 14, 9]


SENTENCES = {
    "Spent is at least 100 EUR": {"field": "spent", "is": "at_least", "value": 100},
    "Sent back is between 10 % and 50 %": {"field": "return_share", "is": "between", "value": [0.1, 0.5]},
    "Country is none of de, at": {"field": "country", "is": "none_of", "value": ["DE", "AT"]},
    "Marketing by e-mail: yes and (Has an account: no or Orders is 0)": {
        "all": [
            {"field": "consent_email", "is": "yes"},
            {"any": [{"field": "registered", "is": "no"}, {"field": "orders", "is": "equals", "value": 0}]},
        ]
    },
    "never bought (Dresses) in the last 30 days": {"did_not": "bought", "categories": [1], "days": 30},
    "viewed a product at least 3 times": {"did": "viewed", "times": 3},
    "bought fewer than 3 times in the last 30 days": {"did_not": "bought", "times": 3, "days": 30},
    "not (Orders is 1 or Orders is not known)": {
        "not": {"any": [{"field": "orders", "is": "equals", "value": 1}, {"field": "orders", "is": "unknown"}]}
    },
}  # fmt: skip


@pytest.mark.parametrize("sentence", SENTENCES)
def test_conditions_are_said_in_words(store, sentence):
    Category.objects.create(pk=1, store=store, name="Dresses", slug="dresses")
    tree = parse(SENTENCES[sentence])
    assert say(tree, names_in(store, tree)) == sentence


def test_what_the_form_can_write_is_read():
    """Four groups in each other, as static/admin/segments.js offers them, none of
    which may hold."""
    said = {"did": "bought"}
    for _ in range(4):
        said = {"not": {"any": [said]}}
    assert parse(said)


ENDLESS = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
    "SELECT count(*) FROM n"
)


def test_a_question_that_takes_too_long_is_given_up(store):
    with (
        pytest.raises(TooSlowError, match="counted in the background"),
        within(0.05),
        connection.cursor() as cursor,
    ):
        cursor.execute(ENDLESS)
    with within(5):
        assert Customer.objects.of(store).count() == 0


CANCELED = "DO $$ BEGIN RAISE 'abgebrochen' USING ERRCODE = 'query_canceled'; END $$"


@pytest.mark.postgres
def test_giving_up_is_known_in_every_language(store):
    with pytest.raises(TooSlowError), within(5), connection.cursor() as cursor:
        cursor.execute(CANCELED)


@pytest.mark.postgres
def test_all_that_is_asked_shares_the_time(store):
    with connection.cursor() as cursor, pytest.raises(TooSlowError), within(0.5):
        deque(cursor.execute("SELECT pg_sleep(0.3)") for _ in range(2))
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)
