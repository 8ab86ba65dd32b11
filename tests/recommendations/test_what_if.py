"""What would have happened: worked out from shelves that our own door served."""

from __future__ import annotations

import math
import random
import uuid
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from apps.core.errors import ConflictError, InvalidInputError
from apps.decisions.models import Outcome
from apps.decisions.services import log, outcomes
from apps.decisions.services.sentence import because
from apps.events.models import Interaction
from apps.recommendations.models import ShelfSettings, WhatIf
from apps.recommendations.services.answer import DECISION, answer
from apps.recommendations.services.answering.ask import Ask
from apps.recommendations.services.what_if import carry_out
from apps.recommendations.services.what_if.ask import Asker, Question, ask
from apps.recommendations.services.what_if.change import changed, words
from apps.shop.models import Product
from tests.conftest import NOW
from tests.recommendations.goods import product
from tests.recommendations.what_if_world import World, asked, forget_log

pytestmark = pytest.mark.django_db
NOT_TRIED = "too little of what this policy would do was ever tried."


def clicks(question):
    return question.result["clicks"]


def holds(estimate, truth):
    return estimate["low"] <= truth <= estimate["high"]


# Against a truth that is known


@pytest.mark.slow
@pytest.mark.parametrize(
    ("served", "change", "truly"),
    [
        ({}, {"exploration": 0.1}, {"exploration_share": 0.1}),
        ({}, {"exploration": 0.5}, {"exploration_share": 0.5}),
        ({"exploration_share": 0.5}, {"variety": 0.3}, {"variety": 0.3}),
        (
            {"variety": 0.4, "exploration_share": 0.1},
            {"exploration": 0.02},
            {"exploration_share": 0.02},
        ),
    ],
    ids=["less chance", "more chance", "variety", "with variety"],
)
def test_the_interval_holds_what_really_happens(store, served, change, truly):
    world = World(store, seed=3, **served)
    world.serve(3_000)
    found = clicks(asked(store, **change))
    assert found["doubts"] == []
    assert holds(found["estimates"]["dr"], world.truth(3_000, **truly))


@pytest.mark.slow
def test_preferring_is_told_as_it_would_be(store):
    """The truth: the same shelves with values as preferred, made by our own door."""
    world = World(store, seed=5, exploration_share=0.5)
    Product.objects.of(store).exclude(name="p1").update(brand="")
    Product.objects.of(store).filter(name="p1").update(brand="Velanne")
    world.serve(3_000)
    question = asked(store, prefer="brand", prefer_value="velanne", boost=0.5)
    found = clicks(question)
    assert found["doubts"] == []
    # p1 stands second, worth 10/11: half as much again makes it the first.
    shelf_of_night = world.shelf
    picks = shelf_of_night.picks
    shelf_of_night.picks = [picks[1], picks[0], *picks[2:]]
    shelf_of_night.save()
    assert holds(found["estimates"]["dr"], world.truth(3_000))


@pytest.mark.slow
def test_a_model_makes_estimates_no_worse(store):
    """Root of mean squares over six logs: doubly robust beside weights alone."""
    world = World(store, seed=7)
    logs = []
    for seed in range(6):
        world.chance = random.Random(100 + seed)
        world.serve(700)
        logs.append(clicks(asked(store, exploration=0.5))["estimates"])
        forget_log(store)
    truth = world.truth(4_000, exploration_share=0.5)

    def error(name):
        return math.sqrt(sum((one[name]["value"] - truth) ** 2 for one in logs) / 6)

    assert error("dr") <= error("ips")


def test_a_policy_that_was_never_tried_is_not_judged(store):
    World(store, exploration_share=0.0).serve(200)
    question = asked(store, exploration=0.5)
    assert clicks(question)["doubts"][0] == "never_tried"
    assert question.sentence.endswith(f"Nobody can say: {NOT_TRIED}")


def test_a_policy_that_was_hardly_tried_is_not_judged(store):
    World(store, exploration_share=0.02).serve(300)
    question = asked(store, prefer="brand", prefer_value="Velanne", boost=3)
    assert question.sentence.endswith(f"Nobody can say: {NOT_TRIED}")


def test_the_same_policy_earned_what_it_earned(store):
    """A brand that nobody sells: all weights are 1, though variety counts."""
    World(store, variety=0.5).serve(300)
    found = clicks(asked(store, prefer="brand", prefer_value="Nobody", boost=1))
    observed = found["observed"]["value"]
    assert found["estimates"]["ips"]["value"] == pytest.approx(observed, abs=1e-9)
    assert found["estimates"]["ips"]["largest_weight"] == pytest.approx(1.0)
    assert holds(found["lift"], 0)


