"""Customers who seem to be one person, and those who do not."""

from __future__ import annotations

import pytest

from apps.shop.models import Address, Customer
from apps.sync.models import Finding
from apps.sync.services import check_quality
from tests.conftest import NOW


def people(store, *rows):
    return [Customer.objects.create(store=store, **row) for row in rows]


def said(store):
    check_quality.look(store, NOW)
    rows = Finding.objects.of(store).filter(gone_at=None).order_by("pk")
    return [(row.code, row.subject, row.text) for row in rows]


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("+49 170 123 45 67", "0170/1234567", True),
        ("+49 170 123 45 67", "+49 170 123 45 68", False),
        ("000", "000", False),
        ("", "", False),
    ],
)
def test_it_compares_phone_numbers(store, one, other, is_same):
    a, b = people(
        store,
        {"email": "a@mail.example", "phone": one},
        {"email": "b@mail.example", "phone": other},
    )
    text = (
        f"The customers with the numbers {a.pk} and {b.pk} have the same phone number."
    )
    found = [("customers.same_phone", f"customer:{a.pk}", text)]
    assert said(store) == found * is_same


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("lina.ray@gmail.com", "linaray+shop@googlemail.com", True),
        ("lina+1@outlook.com", "lina@outlook.com", True),
        ("lina.ray@outlook.com", "linaray@outlook.com", False),
        ("lina+1@maison.example", "lina@maison.example", False),
    ],
)
def test_it_compares_mailboxes(store, one, other, is_same):
    a, b = people(store, {"email": one}, {"email": other})
    text = (
        f"The customers with the numbers {a.pk} and {b.pk} have e-mail addresses of "
        "one mailbox."
    )
    found = [("customers.same_email", f"customer:{a.pk}", text)]
    assert said(store) == found * is_same


@pytest.mark.parametrize(
    ("first", "postcode", "is_same"),
    [("LINA", "10 115", True), ("Lina", "10117", False), ("Omar", "10115", False)],
)
def test_it_compares_names_and_postcodes(store, first, postcode, is_same):
    a, b = people(
        store,
        {"email": "a@mail.example", "first_name": "Lina", "last_name": "Ray"},
        {"email": "b@mail.example", "first_name": first, "last_name": "Ray"},
    )
    for row, place in ((a, "10115"), (b, postcode)):
        Address.objects.create(
            store=store, customer=row, country="DE", postcode=place, city="Berlin"
        )
    # Two homes of one person are no two people.
    Address.objects.create(
        store=store, customer=a, country="DE", postcode="10115", city="Mitte"
    )
    text = (
        f"The customers with the numbers {a.pk} and {b.pk} have the same name and "
        "postcode."
    )
    found = [("customers.same_name", f"customer:{a.pk}", text)]
    assert said(store) == found * is_same


def test_it_leaves_customers_who_were_merged_alone(store):
    a, b = people(
        store,
        {"email": "a@mail.example", "phone": "0170 1234567"},
        {"email": "b@mail.example", "phone": "0170 1234567"},
    )
    b.merged_into = a
    b.save()
    assert said(store) == []


def test_it_names_five_of_many(store):
    rows = people(
        store,
        *({"email": f"{n}@mail.example", "phone": "0170 1234567"} for n in range(7)),
    )
    first = ", ".join(str(row.pk) for row in rows[:4])
    text = (
        f"The customers with the numbers {first} and 3 more have the same phone number."
    )
    assert said(store) == [("customers.same_phone", f"customer:{rows[0].pk}", text)]


def test_it_writes_down_no_names_and_addresses(store):
    people(
        store,
        {"email": "lina.ray@gmail.com", "phone": "0170 1234567", "last_name": "Ray"},
        {"email": "linaray@gmail.com", "phone": "0170 1234567", "last_name": "Ray"},
    )
    assert {code for code, _, _ in said(store)} == {
        "customers.same_phone",
        "customers.same_email",
    }
    for finding in Finding.objects.of(store):
        kept = f"{finding.subject} {finding.text}".lower()
        assert not any(word in kept for word in ("ray", "gmail", "0170"))
