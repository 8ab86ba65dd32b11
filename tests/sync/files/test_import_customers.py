"""Customers from a file: registered by id, guests by e-mail."""

from __future__ import annotations

from apps.shop.models import Customer
from tests.sync.files.conftest import problems, take

HEAD = "id,email,first_name,last_name,phone\n"


def people(store):
    found = Customer.objects.of(store).order_by("email")
    return [(c.woo_id, c.email, c.first_name, c.is_guest) for c in found]


def test_it_takes_registered_customers_and_guests(atelier):
    row = take(
        atelier,
        "customers",
        HEAD + "5,Ada@Mail.example,Ada,Moreau,\n,ben@mail.example,Ben,,\n",
    )
    assert row.counts == {"created": 2}
    assert people(atelier) == [
        (5, "ada@mail.example", "Ada", False), (None, "ben@mail.example", "Ben", True),
    ]  # fmt: skip


def test_it_makes_a_guest_the_registered_customer_they_became(atelier):
    take(atelier, "customers", HEAD + ",ada@mail.example,Ada,,\n")
    row = take(atelier, "customers", HEAD + "5,ada@mail.example,Ada,,\n")
    assert row.counts == {"updated": 1}
    assert people(atelier) == [(5, "ada@mail.example", "Ada", False)]


def test_it_fills_in_what_is_not_known_of_a_guest(atelier):
    take(atelier, "customers", HEAD + ",ada@mail.example,Ada,,\n")
    row = take(atelier, "customers", HEAD + ",ada@mail.example,Eve,,+49 30 1\n")
    ada = Customer.objects.of(atelier).get()
    assert row.counts == {"updated": 1}
    assert (ada.first_name, ada.phone) == ("Ada", "+49 30 1")


def test_it_leaves_everything_as_it_is_the_second_time(atelier):
    text = HEAD + "5,ada@mail.example,Ada,,\n,ben@mail.example,Ben,,\n6,,Cleo,,\n"
    take(atelier, "customers", text)
    assert take(atelier, "customers", text).counts == {"unchanged": 3}


def test_it_keeps_the_address_of_whom_the_file_knows_by_id_only(atelier):
    take(atelier, "customers", HEAD + "5,ada@mail.example,Ada,,\n")
    take(atelier, "customers", "id,first_name\n5,Adele\n")
    assert people(atelier) == [(5, "ada@mail.example", "Adele", False)]


def test_it_refuses_who_has_neither_id_nor_address(atelier):
    row = take(atelier, "customers", HEAD + ",,Nobody,,\n5,not-an-address,Ada,,\n")
    assert row.counts == {"refused": 2}
    assert problems(row) == [
        (2, "email", "A customer needs an id or an e-mail address."),
        (3, "email", "“not-an-address” is no e-mail address."),
    ]
    assert not Customer.objects.of(atelier).exists()


def test_it_lets_one_address_belong_to_one_customer(atelier):
    text = HEAD + "5,ada@mail.example,Ada,,\n6,ADA@mail.example,Eve,,\n"
    row = take(atelier, "customers", text)
    assert row.counts == {"created": 1, "refused": 1}
    assert problems(row) == [
        (2, "id", "The same comes again in line 3, and that one counts.")
    ]
    assert take(atelier, "customers", text).counts == {"unchanged": 1, "refused": 1}


def test_it_reads_arabic_names(atelier):
    take(atelier, "customers", HEAD + "5,lina@mail.example,لينا,الحسن,\n")
    lina = Customer.objects.of(atelier).get()
    assert (lina.first_name, lina.last_name) == ("لينا", "الحسن")


def test_it_brings_back_what_was_guarded_against_formulas(atelier):
    take(atelier, "customers", HEAD + "5,ada@mail.example,'=1+1,'+49,'-x\n")
    ada = Customer.objects.of(atelier).get()
    assert (ada.first_name, ada.last_name, ada.phone) == ("=1+1", "+49", "-x")