def test_shelves_are_filled_in_thought_as_they_are_in_truth(store):
    """Asked for the variety that was on, every chance comes out as it was logged: of
    products alike by category, brand and color, with chance stepping in."""
    world = World(store, variety=0.4, exploration_share=0.2)
    for n, one in enumerate(world.goods):
        one.variants.update(color="red" if n % 4 else "blue")
    world.serve(200)
    found = clicks(asked(store, variety=0.4))["estimates"]["ips"]
    assert found["effective_size"] == pytest.approx(200)
    assert found["largest_weight"] == pytest.approx(1.0)


def test_settings_that_changed_since_do_not_matter(store):
    """The log tells who was the best by the settings of then, and who was not."""
    World(store, variety=0.0, exploration_share=0.3).serve(200)
    ShelfSettings.objects.of(store).update(variety=0.9, exploration_share=0.0)
    found = clicks(asked(store, exploration=0.3))["estimates"]["ips"]
    assert found["effective_size"] == pytest.approx(200)
    assert found["largest_weight"] == pytest.approx(1.0)


def test_the_sentence_claims_no_more_than_is_known(store):
    World(store).serve(600)
    found = asked(store, exploration=0.25)
    now = 100 * clicks(found)["observed"]["value"]
    then = clicks(found)["estimates"]["dr"]
    assert found.sentence == (
        f"In 30 days your shelves were clicked {now:.1f} times in 100. With this change "
        f"it would have been between {100 * then['low']:.1f} and "
        f"{100 * then['high']:.1f}: no difference that is known."
    )


# What is read


def test_an_empty_log_says_so(store):
    question = asked(store, exploration=0.1)
    assert question.status == WhatIf.Status.DONE
    assert question.sentence == (
        "Nobody can say: no shelf was filled by values and chance in these days."
    )
    assert question.result["read"] == 0


def test_another_store_s_shelves_never_count(store, other_store):
    World(other_store).serve(30)
    World(store).serve(10)
    assert asked(store, exploration=0.1).result["shelves"] == 10
    forget_log(store)
    assert asked(store, exploration=0.1).result["shelves"] == 0


def test_only_the_days_that_are_asked_for_count(store):
    world = World(store)
    world.serve(5, since=timedelta(days=9))
    world.serve(7, since=timedelta(days=2))
    assert asked(store, days=3, exploration=0.1).result["shelves"] == 7
    assert asked(store, days=30, exploration=0.1).result["shelves"] == 12


def test_shelves_in_the_order_of_time_and_other_kinds_are_left_out(store):
    world = World(store)
    at = NOW - timedelta(days=1)
    for kind in ("trending", "new", "recent", "personal"):
        answer(store, Ask(kind=kind, visitor="v1", limit=2), at, world.chance)
    assert asked(store, exploration=0.1).result["shelves"] == 2
    assert asked(store, kind="personal", exploration=0.1).result["shelves"] == 1


def test_people_without_picks_are_left_out(store):
    World(store).serve(3)
    at = NOW - timedelta(days=1)
    keep(store, [[1, 1.0], [2, 0.5]], [1], [0.9], at, reason="holdout")
    keep(store, [[1, 1.0], [2, 0.5]], [1], [0.9], at)
    assert asked(store, exploration=0.1).result["shelves"] == 4


def keep(store, candidates, shown, chances, at, *, reason="popular", subject="nobody"):
    """A shelf as the log may hold it."""
    places = [
        {"product": one, "source": "trending", "propensity": chance}
        for one, chance in zip(shown, chances, strict=True)
    ]
    return log.log(
        store, DECISION, subject, candidates=candidates, reason=because(reason), at=at,
        chosen={"kind": "trending", "products": shown, "places": places},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("candidates", "shown", "chances"),
    [
        ([[1, 1.0]], [2], [0.5]),
        ([[1, 1.0]], [1], [0.0]),
        ([[1, 1.0], [1, 0.5]], [1], [1.0]),
        ([[1, 1.0], [2, 0.5]], [1, 1], [1.0, 1.0]),
        ([["x", 1.0]], [1], [1.0]),
        ([], [], []),
    ],
)
def test_what_is_no_sound_shelf_is_left_out(store, candidates, shown, chances):
    keep(store, candidates, shown, chances, NOW - timedelta(days=1))
    question = asked(store, exploration=0.1)
    assert (question.status, question.result["shelves"]) == ("done", 0)
    assert question.result["read"] == 1


