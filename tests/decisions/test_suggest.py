from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from apps.accounts.models import Role
from apps.core.errors import ConflictError, InvalidInputError, NotAllowedError
from apps.decisions.models import Decision, Suggestion
from apps.decisions.services import carry_out, suggest
from apps.decisions.services.sentence import because, sentence
from apps.decisions.services.step import Actor
from tests.at_once import at_once
from tests.conftest import NOW
from tests.decisions.conftest import ANALYST, MANAGER, PASSED, STOPPED, later, proposal

Status = Suggestion.Status


def statuses(store):
    rows = Suggestion.objects.of(store).order_by("pk")
    return list(rows.values_list("status", flat=True))


def kinds(store):
    rows = Decision.objects.of(store).order_by("created_at", "id")
    return [row.kind for row in rows]


def test_it_puts_a_proposal_into_the_inbox(store, proposed):
    assert list(Suggestion.objects.of(store).waiting()) == [proposed]
    assert proposed.is_allowed
    assert proposed.change == {"before": "49.00", "after": "39.00"}
    assert proposed.verdict == [
        {"rail": "margin", "passed": True, "text": "The margin stays above 30 %."}
    ]


def test_it_logs_the_proposal_with_its_reason(store, proposed):
    decision = Decision.objects.of(store).by_id(proposed.decision_id).get()
    assert decision.kind == "pricing.proposed"
    assert decision.reason == because("slow_mover", days=60)


def test_it_takes_the_same_proposal_once(store, proposed):
    again = suggest.propose(store, proposal(), later(days=1))
    assert again == proposed
    assert statuses(store) == ["proposed"]


def test_a_newer_proposal_takes_the_place_of_an_older_one(store, proposed):
    newer = suggest.propose(store, proposal("35.00"), later(days=1))
    assert statuses(store) == ["superseded", "proposed"]
    assert newer.change["after"] == "35.00"


def test_a_new_verdict_on_the_same_change_counts_as_newer(store, proposed):
    newer = suggest.propose(store, proposal(verdict=[STOPPED]), later(days=1))
    assert statuses(store) == ["superseded", "proposed"]
    assert not newer.is_allowed


def test_what_a_person_approved_stands_against_newer_proposals(store, approved):
    assert suggest.propose(store, proposal("35.00"), later(days=1)) == approved
    assert statuses(store) == ["approved"]


def test_a_repeat_does_not_undo_an_edit(store, proposed):
    suggest.edit(proposed, {"after": "41.00"}, MANAGER, NOW, verdict=[PASSED])
    again = suggest.propose(store, proposal(), later(days=1))
    assert again == proposed
    assert again.change == {"after": "41.00"}


def test_after_the_end_the_same_may_be_proposed_again(store, proposed):
    suggest.reject(proposed, MANAGER, NOW)
    suggest.propose(store, proposal(), later(days=1))
    assert statuses(store) == ["rejected", "proposed"]


def test_another_store_has_its_own_inbox(proposed, other_store):
    suggest.propose(other_store, proposal(), NOW)
    assert statuses(other_store) == statuses(proposed.store) == ["proposed"]


def test_it_refuses_a_risk_out_of_range(store):
    with pytest.raises(InvalidInputError):
        suggest.propose(store, proposal(risk=1.2), NOW)


def test_a_person_of_the_role_approves(store, proposed):
    suggest.approve(proposed, MANAGER, later(hours=1), note="Fine.")
    step = proposed.steps.last()
    assert (step.verb, step.from_status, step.to_status) == (
        "approved",
        "proposed",
        "approved",
    )
    assert (step.actor_label, step.note) == ("Manager", "Fine.")
    assert kinds(store) == ["pricing.proposed", "pricing.approved"]


@pytest.mark.parametrize(
    "verb",
    [
        lambda row, who: suggest.approve(row, who, NOW),
        lambda row, who: suggest.reject(row, who, NOW),
        lambda row, who: suggest.schedule(row, later(days=1), who, NOW),
        lambda row, who: suggest.edit(row, {"after": "1.00"}, who, NOW),
        lambda row, who: suggest.request_revert(row, who, NOW),
    ],
    ids=["approve", "reject", "schedule", "edit", "revert"],
)
@pytest.mark.parametrize("who", [ANALYST, Actor("nobody")], ids=lambda who: who.label)
def test_a_lower_role_decides_nothing(store, proposed, verb, who):
    with pytest.raises(NotAllowedError, match="manager"):
        verb(proposed, who)
    assert statuses(store) == ["proposed"]
    assert kinds(store) == ["pricing.proposed"]


def test_a_suggestion_may_need_the_owner(store):
    row = suggest.propose(store, proposal(needs_role=Role.OWNER), NOW)
    with pytest.raises(NotAllowedError, match="owner"):
        suggest.approve(row, MANAGER, NOW)
    suggest.approve(row, Actor("Owner", Role.OWNER), NOW)
    assert statuses(store) == ["approved"]


@pytest.mark.parametrize(
    ("verdict", "said"),
    [([STOPPED, PASSED], "falls to 4 %"), ([], "have not looked")],
    ids=["stopped", "unjudged"],
)
def test_what_no_rail_let_pass_is_never_approved(store, verdict, said):
    row = suggest.propose(store, proposal(verdict=verdict), NOW)
    with pytest.raises(NotAllowedError, match=said):
        suggest.approve(row, MANAGER, NOW)
    with pytest.raises(NotAllowedError, match=said):
        suggest.approve_by_policy(row, "auto", 1.0, NOW)
    with pytest.raises(NotAllowedError, match=said):
        suggest.schedule(row, later(days=1), MANAGER, NOW)
    assert statuses(store) == ["proposed"]


