from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from apps.core.errors import InvalidInputError
from apps.core.ids import moment_of
from apps.decisions.models import Decision
from apps.decisions.services import log, partitions
from apps.decisions.services.sentence import because
from tests.conftest import NOW


def served(store, subject="customer:42", **more):
    fields = {"chosen": [7], "reason": because("popular"), "at": NOW, **more}
    return log.log(store, "recommendations.served", subject, **fields)


def test_it_keeps_a_choice_with_all_its_particulars(store):
    written = served(
        store,
        candidates=[{"product": 7, "score": 0.9}, {"product": 8, "score": 0.1}],
        propensity=0.25,
        policy="thompson",
        model_version="recommendations.champion#3",
        arm="b",
    )
    read = Decision.objects.of(store).by_id(written.id).get()
    assert (read.kind, read.subject) == ("recommendations.served", "customer:42")
    assert (read.chosen, read.propensity, read.candidate_count) == ([7], 0.25, 2)
    assert (read.policy, read.arm) == ("thompson", "b")
    assert read.model_version == "recommendations.champion#3"
    assert read.reason == {"code": "popular", "facts": {}}


def test_it_gives_an_id_that_holds_its_moment(store):
    decision = served(store)
    assert decision.id.version == 7
    assert moment_of(decision.id) == NOW


def test_it_gives_such_an_id_to_a_row_made_by_hand(store):
    decision = Decision.objects.create(store=store, kind="a.b", created_at=NOW)
    assert Decision.objects.of(store).by_id(decision.id).exists()


def test_it_finds_an_odd_microsecond_by_id(store):
    decision = served(store, at=NOW + timedelta(microseconds=999_999))
    assert Decision.objects.of(store).by_id(decision.id).exists()


@pytest.mark.parametrize(
    "unknown", [uuid4(), UUID(int=(2**48 - 1) << 80 | 0x7 << 76 | 0b10 << 62)]
)
def test_it_finds_nothing_by_an_id_of_another_kind(store, unknown):
    served(store)
    assert not Decision.objects.of(store).by_id(unknown).exists()


def test_it_hides_a_decision_from_another_store(store, other_store):
    decision = served(store)
    assert not Decision.objects.of(other_store).by_id(decision.id).exists()


def test_it_digests_the_context_in_any_order(store):
    one = served(store, context={"page": "home", "segment": 3})
    two = served(store, context={"segment": 3, "page": "home"})
    assert len(one.context_digest) == 64
    assert one.context_digest == two.context_digest
    assert served(store).context_digest == ""


def test_it_bounds_the_candidates_and_counts_them_all(store):
    decision = served(store, candidates=range(1_000))
    assert decision.candidates == list(range(log.MAX_CANDIDATES))
    assert decision.candidate_count == 1_000


def test_it_keeps_decimals_as_text(store):
    decision = served(store, chosen={"price": Decimal("19.90")})
    decision.refresh_from_db()
    assert decision.chosen == {"price": "19.90"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"propensity": 0},
        {"propensity": 1.5},
        {"propensity": float("nan")},
        {"reason": {}},
        {"chosen": float("nan")},
        {"chosen": object()},
        {"chosen": "x" * (log.MAX_BYTES + 1)},
    ],
    ids=["zero", "over one", "nan", "no reason", "nan chosen", "no json", "huge"],
)
def test_it_refuses_what_could_not_be_read_later(store, wrong):
    with pytest.raises(InvalidInputError):
        served(store, **wrong)
    assert not Decision.objects.of(store).exists()


@pytest.mark.parametrize("propensity", [0.0, -0.1, 1.01])
def test_the_database_refuses_a_wrong_propensity(store, propensity):
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.create(
            store=store, kind="a.b", created_at=NOW, propensity=propensity
        )


def test_it_writes_many_at_once(store, django_assert_num_queries):
    rows = [
        log.build(
            store,
            "campaigns.suppressed",
            f"customer:{number}",
            chosen=None,
            reason=because("holdout"),
            at=NOW,
        )
        for number in range(50)
    ]
    with django_assert_num_queries(1):
        log.log_all(rows)
    assert Decision.objects.of(store).count() == 50


@pytest.mark.parametrize(
    "change",
    [
        lambda decision, rows: decision.save(),
        lambda decision, rows: decision.save(update_fields=["chosen"]),
        lambda decision, rows: decision.delete(),
        lambda decision, rows: rows.update(chosen=[8]),
        lambda decision, rows: rows.delete(),
        lambda decision, rows: rows.bulk_update([decision], ["chosen"]),
        lambda decision, rows: rows.update_or_create(
            pk=decision.pk, defaults={"chosen": [8]}
        ),
    ],
    ids=["save", "save fields", "delete", "update", "delete all", "bulk", "or create"],
)
def test_nothing_changes_a_decision(store, change):
    decision = served(store)
    decision.chosen = [8]
    with pytest.raises(TypeError, match="append-only"), transaction.atomic():
        change(decision, Decision.objects.of(store))
    assert Decision.objects.of(store).get().chosen == [7]


def test_an_id_is_never_written_twice(store):
    first = served(store)
    again = Decision(id=first.id, store=store, kind="a.b", created_at=first.created_at)
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save()


def test_the_same_decision_twice_is_one_row(store):
    decision = log.build(
        store, "recommendations.served", "nobody", chosen={"products": [1]},
        reason={"code": "popular"}, at=NOW, is_plain=True,
    )  # fmt: skip

    log.keep_all([decision])
    log.keep_all([decision])

    assert Decision.objects.of(store).by_id(decision.pk).count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_only_what_pages_write_does_not_wait_for_the_disk(store):
    decision = log.build(
        store, "recommendations.served", "nobody", chosen={"products": [1]},
        reason={"code": "popular"}, at=NOW, is_plain=True,
    )  # fmt: skip
    partitions.keep_partitions(NOW)

    with connection.cursor() as cursor:
        # The tests' server waits for no disk at all.
        cursor.execute("SET synchronous_commit = on")
    with CaptureQueriesContext(connection) as counted:
        log.keep_all([decision])

    assert "'synchronous_commit', 'off', true" in counted[0]["sql"]
    assert Decision.objects.of(store).by_id(decision.pk).exists()
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        assert cursor.fetchone() == ("on",)
