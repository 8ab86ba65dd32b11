from __future__ import annotations

import pytest

from apps.events.models import Evidence, IdentityChange, Link, Sighting
from apps.events.services.people.timeline import MOST_CUSTOMERS, MOST_VISITORS
from tests.events.people.conftest import (
    act,
    after,
    changes,
    event,
    frame,
    last_change,
    link,
    spells,
    visit,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("people")]


def test_a_named_customer_is_who_the_visitor_is(store):
    link(event(store, "v", 0, 1))
    assert spells(store) == [(1, None)]
    assert changes(store) == [("linked", "v", 1, "seen")]


def test_the_ledger_says_which_event_said_so(store):
    first, second = event(store, "v", 0, 1, "login"), event(store, "v", 1, 1)
    link(second)
    link(first)
    assert last_change(store).event_id.hex == second["id"]
    row = Link.objects.of(store).get()
    assert (row.evidence, row.first_at, row.last_at) == (
        Evidence.LOGIN,
        after(0),
        after(1),
    )


def test_nobody_is_linked_without_a_name_or_a_visitor(store):
    link(event(store, "v", 0), event(store, "", 0, 1), event(store, "w", 0, 999))
    assert not Link.objects.of(store).exists()


def test_another_store_s_customer_of_the_same_number_is_not_linked(store, other_store):
    link(event(other_store, "v", 0, 1))
    assert not Link.objects.of(other_store).exists()
    assert not Link.objects.of(store).exists()


def test_one_frame_of_two_stores_links_each_in_its_own(store, other_store):
    link(event(other_store, "v", 0, 1), event(store, "v", 0, 2))
    assert spells(store) == [(2, None)]
    assert not Link.objects.of(other_store).exists()


def test_what_was_before_the_first_sign_in_belongs_to_who_signed_in(store, product):
    row, session = act(store, product, "v", -500), visit(store, "v", -500)
    link(event(store, "v", 0, 1))
    row.refresh_from_db()
    session.refresh_from_db()
    assert (row.customer.woo_id, session.customer.woo_id) == (1, 1)


def test_on_a_shared_device_rows_belong_to_who_signed_in_last(store, product):
    rows = [act(store, product, "v", minute) for minute in (-10, 5, 10, 65, 70, 200)]
    link(event(store, "v", 0, 1), event(store, "v", 10, 2), event(store, "v", 70, 1))
    assert spells(store) == [(1, 10), (2, 70), (1, None)]
    for row in rows:
        row.refresh_from_db()
    assert [row.customer.woo_id for row in rows] == [1, 1, 2, 2, 1, 1]


def test_a_late_first_sign_in_takes_what_was_before(store, product):
    row = act(store, product, "v", -10)
    link(event(store, "v", 0, 1))
    link(event(store, "v", -5, 2))
    row.refresh_from_db()
    assert row.customer.woo_id == 2
    assert spells(store) == [(2, 0), (1, None)]


def test_new_rows_of_a_known_visitor_find_their_customer(store, product):
    link(event(store, "v", 0, 1))
    row, session = act(store, product, "v", 30), visit(store, "v", 30)
    link(event(store, "v", 30))
    row.refresh_from_db()
    session.refresh_from_db()
    assert (row.customer.woo_id, session.customer.woo_id) == (1, 1)


def test_a_mail_links_who_is_nobody_yet(store):
    link(event(store, "v", 0, 1, "message_clicked"))
    assert spells(store) == [(1, None)]


def test_a_forwarded_mail_takes_nobody_s_browser(store):
    link(event(store, "v", 0, 1))
    link(event(store, "v", 5, 2, "message_clicked"))
    assert spells(store) == [(1, None)]


def test_who_signs_in_outweighs_a_mail(store):
    link(event(store, "v", 0, 1, "message_clicked"))
    link(event(store, "v", 5, 2))
    assert spells(store) == [(2, None)]
    assert changes(store)[1:] == [
        ("linked", "v", 2, "seen"),
        ("parted", "v", 1, "outweighed"),
    ]


def test_of_two_mails_the_first_reader_counts(store):
    link(event(store, "v", 5, 2, "message_clicked"))
    link(event(store, "v", 0, 1, "message_clicked"))
    assert spells(store) == [(1, None)]


@pytest.mark.parametrize("kind", ["message_sent", "message_opened"])
def test_who_was_written_to_is_not_who_reads(store, kind):
    link(event(store, "v", 0, 1, kind))
    assert spells(store) == []


def test_a_kiosk_is_nobody(store, product):
    row = act(store, product, "v", 0)
    for number in range(1, MOST_CUSTOMERS + 1):
        link(event(store, "v", number, number))
    assert spells(store)[-1] == (MOST_CUSTOMERS, None)
    link(event(store, "v", 99, MOST_CUSTOMERS + 1))
    row.refresh_from_db()
    assert (spells(store), row.customer) == ([], None)
    parted = IdentityChange.objects.of(store).filter(kind="parted", reason="shared")
    assert parted.count() == MOST_CUSTOMERS


def test_a_token_on_too_many_browsers_is_nobody_s(store):
    link(*(event(store, f"v{n}", n, 1) for n in range(MOST_VISITORS)))
    assert Link.objects.of(store).count() == MOST_VISITORS
    link(event(store, "v99", 99, 1))
    assert not Link.objects.of(store).exists()
    # The next day it counts again.
    link(event(store, "v99", 24 * 60, 1))
    assert spells(store, "v99") == [(1, None)]


def test_the_same_frame_again_changes_nothing(store):
    events = (
        event(store, "v", 0, 1),
        event(store, "v", 90, 2),
        event(store, "w", 0, 1),
    )
    link(*events)
    before = (changes(store), list(Sighting.objects.of(store).values()))
    link(*events)
    assert (changes(store), list(Sighting.objects.of(store).values())) == before


def test_seen_again_is_no_change(store):
    link(event(store, "v", 0, 1))
    link(event(store, "v", 5, 1), event(store, "v", 500, 1))
    assert len(changes(store)) == 1
    assert Link.objects.of(store).get().last_at == after(500)


def test_a_sender_who_makes_up_customers_fills_no_table(store):
    link(*(event(store, "v", 0, number) for number in range(1, 1000)))
    link(*(event(store, "v", 61, number) for number in range(1000, 2000)))
    assert Sighting.objects.of(store).count() == 300


def test_an_empty_frame_asks_nothing(store, django_assert_num_queries):
    with django_assert_num_queries(0):
        link()


def test_a_frame_of_strangers_asks_little(store, django_assert_num_queries):
    events = [event(store, f"v{n}", n) for n in range(1000)]
    with django_assert_num_queries(2):
        link(*events)


def test_what_is_no_json_links_nobody(store):
    link(event(store, "v", 0, kind="order", properties="{", value=1.0))
    assert len(frame()) == 0
    assert spells(store) == []
