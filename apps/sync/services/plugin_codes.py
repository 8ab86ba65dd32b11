"""Codes by which the shop's plugin connects itself: made here, used once."""

from __future__ import annotations

import base64
import json
import secrets
from datetime import datetime, timedelta

from django.conf import settings

from apps.accounts.models import Store, User
from apps.accounts.services import audit
from apps.core.errors import UnknownError
from apps.sync.models import PluginCode
from apps.sync.services import connect

LASTS = timedelta(minutes=30)
BEGINNING = "lbc1_"


def make(store: Store, person: User | None, at: datetime, *, site: str = "") -> str:
    """What the merchant pastes into the plugin, or takes there: where LuxeBrain is, and
    the code. With a site no other one may use it."""
    connect.refuse_unfit(store)
    code = secrets.token_urlsafe(32)
    PluginCode.objects.create(
        store=store,
        digest=connect.digest_of(code),
        site=site,
        made_by=person,
        expires_at=at + LASTS,
    )
    audit.record(
        "shop.code_made",
        store=store,
        actor=person,
        subject=site,
        detail={"minutes": int(LASTS.total_seconds() // 60)},
    )
    return written(settings.PUBLIC_URL, code)


def written(url: str, code: str) -> str:
    """Letters, digits, - and _: what a double click selects whole."""
    text = json.dumps({"url": url, "code": code}, separators=(",", ":"))
    return BEGINNING + base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def find(code: str, at: datetime) -> PluginCode:
    """A code that still works, of a person who still may."""
    codes = PluginCode.objects.across_stores().select_related("store", "made_by")
    found = codes.filter(
        digest=connect.digest_of(code), used_at=None, expires_at__gt=at
    ).first()
    if (
        found is None
        or found.store.status == Store.Status.CLOSED
        or not connect.may_connect(found.store, found.made_by)
    ):
        raise unknown()
    return found


def spend(code: PluginCode, at: datetime) -> None:
    """Of two at once one wins. Inside a transaction: what fails afterwards leaves the
    code as it was."""
    mine = PluginCode.objects.of(code.store).filter(pk=code.pk, used_at=None)
    if not mine.update(used_at=at):
        raise unknown()


def unknown() -> UnknownError:
    return UnknownError(
        "This code was used already, is older than 30 minutes, or is none of ours. "
        "Make a new one in LuxeBrain."
    )


def forget(at: datetime) -> int:
    """Of no use to anyone after a day."""
    old = PluginCode.objects.across_stores().filter(
        expires_at__lt=at - timedelta(days=1)
    )
    return old.delete()[0]
