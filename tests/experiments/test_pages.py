from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import AuditEntry
from apps.experiments.models import Experiment, Kind, Status
from apps.experiments.services import draft, life
from apps.experiments.services.draft import Branch
from apps.registry.services import versions
from tests.backoffice.conftest import signed_in
from tests.conftest import NOW
from tests.experiments.written import TWO, a_draft, read, started

pytestmark = pytest.mark.django_db
LIST = "/admin/experiments/experiment/"
ALONE = "/admin/results/left-alone/"
SHELF = {
    "name": "Trends or picks", "where": "home", "metric": "revenue", "guards": ["margin"],
    "matters": "2", "traffic": "50", "policy": "fixed", "min_days": "14",
    "max_days": "56", "watch_days": "14", "count": "2",
    "control-name": "As it is today", "control-share": "50",
    "variant1-name": "Trends", "variant1-share": "50", "variant1-shelf": "trending",
}  # fmt: skip
STEPS = {
    "start": Status.RUNNING, "pause": Status.PAUSED, "resume": Status.RUNNING,
    "apply": Status.WATCHING, "take_back": Status.ROLLED_BACK,
}  # fmt: skip


def page_of(row, more=""):
    return f"{LIST}{row.pk}/change/{more}"


def text(answer):
    """What a person reads, without markup and twofold spaces."""
    body = re.sub(
        r"<(script|style).*?</\1>", " ", answer.content.decode(), flags=re.DOTALL
    )
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


def test_a_list_tells_what_is_known(store, analyst):
    read(started(store))
    a_draft(store, "Not begun")
    draft.leave_alone(store, "shelf", 0.05, NOW)
    said = text(signed_in(analyst).get(LIST))
    assert "Better: revenue rose by 10.0 %" in said
    assert "2,010" in said
    assert "Not begun" in said
    assert "Left alone: shelf" not in said, "Those have a page of their own."


def test_a_list_is_filtered_by_its_verdict(store, analyst):
    read(started(store))
    a_draft(store, "Not begun")
    said = text(signed_in(analyst).get(f"{LIST}?verdict=better&status__exact=running"))
    assert "Shelf or none" in said
    assert "Not begun" not in said


def test_lists_and_pages_take_as_many_queries_for_many(store, owner):
    client, first = signed_in(owner), started(store)
    read(first)
    urls = (LIST, page_of(first), ALONE)

    def counts():
        found = []
        for url in urls:
            with CaptureQueriesContext(connection) as queries:
                assert client.get(url).status_code == 200
            found.append(len(queries))
        return found

    draft.leave_alone(store, "message", 0.05, NOW)
    few = counts()
    for n in range(9):
        row = draft.leave_alone(store, f"shelf:p{n}", 0.05, NOW)
        read(life.start(row, NOW))
        read(a_draft(store, f"Test {n}"))
    for metric in ("orders", "margin", "buyers"):
        read(first, days=20, metric=metric)
    assert counts() == few
    # Session, person, member, store; the menu's badges; then the page's own.
    assert few == [8, 11, 9]


def test_a_test_s_page_says_it_large_and_draws_it(store, analyst):
    row = started(store, guards=["margin"], hypothesis="Less is more.")
    read(row, days=5)
    read(row, metric="margin", answer="worse")
    row.flags = [{"code": "sample_ratio", "text": "The groups are too unequal."}]
    row.save()
    answer = signed_in(analyst).get(page_of(row))
    said = text(answer)
    for words in (
        "Better: revenue rose by 10.0 %", "Less is more.", "The groups are too unequal.",
        "Do not trust these figures", "€4.00", "€4.40", "+10.0 %", "99 %", "80 %",
        "Made worse", "was started by the system", "No shelf",
    ):  # fmt: skip
        assert words in said, words
    drawn = answer.content.decode().split('id="chart-effect"')[1].split(">", 1)[1]
    chart = json.loads(drawn.split("</script>")[0])
    assert chart["middle"] == [10.0] * 5
    assert chart["low"][-1] == 2.5
    assert chart["high"][0] == 26.7705
    assert (chart["matters"], chart["unit"]) == (2.0, " %")
    assert answer.content.decode().count("<canvas") == 1
    assert "1 Jun 2026" in said, "The same as a table."


