"""Who works in a store, as what. A store always keeps an owner."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from apps.accounts.models import Membership, Role, Store, User
from apps.accounts.services import audit
from apps.core.errors import ConflictError, InvalidInputError


def add(store: Store, email: str, role: str, *, actor: User | None) -> Membership:
    """Add a person by e-mail. The edge mails someone new a link."""
    check_role(role)
    user = find_or_create(email)
    try:
        with transaction.atomic():
            membership = Membership.objects.create(user=user, store=store, role=role)
            note("team.added", membership, actor, {"role": role})
    except IntegrityError as error:
        raise ConflictError("This person is in the team already.") from error
    return membership


def find_or_create(email: str) -> User:
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise InvalidInputError("This is no e-mail address.") from error
    known = User.objects.filter(email=address).first()
    return known or User.objects.create_user(address)


def change_role(membership: Membership, role: str, *, actor: User | None) -> Membership:
    check_role(role)
    with transaction.atomic():
        keep_an_owner(membership, stays=role == Role.OWNER)
        before, membership.role = membership.role, role
        membership.save(update_fields=["role"])
        note("team.role_changed", membership, actor, {"from": before, "to": role})
    return membership


def remove(membership: Membership, *, actor: User | None) -> None:
    with transaction.atomic():
        keep_an_owner(membership, stays=False)
        note("team.removed", membership, actor, {"role": membership.role})
        membership.delete()


def keep_an_owner(membership: Membership, *, stays: bool) -> None:
    """The owners' rows are locked, so two who leave at once cannot both go."""
    owners = Membership.objects.filter(store=membership.store, role=Role.OWNER)
    others = [
        pk
        for pk in owners.select_for_update().order_by("pk").values_list("pk", flat=True)
        if pk != membership.pk
    ]
    if not stays and membership.role == Role.OWNER and not others:
        raise ConflictError("A store needs an owner: name another one first.")


def check_role(role: str) -> None:
    if role not in Role.values:
        raise InvalidInputError("A role is owner, manager or analyst.")


def note(
    action: str, membership: Membership, actor: User | None, detail: dict[str, str]
) -> None:
    audit.record(
        action,
        store=membership.store,
        actor=actor,
        subject=f"user:{membership.user_id}",
        detail=detail,
    )
