"""The store of an admin session."""

from __future__ import annotations

import pytest
from django.test import Client, RequestFactory

from apps.accounts.middleware import CurrentStoreMiddleware
from apps.accounts.models import AuditEntry, Membership, Role, Store, User
from apps.accounts.services import teams

pytestmark = pytest.mark.django_db


def seen(user, chosen=None, path="/admin/"):
    """The store and role that a page would work with."""
    request = RequestFactory().get(path)
    request.user, request.session = user, {"store_id": chosen}
    CurrentStoreMiddleware(lambda _: None)(request)
    return request.store, request.role


def switch(user, value, **options):
    client = Client(**options)
    client.force_login(user)
    answer = client.post("/switch-store/", {"store": value})
    return answer.status_code, client.session.get("store_id")


@pytest.fixture
def both(owner, other_store):
    """Owner of one store, analyst in the other."""
    Membership.objects.create(user=owner, store=other_store, role=Role.ANALYST)
    return owner


@pytest.fixture
def root(db):
    return User.objects.create_superuser("root@luxebrain.example", "x" * 12)


def test_one_begins_in_one_s_first_store(both, store):
    assert seen(both) == (store, Role.OWNER)


def test_the_choice_is_kept_with_the_role_there(both, other_store):
    assert switch(both, other_store.pk) == (302, other_store.pk)
    assert seen(both, other_store.pk) == (other_store, Role.ANALYST)


@pytest.mark.parametrize("value", ["", "x", "-1", "9" * 30, "²"])
def test_a_made_up_store_is_not_there(owner, value):
    assert switch(owner, value) == (404, None)


def test_a_foreign_store_is_not_there(owner, store, other_store):
    assert switch(owner, other_store.pk) == (404, None)
    assert seen(owner, other_store.pk) == (store, Role.OWNER)


def test_a_removed_member_is_out_with_the_next_request(both, store, other_store):
    teams.remove(Membership.objects.get(user=both, store=other_store), actor=None)
    assert seen(both, other_store.pk) == (store, Role.OWNER)


def test_a_closed_store_is_not_there(both, store, other_store):
    Store.objects.filter(pk=other_store.pk).update(status=Store.Status.CLOSED)
    assert seen(both, other_store.pk) == (store, Role.OWNER)


def test_whoever_is_in_no_team_sees_no_store(db):
    nobody = User.objects.create_user("nobody@mail.example", "x" * 12)
    assert seen(nobody) == (None, None)


def test_a_superuser_may_enter_any_store_and_leaves_a_trace(root, store, other_store):
    assert switch(root, other_store.pk) == (302, other_store.pk)
    assert seen(root, other_store.pk) == (other_store, Role.OWNER)
    entry = AuditEntry.objects.of(other_store).get()
    assert (entry.action, entry.actor) == ("store.entered", root)


def test_the_api_never_asks_the_session(owner):
    assert seen(owner, path="/api/v1/stores/") == (None, None)


def test_a_switch_needs_a_csrf_token(both, other_store):
    assert switch(both, other_store.pk, enforce_csrf_checks=True) == (403, None)


def test_a_stranger_is_sent_to_sign_in(store):
    answer = Client().post("/switch-store/", {"store": store.pk})
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/admin/login/")
