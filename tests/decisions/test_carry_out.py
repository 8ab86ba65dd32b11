from __future__ import annotations

import pytest

from apps.accounts.models import Store
from apps.core.errors import ConflictError
from apps.decisions.models import Decision, Suggestion
from apps.decisions.services import carry_out, suggest
from tests.conftest import NOW
from tests.decisions.conftest import MANAGER, later, proposal


@pytest.fixture
def applied(approved):
    [claimed] = carry_out.claim_due("pricing", NOW)
    return carry_out.mark_applied(
        claimed, later(minutes=1), result={"woo": 200}, watch_until=later(days=14)
    )


def test_it_claims_what_is_approved(approved):
    [claimed] = carry_out.claim_due("pricing", NOW)
    assert (claimed.pk, claimed.status, claimed.claimed_at) == (
        approved.pk,
        "applying",
        NOW,
    )
    assert carry_out.claim_due("pricing", NOW) == []


def test_it_claims_its_own_kind_only(approved):
    assert carry_out.claim_due("campaigns", NOW) == []


def test_it_leaves_what_waits_for_approval(proposed):
    assert carry_out.claim_due("pricing", NOW) == []


def test_it_claims_what_is_scheduled_when_its_time_has_come(proposed):
    suggest.schedule(proposed, later(hours=2), MANAGER, NOW)
    assert carry_out.claim_due("pricing", later(hours=1)) == []
    assert len(carry_out.claim_due("pricing", later(hours=2))) == 1


@pytest.mark.parametrize("status", ["paused", "closed"])
def test_nothing_changes_in_a_store_that_is_not_active(approved, status):
    Store.objects.filter(pk=approved.store_id).update(status=status)
    assert carry_out.claim_due("pricing", NOW) == []


def test_of_two_claimers_who_saw_the_same_row_one_wins(approved):
    seen = list(Suggestion.objects.across_stores().due("pricing", NOW))
    assert len(carry_out.claim_due("pricing", NOW)) == 1
    assert carry_out.claim(seen, NOW) == []


def test_a_dead_workers_claim_is_taken_over(approved):
    [dead] = carry_out.claim_due("pricing", NOW)
    assert carry_out.claim_due("pricing", later(minutes=14)) == []
    [alive] = carry_out.claim_due("pricing", later(minutes=15))
    with pytest.raises(ConflictError):
        carry_out.mark_applied(dead, later(minutes=16), result={})
    carry_out.mark_applied(alive, later(minutes=16), result={})


def test_it_marks_what_was_applied_and_watches_it(applied):
    assert (applied.status, applied.result) == ("applied", {"woo": 200})
    assert applied.applied_at == later(minutes=1)
    assert applied.watch_until == later(days=14)


def test_only_what_is_claimed_can_be_marked(approved):
    with pytest.raises(ConflictError):
        carry_out.mark_applied(approved, NOW, result={})


def test_it_marks_a_failure_with_its_error(approved):
    [claimed] = carry_out.claim_due("pricing", NOW)
    carry_out.mark_failed(claimed, NOW, "The shop said 403.")
    assert (claimed.status, claimed.error) == ("failed", "The shop said 403.")
    with pytest.raises(ConflictError, match="never applied"):
        suggest.request_revert(claimed, MANAGER, NOW)


def test_it_keeps_what_did_well(applied):
    assert carry_out.keep(applied, later(days=14)).status == "kept"


def test_what_was_kept_can_still_be_reverted(applied):
    carry_out.keep(applied, later(days=14))
    suggest.request_revert(applied, MANAGER, later(days=20))
    [claimed] = carry_out.claim_reverts("pricing", later(days=20))
    assert carry_out.claim_reverts("pricing", later(days=20)) == []
    carry_out.mark_reverted(claimed, later(days=20), result={"woo": 200})
    assert claimed.status == "reverted"


def test_a_revert_that_failed_can_be_asked_for_again(applied):
    suggest.request_revert(applied, MANAGER, NOW)
    [claimed] = carry_out.claim_reverts("pricing", NOW)
    carry_out.mark_failed(claimed, NOW, "The shop is down.")
    suggest.request_revert(claimed, MANAGER, NOW)
    assert (claimed.status, claimed.error) == ("reverting", "")


def test_the_watch_takes_back_what_did_harm(applied):
    carry_out.watch_revert(applied, later(days=3), "Sales fell by 40 %.")
    assert applied.status == "reverting"
    assert applied.steps.last().actor_label == "the watch"


def test_the_whole_way_is_in_the_history_and_in_the_log(applied):
    suggest.request_revert(applied, MANAGER, later(days=1))
    [claimed] = carry_out.claim_reverts("pricing", later(days=1, hours=1))
    carry_out.mark_reverted(claimed, later(days=1, hours=2), result={})
    way = [(step.verb, step.to_status) for step in claimed.steps.all()]
    assert way == [
        ("proposed", "proposed"),
        ("approved", "approved"),
        ("claimed", "applying"),
        ("applied", "applied"),
        ("reverting", "reverting"),
        ("claimed", "reverting"),
        ("reverted", "reverted"),
    ]
    logged = Decision.objects.of(claimed.store).values_list("kind", flat=True)
    assert sorted(logged) == sorted(f"pricing.{verb}" for verb, _ in way)


def test_it_closes_what_nobody_decided_on(store):
    late = suggest.propose(store, proposal(expires_at=later(days=7)), NOW)
    suggest.propose(store, proposal(subject="product:8"), NOW)
    assert carry_out.expire_old(later(days=6)) == 0
    assert carry_out.expire_old(later(days=7)) == 1
    late.refresh_from_db()
    assert late.status == "expired"


def test_it_does_not_close_what_was_approved(store):
    row = suggest.propose(store, proposal(expires_at=later(days=7)), NOW)
    suggest.approve(row, MANAGER, NOW)
    assert carry_out.expire_old(later(days=8)) == 0
