"""Who may call a view. Nothing is open unless the view says so.

A view may declare, by method:

* `needs = {"POST": "events"}`: the scope that a secret key must have
  (`read` for GET, `write` for the rest);
* `roles = {"POST": Role.OWNER}`: the role that a person must have
  (analyst for GET, manager for the rest);
* `is_publishable = True`: shoppers' browsers may call it;
* `is_storeless = True`: it works without a store, as the list of one's stores does.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils import timezone
from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models import Role
from apps.accounts.models.keys import Scope
from apps.accounts.services import callers, idempotency
from apps.accounts.services.callers import Caller
from apps.accounts.throttles import count_stranger
from apps.core.errors import InvalidInputError, LuxeBrainError
from apps.core.rest import AnswerInsteadError

KEY_LENGTH = 200


class CallerMay(BasePermission):
    def has_permission(self, request: Request, view: Any) -> bool:
        caller = request.auth
        if not isinstance(caller, Caller):
            # DRF asks the throttles only after the permissions.
            count_stranger(request._request)
            raise NotAuthenticated
        is_allowed = may(caller, request.method or "", view)
        if not is_allowed:
            # Likewise: a flood of refused requests is a flood.
            view.check_throttles(request)
        return is_allowed


def may(caller: Caller, method: str, view: Any) -> bool:
    if caller.store is None:
        if getattr(view, "is_storeless", False):
            return True
        raise InvalidInputError("Name the store in the header LuxeBrain-Store.")
    match caller.kind:
        case callers.PUBLISHABLE:
            return bool(getattr(view, "is_publishable", False))
        case callers.SECRET:
            return needed_scope(method, view) in caller.scopes
    return caller.role is not None and caller.role.reaches(needed_role(method, view))


def needed_scope(method: str, view: Any) -> str:
    default = Scope.READ if method in SAFE_METHODS else Scope.WRITE
    return str(getattr(view, "needs", {}).get(method, default))


def needed_role(method: str, view: Any) -> Role:
    default = Role.ANALYST if method in SAFE_METHODS else Role.MANAGER
    return Role(getattr(view, "roles", {}).get(method, default))


class FirstTime(BasePermission):
    """With an Idempotency-Key, a write that was answered before is answered the same.

    It stands last among the permissions: the caller is known and may do this.
    `IdempotencyMiddleware` keeps the answer.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        key = request.headers.get("Idempotency-Key", "")
        caller = request.auth
        if not key or request.method in SAFE_METHODS:
            return True
        if not isinstance(caller, Caller) or caller.store is None:
            return True
        if caller.kind == callers.PUBLISHABLE:
            return True
        if len(key) > KEY_LENGTH or not key.isprintable():
            raise InvalidInputError("An Idempotency-Key has up to 200 characters.")
        raw = request._request
        digest = idempotency.digest(raw.method or "", raw.get_full_path(), raw.body)
        try:
            row, is_first = idempotency.claim(
                caller.store, caller.name, key, digest, timezone.now()
            )
        except LuxeBrainError:
            view.check_throttles(request)
            raise
        if not is_first:
            # DRF counts after the permissions, and would never count a repeat.
            view.check_throttles(request)
            raise AnswerInsteadError(repeated(row))
        raw.idempotent_row = row  # type: ignore[attr-defined]
        return True


def repeated(row: Any) -> Response:
    response = Response(status=row.status, headers={"Idempotent-Replayed": "true"})
    response.kept = (idempotency.kept_body(row), row.content_type)  # type: ignore[attr-defined]
    return response


class MayReadDocs(BasePermission):
    """The API's pages: open on one's own machine, for staff in production."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if settings.DEPLOYMENT != "production":
            return True
        # DRF puts None here for a stranger.
        user = getattr(request._request, "user", None)
        return bool(user and user.is_authenticated and user.is_staff)