@pytest.mark.parametrize(
    "change",
    [
        {"exploration": 0.2},
        {"variety": 0.6},
        {"prefer": "cheaper", "prefer_value": 60},
        {"prefer": "newer", "prefer_value": 30, "boost": -0.5},
        {"prefer": "margin", "prefer_value": 10},
        {"prefer": "sale"},
        {"is_popular_first": True},
    ],
    ids=str,
)
def test_products_that_were_deleted_since_do_no_harm(store, change):
    world = World(store, variety=0.2)
    world.serve(150)
    Product.objects.of(store).filter(pk=world.goods[0].pk).delete()
    Product.objects.of(store).filter(pk=world.goods[1].pk).update(deleted_at=NOW)
    question = asked(store, **change)
    assert (question.status, question.result["shelves"]) == ("done", 150)
    assert clicks(question)["observed"]["value"] > 0


def test_strangers_are_not_one_person(store):
    at = NOW - timedelta(days=1)
    for n in range(4):
        keep(store, [[1, 1.0], [2, 0.5]], [1], [0.95], at + timedelta(minutes=n))
    for _ in range(3):
        keep(store, [[1, 1.0]], [1], [1.0], at, subject="visitor:v1")
    result = asked(store, exploration=0.1).result
    assert (result["shelves"], result["people"]) == (7, 5)


def test_orders_count_for_the_place_of_what_was_ordered(store):
    a, b = product(store, "a"), product(store, "b")
    at = NOW - timedelta(days=1)
    candidates = [[a.pk, 1.0], [b.pk, 0.5]]
    decision = keep(store, candidates, [a.pk, b.pk], [0.75, 1.0], at)
    bought = Interaction.objects.create(
        id=uuid.uuid4(), store=store, visitor="v1", product=b, type="order", at=at
    )
    for kind, source in [
        (Outcome.Kind.CLICK, f"product:{a.pk}:e1"),
        (Outcome.Kind.CLICK, f"product:{b.pk}:e2"),
        (Outcome.Kind.ORDER, f"interaction:{bought.pk}"),
        (Outcome.Kind.ORDER, f"interaction:{uuid.uuid4()}"),
        (Outcome.Kind.CLICK, "elsewhere"),
    ]:
        outcomes.join((store, decision.pk), kind, source, at)
    result = asked(store, exploration=0.1).result
    assert result["clicks"]["observed"]["value"] == 2
    assert result["orders"]["observed"]["value"] == 2


def test_a_list_is_left_out_where_the_log_names_lists(store):
    at = NOW - timedelta(days=1)
    told = [[1, 1.0, "trending"], [2, 0.5, "personal"], [3, 0.4, "personal"]]
    # A half of places by chance: 1 and then 2 are the best ones; 2 and 3 came by chance.
    for n in range(150):
        whose = f"visitor:{n}"
        if n % 2:
            decision = keep(store, told, [2, 3], [1 / 6, 1 / 4], at, subject=whose)
            join(store, decision, 2, at)
        else:
            keep(store, told, [1, 2], [2 / 3, 3 / 4], at, subject=whose)
    keep(store, [[1, 1.0], [2, 0.5]], [1], [0.75], at)
    question = asked(store, without="trending")
    assert (question.result["shelves"], question.result["unknown"]) == (150, 1)
    found = clicks(question)["estimates"]["ips"]
    # Without it 2 stands first 3 times in 4, and 3 next: nothing else is left to try.
    assert found["largest_weight"] == pytest.approx(0.75 / (1 / 6) * 1 / (1 / 4))
    assert found["value"] == pytest.approx(0.75 / (1 / 6) / 2)


def test_what_is_served_now_names_its_lists(store):
    World(store).serve(5)
    question = asked(store, without="trending")
    assert (question.result["shelves"], question.result["unknown"]) == (5, 0)


def join(store, decision, pick, at):
    source = f"product:{pick}:{decision.pk}"
    outcomes.join((store, decision.pk), Outcome.Kind.CLICK, source, at)


def test_where_the_log_names_no_lists_leaving_one_out_is_not_judged(store):
    for n in range(5):
        old = [[1, 1.0], [2, 0.5]]
        at = NOW - timedelta(days=1)
        keep(store, old, [1], [0.75], at, subject=f"visitor:{n}")
    question = asked(store, without="trending")
    assert question.sentence.startswith("Nobody can say yet: the log of these days")


def test_a_long_log_is_cut_and_says_so(store, monkeypatch):
    from apps.recommendations.services.what_if import gather, read

    monkeypatch.setattr(read, "AT_ONCE", 10)
    monkeypatch.setattr(gather, "MOST_SHELVES", 25)
    world = World(store)
    world.serve(60, since=timedelta(days=20))
    world.serve(30, since=timedelta(days=4))
    question = asked(store, exploration=0.1)
    result = question.result
    assert (result["shelves"], result["is_cut"]) == (30, True)
    # Of the days whose shelves were weighed, not of the thirty that were asked for.
    assert question.sentence.startswith("In 4 days your shelves were clicked")