def test_another_metric_and_variant_can_be_looked_at(store, analyst):
    three = (*TWO, Branch("Trends", config={"kind": "trending"}))
    row = started(store, branches=three)
    first, second = row.variants.filter(is_control=False)
    read(row, variant=first, relative=0.05)
    read(row, variant=second, relative=0.2)
    read(row, variant=first, metric="orders", relative=-0.3)
    client = signed_in(analyst)
    assert "“Trends” against the control" in text(client.get(page_of(row)))
    said = client.get(page_of(row, f"?metric=orders&variant={first.pk}&phase=1"))
    assert "Orders per person: “No shelf” against the control" in text(said)
    odd = client.get(page_of(row, "?metric=luck&variant=x&phase=99"))
    assert "Revenue per person" in text(odd)


def test_a_manager_makes_a_test_in_the_form(store, manager):
    client = signed_in(manager)
    assert "Shelves of products" in text(client.get(f"{LIST}add/"))
    assert client.get(f"{LIST}add/?kind=shelf").status_code == 200
    answer = client.post(f"{LIST}add/?kind=shelf", SHELF)
    row = Experiment.objects.of(store).get()
    assert answer.url == page_of(row)
    assert (row.place, row.traffic, row.guards, row.matters) == (
        "shelf:home", 0.5, ["margin"], 0.02,
    )  # fmt: skip
    shown = [(v.name, v.is_control, v.share, v.config) for v in row.variants.all()]
    assert shown == [
        ("As it is today", True, 0.5, {}),
        ("Trends", False, 0.5, {"kind": "trending"}),
    ]
    assert AuditEntry.objects.of(store).get().action == "experiment.created"


def test_what_was_typed_stays_when_a_variant_is_added(store, manager):
    answer = signed_in(manager).post(
        f"{LIST}add/?kind=shelf", {**SHELF, "more": "1", "name": "Mine", "matters": ""}
    )
    body = answer.content.decode()
    assert 'value="Mine"' in body
    assert 'value="Trends"' in body
    assert 'name="variant2-name"' in body
    share = re.search(r'<input[^>]*name="variant2-share"[^>]*>', body).group()
    assert 'value="50"' in share
    assert "This field is required" not in body
    assert not Experiment.objects.of(store).exists()


def test_a_variant_without_a_name_is_left_out(store, manager):
    more = {"count": "3", "variant2-name": "", "variant2-share": ""}
    signed_in(manager).post(f"{LIST}add/?kind=shelf", {**SHELF, **more})
    assert Experiment.objects.of(store).get().variants.count() == 2


PRICE = {
    **{k: v for k, v in SHELF.items() if "shelf" not in k}, "where": "",
    "unit": "product", "period_hours": "24", "coupon": "", "variant1-percent": "-10",
}  # fmt: skip
PAGE = {
    **{k: v for k, v in SHELF.items() if "shelf" not in k},
    "variant1-free": '{"headline": "جديد"}',
}  # fmt: skip


def test_prices_and_pages_ask_what_they_take(store, manager):
    client = signed_in(manager)
    assert client.post(f"{LIST}add/?kind=price", PRICE).status_code == 302
    assert client.post(f"{LIST}add/?kind=page", PAGE).status_code == 302
    page, price = Experiment.objects.of(store).order_by("kind")
    assert (price.kind, price.place, price.unit) == ("price", "price", "product")
    assert price.variants.last().config == {"percent": -10}
    assert page.variants.last().config == {"headline": "جديد"}


ODD = {
    "nothing": ("shelf", {}),
    "no name": ("shelf", {**SHELF, "name": ""}),
    "no number": ("shelf", {**SHELF, "variant1-share": "nan"}),
    "negative": ("shelf", {**SHELF, "variant1-share": "-5"}),
    "endless": ("shelf", {**SHELF, "traffic": "inf"}),
    "hostile place": ("shelf", {**SHELF, "where": "<script>"}),
    "two things": ("shelf", {**SHELF, "variant1-hidden": "on"}),
    "no such model": ("shelf", {**SHELF, "variant1-version": "99"}),
    "guards itself": ("shelf", {**SHELF, "guards": ["revenue"]}),
    "too many": ("shelf", {**SHELF, "count": "٩٩"} | {"variant1-name": ""}),
    "half price": ("price", {**PRICE, "variant1-percent": "-50"}),
    "price by person": ("price", {**PRICE, "unit": "person"}),
    "no JSON": ("page", {**PAGE, "variant1-free": "{"}),
    "a list": ("page", {**PAGE, "variant1-free": "[1]"}),
    "no end": ("page", {**PAGE, "variant1-free": '{"a": NaN}'}),
    "deep": ("page", {**PAGE, "variant1-free": "[" * 4_000}),
    "long": ("page", {**PAGE, "variant1-free": json.dumps({"a": "x" * 5_000})}),
}


