"""What people made of suggestions: labels, and policies that are no longer trusted."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from scipy.stats import binomtest

from apps.accounts.models import Role
from apps.core.errors import ConflictError, NotAllowedError
from apps.decisions.models import Suggestion
from apps.decisions.services import carry_out, suggest
from apps.decisions.services.labels import Opinion, labels, opinions
from apps.decisions.services.step import Actor
from tests.callers import person
from tests.conftest import NOW
from tests.decisions.conftest import PASSED, later, proposal

pytestmark = pytest.mark.django_db
USEFUL, NOT_USEFUL = Suggestion.Feedback.USEFUL, Suggestion.Feedback.NOT_USEFUL
API = "/api/v1/decisions/suggestions/"


@pytest.fixture
def boss(manager):
    return Actor("Manager", Role.MANAGER, manager)


def suggested(store, n, at=NOW, **other):
    return suggest.propose(store, proposal(subject=f"product:{n}", **other), at)


def told(store, since=NOW - timedelta(days=1), kind="pricing"):
    return [
        (one.subject, one.sign, one.is_useful, one.weight, one.why)
        for one in labels(store, kind, since)
    ]


def say(store, boss, *words, kind="pricing", policy="slow", at=NOW):
    """A word on as many suggestions of one policy."""
    start = Suggestion.objects.of(store).count()
    for n, word in enumerate(words):
        row = suggested(store, start + n, kind=kind, policy=policy)
        suggest.give_feedback(row, word, "", boss, at)


# Labels


def test_a_word_is_a_full_label_with_its_reason(store, boss):
    row = suggested(store, 1, policy="slow", model_version="pricing#3")
    suggest.approve(row, boss, later(hours=1))
    suggest.give_feedback(row, NOT_USEFUL, "It sells anyway.", boss, later(hours=2))
    (label,) = labels(store, "pricing", NOW)
    assert (label.sign, label.is_useful, label.weight, label.why) == (
        "said", False, 1.0, "It sells anyway.",
    )  # fmt: skip
    assert (label.policy, label.model_version, label.risk) == ("slow", "pricing#3", 0.4)
    assert (label.suggestion, label.subject) == (row.pk, "product:1")
    assert label.change == {"before": "49.00", "after": "39.00"}
    assert (label.proposed_at, label.told_at) == (NOW, later(hours=2))


def test_what_people_do_is_a_weaker_label(store, boss):
    rows = [suggested(store, n) for n in range(5)]
    suggest.approve(rows[0], boss, NOW)
    suggest.reject(rows[1], boss, NOW, note="Too late.")
    suggest.edit(rows[2], {"after": "41.00"}, boss, NOW, verdict=[PASSED])
    suggest.approve(rows[2], boss, NOW)
    suggest.approve(rows[3], boss, NOW)
    (claimed,) = [
        row for row in carry_out.claim_due("pricing", NOW) if row.pk == rows[3].pk
    ]
    carry_out.mark_applied(claimed, NOW, result={})
    suggest.request_revert(claimed, boss, NOW, note="It looked cheap.")
    assert told(store) == [
        ("product:0", "approved", True, 0.5, ""),
        ("product:1", "rejected", False, 0.6, "Too late."),
        ("product:2", "edited", True, 0.3, ""),
        ("product:3", "reverting", False, 0.8, "It looked cheap."),
    ]


def test_an_edited_one_is_labeled_as_it_was_proposed(store, boss):
    row = suggested(store, 1)
    suggest.edit(row, {"after": "41.00"}, boss, NOW, verdict=[PASSED])
    (label,) = labels(store, "pricing", NOW)
    assert label.change["after"] == "39.00"


def test_only_people_have_opinions(store):
    by_policy, by_key, by_watch = (suggested(store, n) for n in range(3))
    suggest.approve_by_policy(by_policy, "auto", 1.0, NOW)
    suggest.reject(by_key, Actor("key 1", Role.MANAGER), NOW)
    suggest.approve_by_policy(by_watch, "auto", 1.0, NOW)
    for row in carry_out.claim_due("pricing", NOW):
        carry_out.watch_revert(
            carry_out.mark_applied(row, NOW, result={}), NOW, "Sales fell."
        )
    assert told(store) == []


def test_a_key_s_word_is_kept_and_no_opinion(store, boss):
    by_key = Actor("key 1", Role.MANAGER)
    rows = [suggested(store, n, policy="slow") for n in range(6)]
    suggest.reject(rows[0], boss, NOW, note="Too late.")
    for row in rows[:5]:
        suggest.give_feedback(row, NOT_USEFUL, "By a program.", by_key, NOW)
    assert rows[4].feedback == NOT_USEFUL
    # What a person did still counts beside it.
    assert told(store) == [("product:0", "rejected", False, 0.6, "Too late.")]
    assert opinions(store, NOW) == []
    moved = suggest.approve_by_policy(rows[5], "auto", 1.0, later(days=1))
    assert moved.status == "approved"


def test_a_person_s_word_takes_a_key_s_place_and_never_the_other_way(store, boss):
    by_key = Actor("key 1", Role.MANAGER)
    row = suggested(store, 1)
    suggest.give_feedback(row, NOT_USEFUL, "By a program.", by_key, NOW)
    suggest.give_feedback(row, USEFUL, "It sold.", boss, NOW)
    with pytest.raises(ConflictError, match="A person has said already"):
        suggest.give_feedback(row, NOT_USEFUL, "Again.", by_key, NOW)
    row.refresh_from_db()
    assert (row.feedback, row.feedback_why) == (USEFUL, "It sold.")
    assert told(store) == [("product:1", "said", True, 1.0, "It sold.")]


def test_labels_are_of_this_store_this_kind_and_since_then(store, other_store, boss):
    suggest.reject(suggested(store, 1), boss, NOW)
    suggest.reject(suggested(other_store, 2), boss, NOW)
    suggest.reject(suggested(store, 3, kind="stock"), boss, NOW)
    suggest.reject(suggested(store, 4), boss, NOW - timedelta(days=2))
    assert [one[0] for one in told(store)] == ["product:1"]
    assert [one[0] for one in told(store, kind="stock")] == ["product:3"]
    earlier = NOW - timedelta(days=3)
    assert [one[0] for one in told(store, earlier)] == ["product:1", "product:4"]


# Trust


@pytest.mark.parametrize(
    ("useful", "answers", "is_distrusted"),
    [
        (0, 0, False), (0, 4, False), (0, 5, True), (1, 5, False), (1, 8, True),
        (5, 10, False), (3, 12, True), (4, 12, False), (40, 100, True), (45, 100, False),
    ],
)  # fmt: skip
def test_trust_ends_where_most_answers_clearly_say_so(useful, answers, is_distrusted):
    assert Opinion("pricing", "slow", useful, answers).is_distrusted == is_distrusted


@pytest.mark.parametrize(("useful", "answers"), [(0, 5), (3, 12), (8, 8), (1, 200)])
def test_the_interval_is_wilson_s(useful, answers):
    theirs = binomtest(useful, answers).proportion_ci(0.9, "wilson").high
    found = Opinion("pricing", "slow", useful, answers).highest
    assert found == pytest.approx(theirs, abs=1e-5)


def test_what_most_found_useless_is_approved_by_people_alone(store, boss):
    say(store, boss, *[NOT_USEFUL] * 5)
    row = suggested(store, 99, policy="slow", risk=0.0)
    with pytest.raises(NotAllowedError, match="Only 0 of 5 answers in 90 days"):
        suggest.approve_by_policy(row, "auto", 1.0, later(days=1))
    row.refresh_from_db()
    assert row.status == "proposed"
    assert suggest.approve(row, boss, later(days=1)).status == "approved"


def test_other_policies_and_kinds_are_not_to_blame(store, other_store, boss):
    say(store, boss, *[NOT_USEFUL] * 5)
    for n, (shop, kind, policy) in enumerate(
        [
            (store, "pricing", "other"),
            (store, "stock", "slow"),
            (other_store, "pricing", "slow"),
        ]
    ):
        row = suggested(shop, 90 + n, kind=kind, policy=policy)
        assert suggest.approve_by_policy(row, "auto", 1.0, NOW).status == "approved"


def test_trust_comes_back_with_better_words_and_with_time(store, boss):
    say(store, boss, *[NOT_USEFUL] * 5)
    assert opinions(store, later(days=90)) == []
    say(store, boss, *[USEFUL] * 3)
    assert opinions(store, later(days=89)) == [Opinion("pricing", "slow", 3, 8)]
    row = suggested(store, 99, policy="slow")
    assert suggest.approve_by_policy(row, "auto", 1.0, NOW).status == "approved"


# Where people see it


def browser(user):
    client = Client()
    client.force_login(user)
    return client


def text_of(answer):
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_the_inbox_says_what_waits_for_a_person(store, boss, analyst):
    say(store, boss, *[NOT_USEFUL] * 5)
    row = suggested(store, 99, policy="slow")
    page = browser(analyst)
    with time_machine.travel(NOW + timedelta(hours=1)):
        inbox = text_of(page.get("/admin/decisions/suggestion/"))
        own = text_of(page.get(f"/admin/decisions/suggestion/{row.pk}/change/"))
    assert "Pricing (Slow): only 0 of 5 answers in 90 days" in inbox
    assert "Only 0 of 5 answers in 90 days called such suggestions useful" in own


def test_an_inbox_that_is_trusted_says_nothing_of_it(store, boss, analyst):
    say(store, boss, *[USEFUL] * 5)
    with time_machine.travel(NOW + timedelta(hours=1)):
        inbox = text_of(browser(analyst).get("/admin/decisions/suggestion/"))
    assert "answers in 90 days" not in inbox


def test_a_page_tells_shares_and_reasons(store, other_store, boss, analyst):
    say(store, boss, USEFUL, NOT_USEFUL)
    row = suggested(store, 99, kind="stock")
    suggest.give_feedback(row, NOT_USEFUL, "We <never> restock.", boss, NOW)
    theirs = suggested(other_store, 1)
    suggest.give_feedback(theirs, NOT_USEFUL, "Rivale's words.", boss, NOW)
    with time_machine.travel(NOW + timedelta(hours=1)):
        found = text_of(browser(analyst).get("/admin/decisions/suggestion/feedback/"))
    assert ">50.0 %<" in found
    assert "We &lt;never&gt; restock." in found
    assert "Rivale" not in found


def test_strangers_see_no_feedback(db):
    answer = Client().get("/admin/decisions/suggestion/feedback/")
    assert answer.status_code == 302


def test_a_word_with_its_reason_is_given_in_the_admin(store, boss, analyst):
    row = suggested(store, 1)
    url = f"/admin/decisions/suggestion/{row.pk}/do/feedback/"
    browser(analyst).post(url, {"feedback": "not_useful", "note": "Wrong season."})
    (label,) = labels(store, "pricing", NOW - timedelta(days=1))
    assert (label.is_useful, label.why) == (False, "Wrong season.")


def test_the_api_tells_shares_and_labels(store, other_store, boss, analyst):
    say(store, boss, *[NOT_USEFUL] * 5)
    theirs = suggested(other_store, 1)
    suggest.give_feedback(theirs, NOT_USEFUL, "", boss, NOW)
    client = person(analyst)
    with time_machine.travel(NOW + timedelta(hours=1)):
        assert client.get(f"{API}feedback/").json() == [
            {"kind": "pricing", "policy": "slow", "answers": 5, "useful": 0,
             "is_distrusted": True}
        ]  # fmt: skip
        rows = client.get(f"{API}labels/", {"kind": "pricing"}).json()
        since = client.get(
            f"{API}labels/", {"kind": "pricing", "since": "2026-06-02T00:00:00Z"}
        )
    assert [row["subject"] for row in rows] == [f"product:{n}" for n in range(5)]
    assert (rows[0]["is_useful"], rows[0]["weight"], rows[0]["sign"]) == (
        False, 1.0, "said",
    )  # fmt: skip
    assert since.json() == []
    assert client.get(f"{API}labels/").status_code == 400
