"""What somebody was shown before it was known who they are counts for the person."""

from __future__ import annotations

from datetime import timedelta

import pytest

from apps.events.services.people import undo
from apps.events.services.people.sweep import meet_exposed
from apps.experiments.models import Exposure
from apps.shop.models import Customer
from tests.events.people.conftest import after, event, last_change, link
from tests.experiments.made import experiment, exposed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("people")]


def owner_of(row):
    return Exposure.objects.get(pk=row.pk).customer


def person(store, woo_id=1):
    return Customer.objects.of(store).get(woo_id=woo_id)


def test_a_visitor_who_signs_in_takes_the_row_along(store):
    row = exposed(experiment(store), "visitor:v", "a", at=after(-60))
    other = exposed(experiment(store), "visitor:w", "a", at=after(-60))
    link(event(store, "v", 0, 1))
    assert owner_of(row) == person(store)
    assert owner_of(other) is None


def test_a_row_belongs_to_who_it_was_at_that_moment(store):
    before = exposed(experiment(store), "visitor:v", "a", at=after(-60))
    later = exposed(experiment(store), "visitor:v", "a", at=after(120))
    link(event(store, "v", 0, 1), event(store, "v", 100, 2))
    assert owner_of(before) == person(store, 1)
    assert owner_of(later) == person(store, 2)


def test_undoing_the_link_takes_the_row_away(store):
    row = exposed(experiment(store), "visitor:v", "a", at=after(-60))
    link(event(store, "v", 0, 1))
    undo.undo(last_change(store), None, after(10))
    assert owner_of(row) is None


def test_a_browser_known_before_is_found_by_the_next_look(store):
    link(event(store, "v", 0, 1))
    row = exposed(experiment(store), "visitor:v", "a", at=after(60))
    assert owner_of(row) is None
    assert meet_exposed(store, after(60) - timedelta(minutes=30)) == 1
    assert owner_of(row) == person(store)
    assert meet_exposed(store, after(60) - timedelta(minutes=30)) == 0


def test_another_store_s_visitor_of_the_same_name_is_nobody_here(store, other_store):
    row = exposed(experiment(other_store), "visitor:v", "a", at=after(-60))
    link(event(store, "v", 0, 1))
    assert owner_of(row) is None
