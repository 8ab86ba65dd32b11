from __future__ import annotations

from datetime import timedelta

import pytest

from apps.core.errors import InvalidInputError
from apps.shop.models import Customer, CustomerMerge, Order
from apps.shop.services import merge
from apps.shop.services.customers import find_or_create, record
from apps.shop.services.recount import recount
from apps.shop.services.remove import remove
from apps.shop.services.upsert import Outcome
from tests.at_once import at_once
from tests.conftest import NOW
from tests.shop.conftest import make_order

pytestmark = pytest.mark.django_db


def send(store, email, woo_id=5, minutes=0, **values):
    at = NOW + timedelta(minutes=minutes)
    return record(store, woo_id, at, {"email": email, **values})


def emails(store):
    return {c.woo_id: c.email for c in Customer.objects.of(store).exclude(woo_id=None)}


def test_a_guest_becomes_a_customer(store):
    person, is_new = find_or_create(store, " Eve@Mail.Example", {"first_name": "Eve"})
    assert (is_new, person.email, person.is_guest) == (True, "eve@mail.example", True)


def test_letter_case_makes_no_second_person(store, ada):
    assert find_or_create(store, "ADA@mail.EXAMPLE") == (ada, False)


def test_a_new_customer_is_created(store):
    person, outcome = send(store, "Eve@mail.example", first_name="Eve")
    assert (outcome, person.email, person.is_guest) == (
        Outcome.CREATED,
        "eve@mail.example",
        False,
    )


def test_another_store_has_its_own_people(other_store, ada):
    assert find_or_create(other_store, ada.email)[1]


def test_nobody_is_known_by_no_address(store):
    with pytest.raises(InvalidInputError):
        find_or_create(store, "  ")
    assert not Customer.objects.of(store).exists()


def test_what_a_checkout_says_fills_but_changes_nothing(ada, store):
    find_or_create(store, ada.email, {"first_name": "Eva", "phone": "555"})
    ada.refresh_from_db()
    assert (ada.first_name, ada.phone) == ("Ada", "555")


def test_someone_who_left_comes_back(store, ada):
    Customer.objects.of(store).update(deleted_at=NOW)
    find_or_create(store, ada.email)
    ada.refresh_from_db()
    assert ada.deleted_at is None


def test_trap_6_a_guest_who_registers_is_the_same_row(store, ada):
    make_order(store, customer=ada)
    person, outcome = send(store, "Ada@Mail.example", first_name="Ada")
    assert (person.pk, outcome) == (ada.pk, Outcome.UPDATED)
    assert (person.woo_id, person.is_guest) == (5, False)
    assert person.orders.count() == 1


def test_trap_6_a_changed_address_keeps_the_row(store):
    before, _ = send(store, "ada@mail.example")
    after, _ = send(store, "ada@new.example", minutes=1)
    assert (after.pk, after.email) == (before.pk, "ada@new.example")


def test_trap_6_the_guest_whose_address_is_taken_is_the_same_person(store):
    guest, _ = find_or_create(store, "ada@new.example")
    order = make_order(store, customer=guest)
    send(store, "ada@mail.example")
    person, _ = send(store, "ada@new.example", minutes=1)
    order.refresh_from_db()
    assert order.customer == person
    assert list(Customer.objects.of(store).live()) == [person]
    assert find_or_create(store, "ada@new.example")[0] == person


def test_trap_6_that_merge_is_reversible(store):
    guest, _ = find_or_create(store, "ada@new.example")
    make_order(store, customer=guest)
    send(store, "ada@mail.example")
    person, _ = send(store, "ada@new.example", minutes=1)
    merge.undo(CustomerMerge.objects.of(store).get(), at=NOW)
    assert Customer.objects.of(store).live().count() == 2
    assert Order.objects.of(store).get().customer == guest
    person.refresh_from_db()
    assert (person.email, person.last_ordered_at) == ("ada@new.example", None)


def test_an_older_payload_takes_no_address(store):
    send(store, "ada@mail.example", minutes=5)
    guest, _ = find_or_create(store, "ada@old.example")
    assert send(store, "ada@old.example")[1] == Outcome.STALE
    guest.refresh_from_db()
    assert (guest.email, guest.merged_into) == ("ada@old.example", None)


@pytest.mark.parametrize("is_swapped", [False, True])
def test_an_address_that_moved_on_follows_the_newer_payload(store, is_swapped):
    send(store, "one@mail.example", woo_id=1)
    payloads = [("new@mail.example", 1, 1), ("one@mail.example", 2, 2)]
    for email, woo_id, minutes in reversed(payloads) if is_swapped else payloads:
        send(store, email, woo_id=woo_id, minutes=minutes)
    assert emails(store) == {1: "new@mail.example", 2: "one@mail.example"}


def test_a_late_payload_does_not_take_an_address_back(store):
    send(store, "b@mail.example", woo_id=2, minutes=5)
    send(store, "b@mail.example", woo_id=1, minutes=3)
    assert emails(store) == {1: "", 2: "b@mail.example"}


def test_customers_without_an_address_are_different_people(store):
    send(store, "", woo_id=1)
    send(store, "", woo_id=2)
    assert Customer.objects.of(store).count() == 2


def test_first_and_last_order_count_only_what_earned(store, ada):
    for days, status in ((-9, "cancelled"), (-5, "completed"), (-2, "shipped")):
        make_order(
            store, customer=ada, status=status, placed_at=NOW + timedelta(days=days)
        )
    recount(ada)
    ada.refresh_from_db()
    assert ada.first_ordered_at == NOW - timedelta(days=5)
    assert ada.last_ordered_at == NOW - timedelta(days=2)


def test_a_deleted_order_no_longer_dates_its_customer(store, ada):
    make_order(store, customer=ada, woo_id=9)
    recount(ada)
    remove(Order, store, 9, NOW + timedelta(minutes=1))
    ada.refresh_from_db()
    assert (ada.first_ordered_at, ada.last_ordered_at) == (None, None)


def test_who_was_merged_registers_under_the_old_address(store, ada, dov):
    merge.merge(ada, dov, at=NOW, reason="same phone")
    person, _ = send(store, dov.email)
    assert (person.pk, person.email) == (ada.pk, "dov@mail.example")
    assert find_or_create(store, "dov@mail.example") == (person, False)


def test_a_registered_customer_takes_the_address_of_one_merged_before(store, ada, dov):
    merge.merge(ada, dov, at=NOW, reason="same phone")
    send(store, "eve@mail.example")
    person, _ = send(store, dov.email, minutes=1)
    assert emails(store) == {5: "dov@mail.example"}
    assert person.pk not in (ada.pk, dov.pk)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_person_met_by_many_at_once_is_one_row(store):
    def meet(is_order):
        if is_order:
            find_or_create(store, "eve@mail.example")
        else:
            send(store, "Eve@mail.example")

    assert at_once(*[meet] * 8, rows=[True, False] * 4) == ["won"] * 8
    assert emails(store) == {5: "eve@mail.example"}
    assert Customer.objects.of(store).live().count() == 1