@pytest.mark.parametrize("status", ["approved", "scheduled", "applying", "applied"])
def test_the_database_refuses_what_no_rail_let_pass(store, status):
    suggest.propose(store, proposal(verdict=[STOPPED]), NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Suggestion.objects.of(store).update(status=status)


def test_a_verdict_that_fails_meanwhile_stops_the_approval(store, proposed):
    stale = Suggestion.objects.of(store).get()
    suggest.judge(proposed, [STOPPED], NOW)
    with pytest.raises(ConflictError):
        suggest.approve(stale, MANAGER, NOW)


def test_an_edit_keeps_the_original_and_waits_for_the_rails(store, proposed):
    suggest.edit(proposed, {"after": "41.00"}, MANAGER, NOW)
    suggest.edit(proposed, {"after": "42.00"}, MANAGER, NOW)
    assert proposed.change == {"after": "42.00"}
    assert proposed.original_change == {"before": "49.00", "after": "39.00"}
    assert proposed.revision == 3
    assert list(Suggestion.objects.of(store).unjudged()) == [proposed]
    with pytest.raises(NotAllowedError):
        suggest.approve(proposed, MANAGER, NOW)


def test_an_edit_that_the_rails_let_pass_can_be_approved(store, proposed):
    suggest.edit(proposed, {"after": "41.00"}, MANAGER, NOW)
    suggest.judge(proposed, [PASSED], NOW)
    suggest.approve(proposed, MANAGER, NOW)
    assert statuses(store) == ["approved"]


def test_nobody_approves_what_he_has_not_seen(store, proposed):
    seen = Suggestion.objects.of(store).get()
    suggest.edit(proposed, {"after": "1.00"}, MANAGER, NOW, verdict=[PASSED])
    with pytest.raises(ConflictError):
        suggest.approve(seen, MANAGER, NOW)
    assert statuses(store) == ["proposed"]


def test_a_policy_approves_below_the_line(store, proposed):
    suggest.approve_by_policy(proposed, "auto-clearance", 0.4, NOW)
    step = proposed.steps.last()
    assert step.actor_label == "auto-clearance"
    assert step.note == "Risk 0.4 is not above the line 0.4."


def test_a_policy_leaves_risk_to_people(store, proposed):
    with pytest.raises(NotAllowedError, match="risky"):
        suggest.approve_by_policy(proposed, "auto-clearance", 0.39, NOW)
    assert statuses(store) == ["proposed"]


def test_scheduling_approves_too(store, proposed):
    suggest.schedule(proposed, later(days=2), MANAGER, NOW)
    verbs = [step.verb for step in proposed.steps.all()]
    assert verbs == ["proposed", "approved", "scheduled"]
    assert proposed.scheduled_for == later(days=2)


def test_a_schedule_can_be_moved(store, proposed):
    suggest.schedule(proposed, later(days=2), MANAGER, NOW)
    suggest.schedule(proposed, later(days=3), MANAGER, NOW)
    assert proposed.scheduled_for == later(days=3)


def test_nothing_is_scheduled_into_the_past(store, proposed):
    with pytest.raises(InvalidInputError):
        suggest.schedule(proposed, NOW, MANAGER, NOW)
    assert statuses(store) == ["proposed"]


def test_what_was_scheduled_can_still_be_rejected(store, proposed):
    suggest.schedule(proposed, later(days=2), MANAGER, NOW)
    suggest.reject(proposed, MANAGER, NOW, note="Changed my mind.")
    assert statuses(store) == ["rejected"]
    assert carry_out.claim_due("pricing", later(days=3)) == []


def test_what_was_never_applied_cannot_be_reverted(store, approved):
    with pytest.raises(ConflictError, match="never applied"):
        suggest.request_revert(approved, MANAGER, NOW)


def test_feedback_is_kept_as_a_label(store, proposed):
    useful = Suggestion.Feedback.NOT_USEFUL
    suggest.reject(proposed, MANAGER, NOW)
    suggest.give_feedback(proposed, useful, "Brand forbids it.", ANALYST, later(days=1))
    assert (proposed.feedback, proposed.feedback_why) == (
        "not_useful",
        "Brand forbids it.",
    )
    decision = Decision.objects.of(store).get(kind="pricing.feedback")
    assert sentence(decision.reason) == "Analyst called it not useful."


@pytest.mark.parametrize("first", ["approve", "reject"])
def test_a_second_answer_is_a_conflict(store, proposed, first):
    getattr(suggest, first)(proposed, MANAGER, NOW)
    with pytest.raises(ConflictError):
        suggest.approve(proposed, MANAGER, NOW)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_who_answer_at_once_one_wins(store, proposed):
    results = at_once(
        lambda row: suggest.approve(row, MANAGER, NOW),
        lambda row: suggest.reject(row, MANAGER, NOW),
        rows=[Suggestion.objects.of(store).get() for _ in range(2)],
    )
    assert sorted(results) == ["conflict", "won"]
    assert proposed.steps.count() == 2


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_who_propose_at_once_one_stays_open(store):
    at_once(
        lambda price: suggest.propose(store, proposal(price), NOW),
        lambda price: suggest.propose(store, proposal(price), NOW),
        rows=["35.00", "36.00"],
    )
    assert sorted(statuses(store)) == ["proposed", "superseded"]
