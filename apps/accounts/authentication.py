"""Three kinds of credential, three classes; none of them guesses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import quote

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import AuthenticationFailed, InvalidToken

from apps.accounts.models import Membership, Role, Store, User
from apps.accounts.services import origins, recognize
from apps.accounts.services.callers import PERSON, Caller
from apps.accounts.throttles import count_stranger


class SignedKeyAuthentication(BaseAuthentication):
    """A server's secret key: `LuxeBrain-Key: sk_…` and a signature."""

    def authenticate(self, request: Request) -> tuple[None, Caller] | None:
        if not request.headers.get("LuxeBrain-Key", "").startswith("sk_"):
            return None
        raw = request._request
        signed = recognize.SignedRequest(
            raw.method or "", raw_path(raw.META), raw.body, request.headers
        )
        try:
            return None, recognize.recognize_signed(signed, timezone.now())
        except recognize.NotRecognizedError:
            count_stranger(raw)
            raise

    def authenticate_header(self, request: Request) -> str:
        return "LuxeBrain-Signature"


class PublishableKeyAuthentication(BaseAuthentication):
    """A shopper's browser: `pk_…` in a header or in `?key=`, and an allowed Origin."""

    def authenticate(self, request: Request) -> tuple[None, Caller] | None:
        shown = request.headers.get("LuxeBrain-Key") or request.GET.get("key", "")
        if not shown.startswith("pk_"):
            return None
        origin = origins.page_of(request.META)
        try:
            caller = recognize.recognize_publishable(shown, origin, timezone.now())
        except recognize.NotRecognizedError:
            count_stranger(request._request)
            raise
        return None, caller


class StoreJWTAuthentication(JWTAuthentication):
    """A person's access token; the store comes from `LuxeBrain-Store`, or from an
    address that names one."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        try:
            found = super().authenticate(request)
        except (InvalidToken, AuthenticationFailed) as error:
            count_stranger(request._request)
            raise recognize.NotRecognizedError(
                "The token is not valid, or no longer."
            ) from error
        if found is None:
            return None
        user = cast(User, found[0])
        try:
            return user, caller_of(user, store_named_by(request))
        except NotFound:
            # Trying out names of stores is guessing, too.
            count_stranger(request._request)
            raise


def store_named_by(request: Request) -> str:
    in_path: dict[str, str] = (request.parser_context or {}).get("kwargs", {})
    return request.headers.get("LuxeBrain-Store") or in_path.get("store_slug", "")


def caller_of(user: User, slug: str) -> Caller:
    """The person in one store. Another store's slug is as unknown as a wrong one."""
    open_ones = user.memberships.select_related("store").exclude(
        store__status=Store.Status.CLOSED
    )
    if not slug:
        memberships = list(open_ones[:2])
        if len(memberships) != 1:
            return Caller(None, PERSON, user_id=user.pk)
        return as_caller(memberships[0])
    if not (found := open_ones.filter(store__slug=slug).first()):
        raise NotFound("There is no such store.")
    return as_caller(found)


def as_caller(membership: Membership) -> Caller:
    role = Role(membership.role)
    return Caller(membership.store, PERSON, role=role, user_id=membership.user_id)


def raw_path(meta: Mapping[str, Any]) -> str:
    """Path and query as they were sent.

    WSGI hands the path over unquoted, so servers that keep the original put it into
    RAW_URI or REQUEST_URI; otherwise it is quoted again.
    """
    raw = str(meta.get("RAW_URI") or meta.get("REQUEST_URI") or "")
    if raw.startswith("/"):
        return raw
    path = quote(
        str(meta.get("PATH_INFO", "")).encode("latin-1"), safe="/~!$&'()*+,;=:@"
    )
    query = str(meta.get("QUERY_STRING", ""))
    return f"{path}?{query}" if query else path
