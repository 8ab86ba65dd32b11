"""What every engine promises."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from apps.events.models import EventBatch
from apps.events.services.engines.base import FRAME, Count, FunnelStep
from tests.events.engines.said import DAY, at, keep, row, whole_day

HALF_HOUR = timedelta(minutes=30)


def test_it_gives_back_what_it_was_given(engine, store):
    order = row(
        at(hours=9, milliseconds=123), "order", name="a", visitor="Zoë's \\ 'v'",
        session="s\t2", customer=42, product=7, variant=8, quantity=2,
        value=1_234_567_890_123_456, currency="EUR",
        properties='{"order":9,"coupon":"l\'été \\\\ \\n"}'.encode(),
        context=b'{"url":"https://shop.example/?q={a:String}"}',
    )  # fmt: skip
    keep(engine, store, order)
    frame = whole_day(engine, store)
    assert dict(frame.schema) == FRAME
    [found] = frame.to_dicts()
    assert json.loads(found.pop("properties")) == json.loads(order.properties)
    assert json.loads(found.pop("context")) == json.loads(order.context)
    assert found == {
        "id": order.id.hex(),
        "store_id": store.pk,
        "batch_id": EventBatch.objects.get().pk,
        "at": datetime(2026, 5, 4, 9, 0, 0, 123_000, tzinfo=UTC),
        "type": "order",
        "visitor": "Zoë's \\ 'v'",
        "session": "s\t2",
        "customer_woo_id": 42,
        "product_woo_id": 7,
        "variant_woo_id": 8,
        "quantity": 2,
        "value": 123_456_789_012.3456,
        "currency": "EUR",
    }


def test_it_gives_back_what_was_not_said(engine, store):
    keep(engine, store, row(visitor="", session=""))
    [found] = whole_day(engine, store).to_dicts()
    empty = {name: value for name, value in found.items() if value in {None, "", "{}"}}
    assert empty == {
        "visitor": "", "session": "", "customer_woo_id": None, "product_woo_id": None,
        "variant_woo_id": None, "quantity": None, "value": None, "currency": "",
        "properties": "{}", "context": "{}",
    }  # fmt: skip


def test_it_reads_by_moment_and_type(engine, store, other_store):
    kept = [
        row(at(hours=3), "search"), row(at(hours=1), "login"), row(at(days=1), "login"),
        row(at(milliseconds=-1), "login"),
    ]  # fmt: skip
    keep(engine, store, *kept)
    keep(engine, other_store, row(at(hours=2), "login"))
    assert whole_day(engine, store)["type"].to_list() == ["login", "search"]
    assert whole_day(engine, store, types=["search"]).height == 1
    assert whole_day(engine, store, types=[]).height == 0
    assert whole_day(engine, store, types=["it's"]).height == 0


def test_it_orders_one_moment_by_id(engine, store):
    rows = [row(name=name) for name in "abcdef"]
    keep(engine, store, *rows)
    assert whole_day(engine, store)["id"].to_list() == sorted(r.id.hex() for r in rows)


def test_it_keeps_the_same_event_once(engine, store):
    first = row(name="a", visitor="first")
    keep(engine, store, first)
    keep(engine, store, first._replace(visitor="second"), row(name="b"))
    keep(engine, store, first, row(name="b"))
    found = whole_day(engine, store)
    assert sorted(found["visitor"]) == ["first", "v1"]
    assert [batch.count for batch in EventBatch.objects.order_by("pk")] == [1, 1]


def test_it_keeps_one_of_a_batch_that_repeats_itself(engine, store):
    twice = [row(name="a", visitor="first"), row(name="a", visitor="second")]
    engine.append([engine.prepare(store.pk, [twice[0]])] * 2, 2, DAY)
    keep(engine, store, row(name="b"), row(name="b"))
    assert whole_day(engine, store).height == 2
    assert [batch.count for batch in EventBatch.objects.order_by("pk")] == [1, 1]


def test_it_commits_several_requests_as_one_batch(engine, store, other_store):
    theirs = engine.prepare(other_store.pk, [row(name="c")])
    ours = engine.prepare(store.pk, [row(name="a"), row(name="b")])
    engine.append([ours, theirs], 3, at(hours=5))
    [batch] = EventBatch.objects.all()
    assert (batch.count, batch.received_at) == (3, at(hours=5))
    assert engine.of_batches([batch.pk])["store_id"].sort().to_list() == [
        store.pk, store.pk, other_store.pk
    ]  # fmt: skip


def test_it_tells_which_batch_brought_what(engine, store):
    keep(engine, store, row(name="a"))
    keep(engine, store, row(name="a"), row(name="b", kind="login"))
    first, second = EventBatch.objects.order_by("pk").values_list("pk", flat=True)
    assert engine.of_batches([first])["type"].to_list() == ["page_view"]
    assert engine.of_batches([second])["type"].to_list() == ["login"]
    assert engine.of_batches([second, first, 999_999]).height == 2
    assert engine.of_batches([]).height == 0


@pytest.mark.parametrize(
    ("grain", "moments"),
    [
        ("minute", [at(hours=1, minutes=1), at(hours=1, minutes=2)]),
        ("hour", [at(hours=1)]),
        ("day", [DAY]),
    ],
)
def test_it_counts_by_type_and_grain(engine, store, grain, moments):
    kept = [
        row(at(hours=1, minutes=minute, seconds=30), "order", value=value, currency=unit)
        for minute, value, unit in [
            (1, 10_5000, "EUR"), (2, 20_0000, "EUR"), (2, 5_0000, "USD"),
        ]
    ]  # fmt: skip
    keep(engine, store, *kept, row(at(hours=1, minutes=1), "login"))
    counted = engine.counts(store, DAY, at(days=1), grain)
    if len(moments) == 1:
        assert counted == [
            Count(moments[0], "login", 1, 0.0), Count(moments[0], "order", 3, 30.5)
        ]  # fmt: skip
    else:
        assert counted == [
            Count(moments[0], "login", 1, 0.0), Count(moments[0], "order", 1, 10.5),
            Count(moments[1], "order", 2, 20.0),
        ]  # fmt: skip


STEPS = ("product_view", "add_to_cart", "order")


def visit(session, *moves):
    return [row(at(minutes=minute), kind, session=session) for kind, minute in moves]


def test_it_follows_sessions_through_a_funnel(engine, store, other_store):
    kept = [
        *visit("buys", ("product_view", 0), ("add_to_cart", 5), ("order", 10)),
        *visit("backwards", ("order", 0), ("add_to_cart", 5), ("product_view", 10)),
        *visit("skips", ("product_view", 0), ("order", 10)),
        *visit("too late", ("product_view", 0), ("add_to_cart", 31)),
        *visit("just", ("product_view", 0), ("add_to_cart", 30), ("order", 31)),
        *visit("starts again", ("product_view", 0), ("product_view", 20),
               ("add_to_cart", 40), ("order", 50)),
        *visit("at once", ("order", 3), ("add_to_cart", 3), ("product_view", 3)),
        *visit("", ("product_view", 0), ("add_to_cart", 5), ("order", 10)),
        *visit("tomorrow", ("product_view", 1439), ("add_to_cart", 1440)),
    ]  # fmt: skip
    keep(engine, store, *kept)
    keep(engine, other_store, *visit("theirs", ("product_view", 0)))
    assert engine.funnel(store, STEPS, DAY, at(days=1), HALF_HOUR) == [
        FunnelStep("product_view", 8),
        FunnelStep("add_to_cart", 4),
        FunnelStep("order", 3),
    ]


def test_its_funnel_may_have_one_step_or_nobody(engine, store):
    keep(engine, store, row(kind="login"), row(kind="login"))
    assert engine.funnel(store, ["login"], DAY, at(days=1), HALF_HOUR) == [
        FunnelStep("login", 1)
    ]
    assert engine.funnel(store, STEPS, DAY, at(days=1), HALF_HOUR) == [
        FunnelStep(step, 0) for step in STEPS
    ]


@pytest.mark.parametrize("steps", [(), ("login", "order", "login")])
def test_its_funnel_refuses_steps_that_are_none(engine, store, steps):
    with pytest.raises(ValueError, match="differ from each other"):
        engine.funnel(store, steps, DAY, at(days=1), HALF_HOUR)


def test_it_forgets_people(engine, store, other_store):
    kept = [
        row(name="a", visitor="ada"), row(name="b", visitor="x", customer=5),
        row(name="c", visitor="ben", customer=6),
    ]  # fmt: skip
    keep(engine, store, *kept)
    keep(engine, other_store, row(name="d", visitor="ada"))
    assert engine.forget(store, [], []) == 0
    assert engine.forget(store, ["ada", "o'"], [5]) == 2
    assert whole_day(engine, store)["visitor"].to_list() == ["ben"]
    assert whole_day(engine, other_store).height == 1


def test_it_tells_people_part_by_part(engine, store, other_store):
    kept = [row(at(hours=n), name=f"e{n}", visitor="ada") for n in range(5)]
    mine = row(at(hours=9), name="f", visitor="x", customer=5, product=7)
    keep(engine, store, *kept, mine, row(name="z", visitor="ben"))
    keep(engine, other_store, row(name="d", visitor="ada"))
    whom = (["ada"], [5])

    first = engine.told(store, *whom, 4)
    rest = engine.told(store, *whom, 4, first[-1]["id"])

    ids = [one["id"] for one in [*first, *rest]]
    assert ids == sorted(one.id.hex() for one in [*kept, mine])
    assert len(first) == 4
    assert engine.told(store, *whom, 4, ids[-1]) == []
    assert engine.told(store, [], [], 4) == []
    [last] = [one for one in [*first, *rest] if one["visitor"] == "x"]
    assert (last["customer_woo_id"], last["product_woo_id"]) == (5, 7)
    assert isinstance(last["properties"], dict)
    assert isinstance(last["context"], dict)


def test_it_drops_what_is_old(engine, store, other_store):
    late_clock = row(at(days=3), name="b")._replace(at_ms=row(DAY).at_ms)
    kept = [row(at(hours=23), name="a"), late_clock, row(at(days=2), name="c")]
    keep(engine, store, *kept)
    keep(engine, other_store, row(name="d"))
    assert engine.expire(store, at(days=1)) == 1
    assert engine.expire(store, at(days=3)) == 2
    assert engine.between(store, at(days=-5), at(days=9)).height == 0
    assert whole_day(engine, other_store).height == 1