@pytest.mark.parametrize("name", ODD)
def test_the_form_refuses_what_makes_no_sense(store, manager, name):
    kind, values = ODD[name]
    answer = signed_in(manager).post(f"{LIST}add/?kind={kind}", values)
    assert answer.status_code == 200
    assert "text-red-600" in answer.content.decode() or "lb-error" in (
        answer.content.decode()
    )
    assert not Experiment.objects.of(store).exists()


def test_a_draft_is_changed_and_a_started_test_is_not(store, manager):
    client, row = signed_in(manager), a_draft(store)
    url = f"{LIST}{row.pk}/edit/"
    assert 'value="No shelf"' in client.get(url).content.decode()
    values = {**SHELF, "name": "Another name", "variant1-explored": "10"}
    assert client.post(url, values).url == page_of(row)
    row.refresh_from_db()
    assert row.name == "Another name"
    assert row.variants.last().config == {
        "kind": "trending", "exploration_share": 0.1,
    }  # fmt: skip
    life.start(row, NOW)
    assert (
        client.post(url, {**values, "name": "Late", "traffic": "10"}).status_code == 302
    )
    kept = Experiment.objects.of(store).get()
    assert (kept.name, kept.traffic) == ("Another name", 0.5)


def test_an_older_model_can_be_tried(store, manager):
    trained = versions.Trained("network", NOW)
    version = versions.register(store, "recommendations.personal", trained)
    versions.promote(version, NOW)
    values = {**SHELF, "variant1-shelf": "", "variant1-version": str(version.pk)}
    signed_in(manager).post(f"{LIST}add/?kind=shelf", values)
    row = Experiment.objects.of(store).get()
    assert row.variants.last().config == {"version": version.pk}


def test_each_step_asks_and_is_written_down(store, manager):
    client, row = signed_in(manager), a_draft(store)
    for step, status in STEPS.items():
        url = f"{LIST}{row.pk}/do/{step}/"
        question = text(client.get(url))
        assert "As it is today" in question or step == "resume"
        assert client.post(url).status_code == 302
        row.refresh_from_db()
        assert row.status == status
    acts = AuditEntry.objects.of(store).values_list("action", "actor")
    assert set(acts) == {(f"experiment.{step}", manager.pk) for step in STEPS}
    said = text(client.get(page_of(row)))
    assert "was taken back by Manager" in said


def test_the_winner_is_chosen_where_there_are_two(store, manager):
    three = (*TWO, Branch("Trends", config={"kind": "trending"}))
    row = started(store, branches=three)
    client, url = signed_in(manager), f"{LIST}{row.pk}/do/apply/"
    assert client.post(url, {}).status_code == 200
    control, _, trends = row.variants.all()
    assert client.post(url, {"winner": control.pk}).status_code == 200
    assert client.post(url, {"winner": trends.pk}).status_code == 302
    row.refresh_from_db()
    assert (row.status, row.winner, row.phase) == (Status.WATCHING, trends, 2)


def test_a_step_that_cannot_be_is_refused_in_words(store, manager):
    row = a_draft(store)
    answer = signed_in(manager).post(f"{LIST}{row.pk}/do/pause/", follow=True)
    assert "it cannot become" in text(answer)
    row.refresh_from_db()
    assert row.status == Status.DRAFT


def test_an_analyst_looks_and_does_nothing(store, analyst):
    row, client = a_draft(store), signed_in(analyst)
    assert client.get(page_of(row)).status_code == 200
    for url in (f"{LIST}add/", f"{LIST}add/?kind=shelf", f"{LIST}{row.pk}/edit/"):
        assert client.get(url).status_code == 403
        assert client.post(url, SHELF).status_code == 403
    for url in (*(f"{LIST}{row.pk}/do/{step}/" for step in STEPS), ALONE):
        assert client.post(url, {"share": "5"}).status_code == 403
    assert client.post(f"{LIST}{row.pk}/delete/", {"post": "yes"}).status_code == 403
    assert "/do/start/" not in client.get(page_of(row)).content.decode()
    assert Experiment.objects.of(store).get().status == Status.DRAFT


