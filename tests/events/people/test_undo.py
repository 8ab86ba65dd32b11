from __future__ import annotations

import pytest

from apps.core.errors import ConflictError
from apps.events.models import IdentityChange
from apps.events.services.people.timeline import MOST_CUSTOMERS, MOST_VISITORS
from apps.events.services.people.undo import undo
from tests.events.people.conftest import (
    act,
    after,
    changes,
    event,
    last_change,
    link,
    spells,
    state,
    visit,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("people")]
LATER = after(60 * 24 * 10)


@pytest.fixture
def rows(store, product):
    for minute in (-10, 3, 8, 20, 90):
        act(store, product, "v", minute)
        visit(store, "v", minute)


def test_it_is_as_before(store, rows):
    link(event(store, "v", 0, 1))
    before = state(store)
    link(event(store, "v", 10, 2), event(store, "v", 80, 1))
    undo(last_change(store, customer__woo_id=2), None, LATER)
    # The first customer was seen once more, that is all.
    link_alone = state(store)
    assert spells(store) == [(1, None)]
    assert link_alone[1:] == before[1:]


def test_an_undone_first_link_leaves_nobody(store, rows):
    before = state(store)
    link(event(store, "v", 0, 1))
    assert state(store) != before
    undo(last_change(store), None, LATER)
    assert state(store) == before


def test_what_came_between_stays(store, rows):
    link(event(store, "v", 0, 1))
    first = last_change(store)
    link(event(store, "v", 10, 2), event(store, "w", 0, 1))
    undo(first, None, LATER)
    assert (spells(store), spells(store, "w")) == ([(2, None)], [(1, None)])


def test_late_events_of_what_was_undone_do_not_link_again(store):
    link(event(store, "v", 0, 1))
    undo(last_change(store), None, after(60))
    link(event(store, "v", 30, 1), event(store, "v", 60, 1))
    assert spells(store) == []


def test_who_signs_in_again_afterwards_is_linked_again(store):
    link(event(store, "v", 0, 1))
    undo(last_change(store), None, after(60))
    link(event(store, "v", 61, 1))
    assert spells(store) == [(1, None)]
    assert [kind for kind, *_ in changes(store)] == ["linked", "undone", "linked"]


def test_it_is_undone_once(store, owner):
    link(event(store, "v", 0, 1))
    change = last_change(store)
    entry = undo(change, owner, LATER)
    assert (entry.actor, entry.made_at, entry.undoes) == (owner, LATER, change)
    with pytest.raises(ConflictError, match="already"):
        undo(change, owner, LATER)


def test_an_undoing_can_be_undone_and_that_too(store, rows):
    nobody = state(store)
    link(event(store, "v", 0, 1))
    linked = state(store)
    entry = last_change(store)
    for expected in (nobody, linked, nobody, linked):
        entry = undo(entry, None, LATER)
        assert state(store) == expected


def test_what_followed_from_another_change_is_not_undone_itself(store):
    link(event(store, "v", 0, 1, "message_clicked"))
    link(event(store, "v", 5, 2))
    with pytest.raises(ConflictError, match="another change"):
        undo(last_change(store, kind="parted"), None, LATER)


def test_an_undone_sign_in_gives_the_reader_of_the_mail_back(store, rows):
    link(event(store, "v", 0, 1, "message_clicked"))
    before = state(store)
    link(event(store, "v", 5, 2))
    undo(last_change(store, kind="linked"), None, LATER)
    assert state(store) == before


def test_one_undone_of_too_many_makes_the_others_count_again(store, rows):
    link(*(event(store, "v", n, n) for n in range(1, MOST_CUSTOMERS + 1)))
    before = state(store)
    fifth = last_change(store, customer__woo_id=5)
    link(event(store, "v", 99, MOST_CUSTOMERS + 1))
    assert spells(store) == []
    undo(fifth, None, LATER)
    assert spells(store)[-1] == (MOST_CUSTOMERS + 1, None)
    undo(last_change(store, customer__woo_id=MOST_CUSTOMERS + 1), None, LATER)
    undo(last_change(store, kind="undone", customer__woo_id=5), None, LATER)
    assert state(store) == before


def test_one_undone_of_a_crowd_makes_the_others_count_again(store):
    link(*(event(store, f"v{n}", n, 1) for n in range(MOST_VISITORS + 1)))
    assert spells(store, "v0") == []
    link(event(store, "v0", 24 * 60, 1))
    undo(last_change(store, "v0"), None, LATER)
    assert spells(store, "v0") == []
    assert spells(store, "v1") == [(1, None)]


def test_the_ledger_says_what_moved(store, rows):
    link(event(store, "v", 0, 1))
    moved = IdentityChange.objects.of(store).get().moved
    customer = last_change(store).customer_id
    assert moved == {"before": [], "after": [customer], "rows": 10}