def test_parts_of_the_log_add_up(store, monkeypatch):
    """However it is read: shelves of other lengths stand in other parts."""
    world = World(store)
    at = NOW - timedelta(days=3)
    for limit in (2, 12, 5):
        for n in range(20):
            asks = Ask(kind="trending", visitor=f"v{n}", limit=limit)
            answer(store, asks, at + timedelta(minutes=n), world.chance)
    world.serve(40)
    whole = clicks(asked(store, exploration=0.1))
    from apps.recommendations.services.what_if import read

    monkeypatch.setattr(read, "AT_ONCE", 7)
    parts = clicks(asked(store, exploration=0.1))
    for name in ("ips", "snips", "clipped"):
        assert parts["estimates"][name]["value"] == pytest.approx(
            whole["estimates"][name]["value"], rel=1e-9
        )
    assert parts["untried"] == whole["untried"]


# Asking and answering


def test_what_is_no_change_is_refused():
    for said, says in [
        ({}, "Say what would be different."),
        ([], "A change is an object with fields."),
        ({"color": "red"}, "Nobody knows what this means: color."),
        ({"exploration": 0.6}, "exploration: from 0 to 0.5."),
        ({"exploration": float("nan")}, "exploration: from 0 to 0.5."),
        ({"exploration": True}, "exploration: a number is expected."),
        ({"without": ["trending"]}, "without: one of"),
        ({"prefer": "cheaper"}, "Say how much"),
        ({"prefer": "brand", "prefer_value": "  "}, "Say which brand"),
        ({"prefer": "sale", "boost": 0}, "A boost of 0 changes nothing."),
        ({"prefer": "sale", "is_popular_first": True}, "Either popular products"),
    ]:
        with pytest.raises(InvalidInputError, match=says):
            changed(said)


def test_a_change_is_told_in_words():
    said = {"exploration": 0.1, "prefer": "margin", "prefer_value": 40, "boost": -0.25}
    assert words(changed(said)) == (
        "10 % of places by chance; less of products with a margin of 40 % or more (-25 %)"
    )
    assert changed(changed(said).as_json()) == changed(said)


def question_of(store, at=NOW):
    return ask(store, Question(changed({"exploration": 0.1})), Asker("a test"), at)


def test_five_questions_may_wait(store):
    for _ in range(5):
        question_of(store)
    with pytest.raises(ConflictError, match="5 questions wait"):
        question_of(store)


def test_of_two_workers_one_answers(store):
    question_of(store)
    assert carry_out.claim_next(NOW) is not None
    assert carry_out.claim_next(NOW) is None


def test_a_dead_worker_s_question_is_taken_over_and_it_writes_nothing(store):
    question_of(store)
    dead = carry_out.claim_next(NOW)
    later = NOW + timedelta(hours=2)
    assert carry_out.answer_waiting(lambda: later) == 1
    carry_out.finish(dead, later, sentence="From the grave.")
    row = WhatIf.objects.of(store).get()
    assert (row.status, row.finished_at) == ("done", later)
    assert row.sentence.startswith("Nobody can say")


def test_a_closed_store_s_questions_wait(store):
    question_of(store)
    store.status = store.Status.PAUSED
    store.save()
    assert carry_out.answer_waiting(lambda: NOW) == 0


def test_a_question_that_breaks_keeps_no_other_one_waiting(store):
    broken, sound = question_of(store), question_of(store)
    WhatIf.objects.of(store).filter(pk=broken.pk).update(policy={"later": "version"})
    assert carry_out.answer_waiting(lambda: NOW) == 2
    broken.refresh_from_db()
    sound.refresh_from_db()
    assert (broken.status, sound.status) == ("failed", "done")
    assert broken.error == "Nobody knows what this means: later."


# The command


def test_the_command_asks_and_answers(store, capsys):
    call_command("what_if", store="maison", exploration=0.1, days=30)
    told = capsys.readouterr().out
    assert "10 % of places by chance" in told
    assert "Nobody can say: no shelf was filled" in told
    assert WhatIf.objects.of(store).get().asked_by_label == "command line"


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"store": "nobody"}, "no store with this short name"),
        ({"store": "maison"}, "Say what would be different"),
        ({"store": "maison", "prefer": "cheaper=much"}, "A number is expected: much"),
        ({"store": "maison", "exploration": 0.1, "days": 0}, "From 1 to 365 days"),
    ],
)
def test_the_command_refuses_in_words(store, options, says):
    with pytest.raises(CommandError, match=says):
        call_command("what_if", **options)
    assert not WhatIf.objects.of(store).exists()
