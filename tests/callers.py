"""Clients of the API who are already recognized: what a view does is the question."""

from __future__ import annotations

from rest_framework.test import APIClient

from apps.accounts.models import Membership, Role, Store, User
from apps.accounts.services.callers import PERSON, SECRET, Caller


def person(user: User) -> APIClient:
    """A member of one store's team."""
    member = Membership.objects.get(user=user)
    caller = Caller(member.store, PERSON, role=Role(member.role), user_id=user.pk)
    return as_caller(caller, user)


def server(store: Store, *scopes: str) -> APIClient:
    """The store's own server, with its secret key."""
    granted = frozenset(scopes or ("read", "write"))
    return as_caller(Caller(store, SECRET, scopes=granted, key_id=1))


def as_caller(caller: Caller, user: User | None = None) -> APIClient:
    client = APIClient()
    client.force_authenticate(user, caller)  # type: ignore[arg-type]
    return client
