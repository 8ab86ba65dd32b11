"""What may become of an experiment, and who is refused."""

from __future__ import annotations

from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.core.errors import ConflictError, InvalidInputError
from apps.decisions.models import Decision
from apps.decisions.services.sentence import sentence
from apps.experiments.models import SLOTS, Experiment, Exposure, Status
from apps.experiments.models.experiment import OCCUPYING
from apps.experiments.services import life
from apps.experiments.services.assign import Who, part_of
from apps.shop.models import Product
from tests.conftest import NOW
from tests.experiments.made import experiment, holdout, layer, variant
from tests.experiments.sales import DAY

pytestmark = pytest.mark.django_db


def draft(store, **more):
    more = {"started_at": None, "phase_at": None, "slot_to": 0, "salt": "", **more}
    return experiment(store, status=Status.DRAFT, **more)


def told(row):
    """Kinds of decisions about it, the newest last."""
    found = Decision.objects.of(row.store).filter(subject=f"experiment:{row.pk}")
    return [(one.kind, sentence(one.reason)) for one in found.order_by("created_at")]


def test_it_starts_with_people_and_a_salt_of_its_own(store):
    row = life.start(draft(store, traffic=0.25), NOW, by="Ada")
    assert (row.status, row.started_at, row.phase_at) == ("running", NOW, NOW)
    assert (row.slot_from, row.slot_to) == (0, SLOTS // 4)
    assert len(row.salt) == 16
    assert told(row) == [("experiments.started", f"“{row.name}” was started by Ada.")]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"shares": (1.0,)}, "two variants or more"),
        ({"min_days": 20, "max_days": 10}, "end before"),
        ({"kind": "holdout", "policy": "thompson"}, "fixed share"),
        ({"unit": "product", "policy": "thompson"}, "Only people"),
    ],
)
def test_it_refuses_to_start_what_gives_no_answer(store, change, words):
    row = draft(store, **change)
    with pytest.raises(InvalidInputError, match=words):
        life.start(row, NOW)
    row.refresh_from_db()
    assert row.status == Status.DRAFT
    assert told(row) == []


def test_it_refuses_to_start_without_one_control(store):
    row = draft(store)
    row.variants.update(is_control=False)
    with pytest.raises(InvalidInputError, match="control"):
        life.start(row, NOW)


def test_it_goes_on_with_the_same_people_after_a_pause(store):
    row = life.start(draft(store, configs=({"v": "a"}, {"v": "b"})), NOW)
    people = [Who(visitor=f"v{number}") for number in range(50)]
    before = [part_of(store, "shelf", who).config for who in people]
    life.pause(row, NOW + DAY)
    assert [part_of(store, "shelf", who).seats for who in people] == [()] * 50
    life.resume(row, NOW + 2 * DAY)
    assert [part_of(store, "shelf", who).config for who in people] == before
    assert {one["v"] for one in before} == {"a", "b"}


def test_it_lets_one_of_two_at_once_go_on(store):
    row = draft(store)
    other = Experiment.objects.of(store).get(pk=row.pk)
    life.start(row, NOW)
    salt = row.salt
    with pytest.raises(ConflictError, match="faster"):
        life.start(other, NOW + DAY)
    row.refresh_from_db()
    assert (row.salt, row.started_at) == (salt, NOW)
    assert len(told(row)) == 1


def test_it_applies_watches_and_keeps_a_winner(store):
    row = life.start(draft(store, target_people=500), NOW)
    life.apply_winner(row, NOW + DAY)
    assert (row.status, row.phase, row.phase_at) == ("watching", 2, NOW + DAY)
    assert (row.winner, row.target_people) == (variant(row, "b"), None)
    life.keep(row, NOW + 2 * DAY)
    assert (row.status, row.ended_at) == ("applied", NOW + 2 * DAY)
    life.take_back(row, NOW + 3 * DAY, why="Out of fashion.")
    assert (row.status, row.ended_at) == ("rolled_back", NOW + 2 * DAY)
    assert [kind for kind, _ in told(row)] == [
        f"experiments.{verb}" for verb in ("started", "applied", "kept", "taken_back")
    ]
    assert told(row)[-1][1].endswith("was taken back by the system. Out of fashion.")


