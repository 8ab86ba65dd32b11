"""Whatever comes in whatever order: the same people, and each change undone exactly."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.accounts.models import Store
from apps.events.models import IdentityChange, Interaction, Link, Session
from apps.events.services.people.link import link_from
from apps.events.services.people.timeline import MOST_VISITORS, Spell, Timeline
from apps.events.services.people.undo import undo
from apps.events.services.people.who import customers_of
from apps.shop.models import Customer, Product
from apps.shop.services import merge
from tests.conftest import NOW
from tests.events.people.conftest import after, event, frame

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
few = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
LATER = NOW + timedelta(days=60)
numbers = count(1)
CUSTOMERS, VISITORS = range(1, 8), ("v", "w", "x")
MINUTES = st.integers(-4000, 4000)
KINDS = st.sampled_from(["page_view", "login", "message_clicked"])
sightings = st.tuples(
    st.sampled_from(VISITORS), MINUTES, st.sampled_from(CUSTOMERS), KINDS
)
# One day, one token on too many browsers.
crowds = st.tuples(st.integers(-2, 2), st.sampled_from(CUSTOMERS)).map(
    lambda said: [
        (f"{'vwx'[n] if n < 3 else n}", said[0] * 1440, said[1], "page_view")
        for n in range(MOST_VISITORS + 1)
    ]
)
histories = st.lists(sightings, max_size=25)


class Shop:
    """A store with customers, and rows of rollups over all the time."""

    def __init__(self):
        self.number = next(numbers)
        self.store = Store.objects.create(slug=f"s{self.number}", name="S")
        Customer.objects.bulk_create(
            Customer(store=self.store, woo_id=n, email=f"{n}@x.yz") for n in CUSTOMERS
        )
        self.people = {row.woo_id: row for row in Customer.objects.of(self.store)}
        product = Product.objects.create(store=self.store, woo_id=1, name="Dress")
        spots = [(v, m) for m in range(-4100, 4200, 977) for v in VISITORS]
        Interaction.objects.bulk_create(
            Interaction(
                id=f"{self.number:08x}-0000-0000-0000-{place:012x}",
                store=self.store,
                visitor=visitor,
                product=product,
                type="product_view",
                at=after(minute),
            )
            for place, (visitor, minute) in enumerate(spots)
        )
        Session.objects.bulk_create(
            Session(
                store=self.store,
                key=f"{visitor}{minute}",
                visitor=visitor,
                started_at=after(minute),
                last_at=after(minute),
            )
            for visitor, minute in spots
        )

    def see(self, said, at=NOW):
        link_from(frame(*(event(self.store, *row) for row in said)), at)

    def state(self):
        links = Link.objects.of(self.store).order_by("visitor", "first_at", "customer")
        return (
            list(
                links.values_list(
                    "visitor", "customer__woo_id", "evidence", "first_at", "last_at",
                    "ended_at",
                )
            ),
            self.owners(Interaction),
            self.owners(Session),
        )  # fmt: skip

    def owners(self, model):
        rows = model.objects.of(self.store).order_by("pk")
        return list(rows.values_list("customer__woo_id", flat=True))

    def linked(self):
        rows = IdentityChange.objects.of(self.store).filter(kind="linked")
        return list(rows.order_by("pk"))


def cut(rows, draw):
    """In parts, some of them twice."""
    while rows:
        size = draw(st.integers(1, len(rows)))
        yield rows[:size]
        if draw(st.booleans()):
            yield rows[:size]
        rows = rows[size:]


@few
@given(st.data(), histories, st.none() | crowds)
def test_the_order_of_arrival_changes_nothing(db, data, said, crowd):
    said = said + (crowd or [])
    one, other = Shop(), Shop()
    one.see(said)
    for part in cut(data.draw(st.permutations(said)), data.draw):
        other.see(part)
    assert other.state() == one.state()


@few
@given(st.data(), histories, st.none() | crowds)
def test_each_change_is_undone_as_if_it_had_never_been(db, data, said, crowd):
    said = said + (crowd or [])
    one, other = Shop(), Shop()
    for part in cut(data.draw(st.permutations(said)), data.draw):
        one.see(part)
    before = one.state()
    changes = one.linked()
    if not changes:
        return
    change = data.draw(st.sampled_from(changes))
    entry = undo(change, None, LATER)
    gone = (change.visitor, change.customer.woo_id)
    other.see([row for row in said if (row[0], row[2]) != gone])
    assert one.state() == other.state()
    undo(entry, None, LATER)
    assert one.state() == before


@few
@given(st.data(), histories)
def test_changes_are_undone_in_any_order(db, data, said):
    one, empty = Shop(), Shop()
    for part in cut(data.draw(st.permutations(said)), data.draw):
        one.see(part)
    before = one.state()
    entries = [
        undo(change, None, LATER) for change in data.draw(st.permutations(one.linked()))
    ]
    undone_all = one.state()
    for entry in data.draw(st.permutations(entries)):
        undo(entry, None, LATER)
    assert one.state() == before
    # What never was a link, such as a second reader of a mail, may be one now.
    if len({(row[0], row[2]) for row in said}) == len(entries):
        assert undone_all == empty.state()


@few
@given(st.data(), histories, st.lists(st.permutations(CUSTOMERS), max_size=3))
def test_merging_customers_and_parting_them_moves_nothing(db, data, said, pairs):
    one, other = Shop(), Shop()
    other.see(said)
    merges = []
    parts = list(cut(said, data.draw))
    for kept, absorbed, *_ in pairs:
        if parts:
            one.see(parts.pop(0))
        rows = [one.people[n] for n in (kept, absorbed)]
        for row in rows:
            row.refresh_from_db()
        if all(row.merged_into_id is None for row in rows):
            merges.append(merge.merge(*rows, at=NOW, reason="same phone"))
    for part in parts:
        one.see(part)
    assert one.state() == other.state()
    alone = customers_of(other.store, VISITORS)
    for row in one.people.values():
        row.refresh_from_db()
    now = {row.pk: row.merged_into_id or row.pk for row in one.people.values()}
    of_woo = {row.woo_id: row.pk for row in one.people.values()}
    woo_of = {row.pk: row.woo_id for row in other.people.values()}
    assert customers_of(one.store, VISITORS) == {
        visitor: now[of_woo[woo_of[customer]]] for visitor, customer in alone.items()
    }
    for merged in reversed(merges):
        merge.undo(merged, at=NOW)
    assert {v: one.people[woo_of[c]].pk for v, c in alone.items()} == customers_of(
        one.store, VISITORS
    )


@few
@given(histories)
def test_rows_belong_to_whom_the_timeline_says(db, said):
    shop = Shop()
    shop.see(said)
    lines = {}
    for row in Link.objects.of(shop.store).order_by("first_at", "customer"):
        spell = Spell(row.customer_id, row.evidence, row.first_at, row.last_at)
        lines.setdefault(row.visitor, []).append(spell)
    for row in Interaction.objects.of(shop.store):
        line = Timeline(tuple(lines.get(row.visitor, ())))
        assert row.customer_id == line.customer_at(row.at)
