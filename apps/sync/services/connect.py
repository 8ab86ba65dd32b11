"""Connect a store to its shop: by approval in the shop, or with keys pasted here."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import transaction

from apps.accounts.models import Membership, Role, Store, User
from apps.accounts.services import audit, sealed
from apps.core.errors import ConflictError, InvalidInputError, UnknownError
from apps.sync.models import ConnectAttempt, Connection, Hook, Run
from apps.sync.services import notices, reach, runs, same_shop
from apps.sync.woo import facts as shop_facts
from apps.sync.woo.address import is_same_address, site_of, upgraded
from apps.sync.woo.errors import (
    CertificateInvalidError,
    KeysRefusedError,
    NotPermittedError,
    ShopError,
    ShopMovedError,
)
from apps.sync.woo.hasty import HastyClient, within

# Where the shop sends the keys, and then the merchant: relative to PUBLIC_URL.
CALLBACK, RETURN = "/connect/keys/", "/connect/back/"
ATTEMPT_LASTS = timedelta(minutes=30)
PERSON_WAITS = 20.0
KEY, SECRET = re.compile(r"ck_\w{8,100}"), re.compile(r"cs_\w{8,100}")
Status = Connection.Status
# Who writes no scheme is understood to mean https, which a shop on one's own computer
# seldom has: its certificate is not what must be mended.
NO_HTTPS = (
    "Your shop has no valid certificate at {}. If it has no https, as on your own "
    "computer, write http:// before the address."
)
# Their rows are no shop's: a sync would mix them with the shop's, and a proof would
# call every one of them a difference.
UNFIT = {
    Store.Platform.DEMO: "The demo shop cannot be connected. Open a store of your own for your shop.",
    Store.Platform.FILES: "This store lives on imported files and cannot be connected. Open another store for your shop.",
}


@dataclass(frozen=True)
class Keys:
    """Of one shop. Never printed: not by an error report, not by a log."""

    url: str
    key: str
    secret: str

    def __repr__(self) -> str:
        return f"Keys({self.url})"

    @property
    def ending(self) -> str:
        return self.key[-7:]


@dataclass(frozen=True)
class Visit:
    """What trying the keys told. `may_write` is None where the shop did not say."""

    keys: Keys
    facts: dict[str, Any]
    may_write: bool | None


def can_approve() -> bool:
    """WooCommerce hands keys over only to an https address."""
    return bool(settings.PUBLIC_URL.startswith("https://"))


def refuse_unfit(store: Store) -> None:
    if reason := unfit(store):
        raise ConflictError(reason)


def unfit(store: Store) -> str:
    """Why no shop may be connected to this store; empty where one may."""
    return UNFIT.get(Store.Platform(store.platform), "")


def begin(store: Store, url: str, person: User | None, at: datetime) -> str:
    """The page of the shop on which the merchant approves."""
    refuse_unfit(store)
    if not can_approve():
        raise InvalidInputError(
            "Your shop hands keys over only to an https address. Paste them instead."
        )
    site, state = site_of(url), secrets.token_urlsafe(32)
    ConnectAttempt.objects.create(
        store=store,
        state_digest=digest_of(state),
        url=site,
        started_by=person,
        expires_at=at + ATTEMPT_LASTS,
    )
    query = {
        "app_name": "LuxeBrain",
        "scope": "read_write",
        "user_id": state,
        "return_url": f"{settings.PUBLIC_URL}{RETURN}",
        "callback_url": f"{settings.PUBLIC_URL}{CALLBACK}",
    }
    return f"{site}/wc-auth/v1/authorize?{urlencode(query)}"


def receive_keys(body: dict[str, Any], at: datetime) -> Connection:
    """The shop's answer to an approval. Not signed: who knows the state is the shop.

    The keys are not tried here. WordPress waits for our answer while it approves, and
    a host with one worker could not answer our question; the first sync will ask.
    """
    attempts = ConnectAttempt.objects.across_stores()
    attempt = attempts.filter(
        state_digest=digest_of(str(body.get("user_id") or ""))
    ).first()
    if attempt is None or not may_connect(attempt.store, attempt.started_by):
        raise UnknownError("Nobody asked for these keys.")
    keys = keys_of(attempt.url, body.get("consumer_key"), body.get("consumer_secret"))
    with transaction.atomic():
        mine = attempts.filter(pk=attempt.pk, used_at=None, expires_at__gt=at)
        if not mine.update(used_at=at):
            raise UnknownError("Nobody asked for these keys.")
        may_write = body.get("key_permissions") in ("read_write", "write")
        is_unproven = not is_of(attempt.store, attempt.url) and has_copy(attempt.store)
        facts = {reach.UNPROVEN: True} if is_unproven else {}
        visit = Visit(keys, facts, may_write)
        return save(attempt.store, visit, attempt.started_by, at, how="approved")


def may_connect(store: Store, person: User | None) -> bool:
    """Who began may have left the team by now. None: somebody at the terminal."""
    if person is None or person.is_superuser:
        return person is None or person.is_active
    roles = Membership.objects.filter(store=store, user=person).values_list("role")
    return person.is_active and any(
        Role(role).reaches(Role.MANAGER) for (role,) in roles
    )


def has_copy(store: Store) -> bool:
    return same_shop.sample(store) is not None


def end_attempt(state: str, at: datetime) -> None:
    """The merchant said no in the shop: the state is worth nothing from here on."""
    ConnectAttempt.objects.across_stores().filter(
        state_digest=digest_of(state), used_at=None
    ).update(used_at=at)


def forget_attempts(at: datetime) -> int:
    """Of no use to anyone after a day."""
    old = ConnectAttempt.objects.across_stores().filter(
        expires_at__lt=at - timedelta(days=1)
    )
    return old.delete()[0]


def paste(
    store: Store, url: str, key: str, secret: str, *, person: User | None, at: datetime
) -> Connection:
    """Try the keys, then keep them. Raises ShopError where the shop does not agree,
    ConflictError where it is another one than the store's, or the store takes none."""
    refuse_unfit(store)
    site = site_of(url)
    keys = keys_of(site, key, secret)
    known = None if is_of(store, site) else same_shop.sample(store)
    try:
        visit = within(PERSON_WAITS, lambda: try_keys(keys, at, known))
    except CertificateInvalidError as error:
        if "://" in url:
            raise
        raise InvalidInputError(NO_HTTPS.format(site)) from error
    with transaction.atomic():
        connection = save(store, visit, person, at, how="pasted")
    reach.heed(connection, visit.facts)
    return connection