def test_another_team_finds_nothing(store, stranger):
    row, client = started(store), signed_in(stranger)
    for url in (page_of(row), f"{LIST}{row.pk}/edit/", f"{LIST}{row.pk}/do/stop/",
                f"{LIST}{row.pk}/delete/", f"{LIST}{row.pk}/history/"):  # fmt: skip
        assert client.get(url).status_code == 404
        assert client.post(url, {"why": "x"}).status_code == 404
    assert "Shelf or none" not in text(client.get(LIST))
    row.refresh_from_db()
    assert row.status == Status.RUNNING


def test_only_what_never_started_is_thrown_away(store, manager):
    client, row, begun = signed_in(manager), a_draft(store), started(store, "Begun")
    for one, status in ((row, 302), (begun, 403)):
        answer = client.post(f"{LIST}{one.pk}/delete/", {"post": "yes"})
        assert answer.status_code == status
    assert Experiment.objects.of(store).get() == begun
    assert AuditEntry.objects.of(store).get().action == "experiment.thrown_away"


def test_names_are_never_markup(store, manager):
    hostile = "<img src=x onerror=alert(1)>"
    branches = (TWO[0], Branch(hostile, config={"show": False}))
    row = started(store, hostile, branches, hypothesis=hostile)
    read(row, sentence=hostile)
    row.flags = [{"code": hostile, "text": hostile}, "odd"]
    row.save()
    client = signed_in(manager)
    for url in (
        LIST,
        page_of(row),
        f"{LIST}{row.pk}/do/stop/",
        f"{LIST}{row.pk}/do/apply/",
    ):
        body = client.get(url).content.decode()
        assert hostile not in body, url
        assert "&lt;img" in body or "/do/" in url, url


def test_people_are_left_alone_by_place(store, manager):
    client = signed_in(manager)
    assert "nobody can say what LuxeBrain brings" in text(client.get(ALONE))
    answer = client.post(ALONE, {"place": "shelf", "share": "5"})
    row = Experiment.objects.of(store).get()
    assert (row.kind, row.place, answer.url) == (Kind.HOLDOUT, "shelf", page_of(row))
    shares = [(v.is_control, v.share) for v in row.variants.all()]
    assert shares == [(True, 0.05), (False, 0.95)]
    assert "5 % of people" in text(client.get(f"{LIST}{row.pk}/do/start/"))
    pooled = {"pooled_lift": 0.08, "pooled_low": 0.03, "pooled_high": 0.13}
    read(life.start(row, NOW - timedelta(days=30)), **pooled)
    said = text(client.get(ALONE))
    for words in (
        "All shelves",
        "Running",
        "5 %",
        "1,000",
        "+10.0 %",
        "+€400 (+€100 to +€700)",
        "+8.0 % (+3.0 % to +13.0 %)",
        "all shelves: about €400 a month",
    ):
        assert words in said, words


@pytest.mark.parametrize(
    "changes",
    [{"answer": "not_known"}, {"answer": "worse"}, {"is_judged": False}, "stopped"],
    ids=str,
)
def test_what_is_not_known_costs_nothing_that_one_could_name(store, manager, changes):
    draft.leave_alone(store, "shelf", 0.05, NOW)
    row = life.start(Experiment.objects.of(store).get(), NOW - timedelta(days=30))
    found = read(row)
    client = signed_in(manager)
    assert "What it costs, all shelves" in text(client.get(ALONE))
    if changes == "stopped":
        life.stop(row, NOW)
    else:
        type(found).objects.of(store).update(**changes)
    assert "What it costs" not in text(client.get(ALONE))


@pytest.mark.parametrize(
    "values",
    [
        {"place": "shelf", "share": "0.5"}, {"place": "shelf", "share": "51"},
        {"place": "shelf", "share": "nan"}, {"place": "<b>", "share": "5"},
        {"place": "x" * 90, "share": "5"}, {},
    ],
)  # fmt: skip
def test_an_odd_holdout_is_refused(store, manager, values):
    assert signed_in(manager).post(ALONE, values).status_code == 200
    assert not Experiment.objects.of(store).exists()


def test_a_place_has_one_holdout(store, manager):
    client = signed_in(manager)
    client.post(ALONE, {"place": "", "share": "5"})
    again = client.post(ALONE, {"place": "", "share": "10"})
    assert "left alone there already" in text(again)
    assert Experiment.objects.of(store).count() == 1
