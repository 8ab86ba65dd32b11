from __future__ import annotations

import gzip
import json

import msgspec
import numpy as np
import pytest

from apps.demo.simulator import behaviour, eventlog, truth
from apps.demo.simulator.assortment import KINDS, SLUGS
from apps.demo.simulator.messages import WINDOW
from apps.demo.simulator.prices import NONE
from apps.demo.simulator.stock import LOST
from apps.events.services.schema import AnyEvent
from tests.demo.elasticity import estimate
from tests.demo.worlds import world


def test_it_peaks_before_eid_in_abayas_and_dresses():
    """Compared with the weeks around, by units per day that people wanted."""
    w = world()
    modest = [SLUGS.index("abayas-kaftans"), SLUGS.index("dresses")]
    wanted = units_per_day(w, modest)
    eid = w.plan.day(
        w.calendar.eids[-2 if w.plan.day(w.calendar.eids[-1]) > w.plan.days else -1]
    )
    before, far = wanted[eid - 14 : eid - 2].mean(), wanted[eid - 60 : eid - 30].mean()
    assert before > 1.4 * far


def units_per_day(w, categories):
    category = w.catalogue.category[w.catalogue.variant_product[w.wishes.line_variant]]
    day = w.wishes.day[w.wishes.line_order]
    mine = np.isin(category, categories)
    return np.bincount(day[mine], w.wishes.line_quantity[mine], w.plan.horizon)


def test_it_knows_eid_by_the_hijri_calendar():
    eids = [str(day) for day in world().calendar.eids]
    assert {"2025-03-30", "2025-06-06", "2026-03-20", "2026-05-27"} <= set(eids)


def test_it_sells_coats_in_winter_and_linen_in_summer():
    w = world()
    coats = units_per_day(w, [SLUGS.index("coats-jackets")])
    cold = w.calendar.warmth < -0.7
    warm = w.calendar.warmth > 0.7
    assert coats[cold].mean() > 1.5 * coats[warm].mean()


def test_it_buys_more_at_lower_prices_by_the_true_elasticity():
    w = world()
    effective = truth.effective_elasticity(w)
    weight = np.bincount(w.catalogue.category, minlength=len(KINDS))
    found, truly = estimate(w), np.average(effective, weights=weight)
    assert found == pytest.approx(truly, rel=0.25)


def test_it_loses_sales_when_stock_runs_out():
    w = world()
    past = w.wishes.day[w.wishes.line_order] < w.plan.days
    lost = (w.shelves.sold[past] == LOST).mean()
    assert 0.02 < lost < 0.2


def test_it_lowers_prices_only_where_a_promotion_stands():
    prices = world().prices
    assert ((prices.price < prices.regular) == (prices.promotion != NONE)).all()


def test_it_moves_treated_customers_more_than_the_holdout():
    """Orders in the days after a message, over all campaigns."""
    w = world()
    counts = np.zeros((len(w.arrival), w.plan.horizon))
    repeat = ~w.wishes.is_first
    np.add.at(counts, (w.wishes.customer[repeat], w.wishes.day[repeat]), 1)
    after = np.stack([counts[:, d : d + WINDOW].sum(axis=1) for d in w.campaigns.day])
    treated = after[w.campaigns.treated].mean()
    held = after[w.campaigns.eligible & ~w.campaigns.treated].mean()
    assert 1.05 < treated / held < 1.8


def test_it_keeps_five_types_apart_by_their_orders():
    w = world()
    orders = np.bincount(w.books.customer, minlength=len(w.arrival))
    mean = [orders[w.people.kind == kind].mean() for kind in range(5)]
    assert mean[0] > mean[1] > mean[2] > mean[3]


def test_it_returns_what_does_not_fit():
    w = world()
    misfit = w.wishes.line_misfit[w.books.line_wish]
    back = w.books.refund_line >= 0
    assert misfit[back].mean() > 1.15 * misfit[~back].mean()


def test_it_writes_events_in_order_with_ids_of_their_moment(tmp_path):
    w = world(products=24, customers=200, months=4)
    sessions, events = behaviour.watch(w)
    path = tmp_path / "events.jsonl.gz"
    count = eventlog.write(w, sessions, events, w.people.is_guest, path)
    rows = [
        json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()
    ]
    assert len(rows) == count == len({row["id"] for row in rows})
    assert rows == sorted(rows, key=lambda row: row["at"][:19])
    assert {row["type"] for row in rows} <= set(behaviour.TYPES)


def test_its_events_are_what_events_track_takes(tmp_path):
    w = world(products=24, customers=200, months=4)
    sessions, events = behaviour.watch(w)
    path = tmp_path / "events.jsonl.gz"
    eventlog.write(w, sessions, events, w.people.is_guest, path)
    found = msgspec.json.Decoder(AnyEvent)
    # Unknown fields would be left out in silence.
    for line in gzip.decompress(path.read_bytes()).splitlines():
        event = found.decode(line)
        assert set(json.loads(line)) - {"type"} <= set(event.__struct_fields__)


def test_it_tells_the_truth_again(tmp_path):
    w = world(products=24, customers=200, months=4)
    sessions, _ = behaviour.watch(w)
    truth.save(w, sessions, tmp_path)
    arrays, notes = truth.load(tmp_path)
    assert (arrays["customer_type"] == w.people.kind).all()
    assert notes["plan"]["until"] == "2026-06-01"
    assert arrays["demand_units"].sum() == w.wishes.line_quantity.sum()