def keys_of(url: str, key: Any, secret: Any) -> Keys:
    key, secret = str(key or "").strip(), str(secret or "").strip()
    if not KEY.fullmatch(key) or not SECRET.fullmatch(secret):
        raise InvalidInputError(
            "The key begins with ck_ and the secret with cs_. Copy both whole."
        )
    return Keys(url, key, secret)


def is_of(store: Store, url: str) -> bool:
    """Whether the store is connected to this very address, and rightly so."""
    connection = Connection.objects.of(store).first()
    if connection is None or connection.facts.get(reach.UNPROVEN):
        return False
    return is_same_address(connection.url, url)


def try_keys(keys: Keys, at: datetime, known: same_shop.Sample | None) -> Visit:
    """Find the shop, read with the keys, and see whether they may write."""
    keys = follow(keys)
    client = client_of(keys)
    facts = shop_facts.ask(client, at)
    home = str(facts["home_url"])
    if home.startswith("https://") and keys.url.startswith("http://"):
        if is_same_address(home, keys.url):
            keys = Keys(f"https{keys.url[4:]}", keys.key, keys.secret)
            client = client_of(keys)
    client.get("orders", per_page=1, _fields="id")
    client.get("products", per_page=1, _fields="id")
    same_shop.refuse_another(client, known)
    return Visit(keys, facts, may_write(client))


def follow(keys: Keys) -> Keys:
    """By https rather than http, with or without www: as the shop itself redirects.

    The public index is asked, so that no key travels before the address is known.
    """
    for _ in range(3):
        stranger = client_of(Keys(keys.url, "", ""))
        try:
            stranger.index()
        except ShopMovedError as error:
            site = upgraded(keys.url, error.location)
            if site is None:
                raise
            keys = Keys(site, keys.key, keys.secret)
        except (KeysRefusedError, NotPermittedError):
            return keys
        else:
            return keys
    return keys


def may_write(client: HastyClient) -> bool | None:
    """A batch of nothing changes nothing, but needs the permission."""
    try:
        client.post("products/batch", {})
    except (KeysRefusedError, NotPermittedError):
        return False
    except ShopError:
        return None
    return True


def client_of(keys: Keys) -> HastyClient:
    return HastyClient(
        keys.url,
        keys.key,
        keys.secret,
        may_be_private=settings.SHOPS_MAY_BE_PRIVATE,
    )


def save(
    store: Store, visit: Visit, person: User | None, at: datetime, *, how: str
) -> Connection:
    """Keep the keys and queue the first sync. What was copied before stays.

    Webhooks are not made here but by the next look of the sentinel: a shop calls back
    while it makes one, and a server with a single process would wait for itself.
    """
    keys = visit.keys
    sealed_keys = sealed.seal(
        json.dumps({"key": keys.key, "secret": keys.secret}).encode()
    )
    known = Connection.objects.of(store).first()
    is_new_shop = known is None or not is_same_address(known.url, keys.url)
    fresh = new_hook_secrets() if is_new_shop else {}
    if is_new_shop:
        Hook.objects.of(store).delete()
    connection, _ = Connection.objects.update_or_create(
        store=store,
        defaults={
            "url": keys.url,
            "status": Status.MOVED if reach.UNPROVEN in visit.facts else Status.ACTIVE,
            "sealed_keys": sealed_keys,
            "key_ending": keys.ending,
            "may_write": visit.may_write,
            "facts": visit.facts,
            "connected_at": at,
            "failing_since_at": None,
            "error": "",
            **fresh,
        },
    )
    for code in reach.NOTICES:
        notices.close_notice(store, code, at)
    audit.record(
        "shop.connected",
        store=store,
        actor=person,
        subject=keys.url,
        detail={"how": how, "key_ending": keys.ending, "may_write": visit.may_write},
    )
    runs.ask(store, Run.Kind.FIRST, at)
    return connection


def new_hook_secrets() -> dict[str, Any]:
    """Hexadecimal: WooCommerce decodes & and the like in a secret before it signs."""
    return {
        "sealed_hook_secret": sealed.seal(secrets.token_hex(32).encode()),
        "hook_token": secrets.token_urlsafe(24),
    }


def digest_of(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()