def test_it_refuses_a_winner_that_is_none(store, other_store):
    row = life.start(draft(store, shares=(1, 1, 1)), NOW)
    stranger = variant(experiment(other_store), "b")
    for wrong in (None, variant(row, "a"), stranger):
        with pytest.raises(InvalidInputError):
            life.apply_winner(row, NOW, winner=wrong)
    with pytest.raises(InvalidInputError, match="no winner"):
        life.apply_winner(holdout(store, 0.1), NOW)
    row.refresh_from_db()
    assert (row.status, row.winner) == ("running", None)


@pytest.mark.parametrize("status", list(Status))
def test_it_takes_no_step_that_leads_nowhere(store, status):
    row = experiment(store, status=status)
    allowed = {
        "start": {"draft"}, "pause": {"running"}, "resume": {"paused"},
        "stop": {"running", "paused"}, "apply_winner": {"running", "stopped"},
        "keep": {"watching"}, "take_back": {"watching", "applied"},
    }  # fmt: skip
    for verb, begins in allowed.items():
        row.status = status
        Experiment.objects.of(store).filter(pk=row.pk).update(status=status, phase=1)
        row.refresh_from_db()
        if status in begins:
            getattr(life, verb)(row, NOW)
        else:
            with pytest.raises(ConflictError):
                getattr(life, verb)(row, NOW)
        row.refresh_from_db()
        assert (row.status != status) == (status in begins)


def test_it_refuses_changes_of_who_sees_what(store):
    row = draft(store)
    life.refuse_changes(row, {"traffic", "metric", "name"})
    life.refuse_variant_changes(row, {"share"})
    life.start(row, NOW)
    life.refuse_changes(row, {"name", "hypothesis", "applies_winner"})
    with pytest.raises(ConflictError, match="metric, traffic"):
        life.refuse_changes(row, {"traffic", "metric", "name"})
    with pytest.raises(ConflictError, match="share"):
        life.refuse_variant_changes(row, {"share", "name"})


def test_it_gives_products_their_variant_at_the_start(store):
    for number in range(30):
        Product.objects.create(store=store, name=f"P{number}", slug=f"p{number}")
    row = draft(store, kind="price", place="price", unit="product")
    life.start(row, NOW)
    rows = Exposure.objects.of(store).filter(experiment=row)
    assert rows.count() == 30
    assert set(rows.values_list("variant__key", flat=True)) == {"a", "b"}


def test_it_says_how_much_of_a_layer_is_free(store):
    shelves = layer(store)
    life.start(draft(store, layer=shelves, traffic=0.7), NOW)
    with pytest.raises(ConflictError, match=r"30 % are free .* asks for 50 %"):
        life.start(draft(store, layer=shelves, traffic=0.5), NOW)
    row = life.start(draft(store, layer=shelves, traffic=0.3), NOW)
    assert (row.slot_from, row.slot_to) == (7000, 10000)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(st.floats(0.01, 0.6), st.integers(0, 5)), min_size=2, max_size=8
    )
)
def test_slots_of_a_layer_never_overlap(store, steps):
    shelves = layer(store, name=f"Layer {Experiment.objects.of(store).count()}")
    for traffic, ends in steps:
        with suppress(ConflictError):
            life.start(draft(store, layer=shelves, traffic=traffic), NOW)
        holding = Experiment.objects.of(store).filter(
            layer=shelves, status__in=OCCUPYING
        )
        held = sorted(holding.values_list("slot_from", "slot_to"))
        assert all(first[1] <= second[0] for first, second in pairwise(held))
        assert all(0 <= first < last <= SLOTS for first, last in held)
        if ends < holding.count():
            life.stop(holding.order_by("slot_from")[ends], NOW)
