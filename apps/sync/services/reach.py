"""How a shop is reached, whether it answers, and what it says about itself."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Case, F, Q, Value, When

from apps.accounts.models import Store
from apps.accounts.services import sealed
from apps.sync.models import Connection
from apps.sync.services import same_shop
from apps.sync.services.notices import close_notice, open_notice
from apps.sync.woo import facts as shop_facts
from apps.sync.woo.address import is_same_address
from apps.sync.woo.advice import plain
from apps.sync.woo.client import Client
from apps.sync.woo.errors import (
    AnotherShopError,
    KeysRefusedError,
    RequestRefusedError,
    ShopError,
    ThingMissingError,
)
from apps.sync.woo.hasty import HastyClient

Status = Connection.Status
REFUSED, UNREACHABLE, MOVED = "shop.keys_refused", "shop.unreachable", "shop.moved"
ANOTHER, CURRENCY = "shop.another", "shop.currency"
# What is over when another shop, or the same one anew, is connected.
NOTICES = (REFUSED, UNREACHABLE, MOVED, ANOTHER, CURRENCY)
# Among the facts of a shop that was approved under a new address, until it has shown
# that it is the one that was copied: till then it counts as moved.
UNPROVEN = "is_unproven"
# A host that restarts is back by then: nobody need hear of it.
QUIET_FOR = timedelta(minutes=15)
LONGEST_ERROR = 300


def client_of(connection: Connection) -> Client:
    """For workers: waits and tries again where that may help."""
    return Client(
        connection.url,
        *keys_of(connection),
        may_be_private=settings.SHOPS_MAY_BE_PRIVATE,
    )


def hasty_client_of(connection: Connection) -> HastyClient:
    """For pages: one try, so that the person learns soon."""
    return HastyClient(
        connection.url,
        *keys_of(connection),
        may_be_private=settings.SHOPS_MAY_BE_PRIVATE,
    )


def keys_of(connection: Connection) -> tuple[str, str]:
    keys = json.loads(sealed.unseal(bytes(connection.sealed_keys)))
    return keys["key"], keys["secret"]


def note_success(connection: Connection, at: datetime) -> None:
    """The shop answered, with these keys. What was wrong with it is over."""
    row = Connection.objects.of(connection.store).filter(pk=connection.pk)
    row.filter(Q(reached_at=None) | Q(reached_at__lt=at)).update(reached_at=at)
    healed = row.filter(failing_since_at__lte=at).update(
        failing_since_at=None,
        error="",
        status=Case(
            When(
                status__in=(Status.FAILING, Status.REFUSED), then=Value(Status.ACTIVE)
            ),
            default=F("status"),
        ),
    )
    reread(connection)
    if healed:
        close_notice(connection.store, UNREACHABLE, at)
        close_notice(connection.store, REFUSED, at)


def note_failure(connection: Connection, error: ShopError, at: datetime) -> None:
    """The shop did not do what was asked.

    What concerns one request only (a missing order, a refused value) says nothing
    about the connection and is left to its caller.
    """
    if isinstance(error, ThingMissingError | RequestRefusedError):
        return
    row = Connection.objects.of(connection.store).filter(pk=connection.pk)
    if isinstance(error, AnotherShopError):
        row.update(status=Status.PAUSED, error=error.message[:LONGEST_ERROR])
        open_notice(connection.store, ANOTHER, plain(error), at)
        reread(connection)
        return
    row.filter(failing_since_at=None).update(failing_since_at=at)
    row.update(error=error.message[:LONGEST_ERROR])
    if isinstance(error, KeysRefusedError):
        row.exclude(status=Status.PAUSED).update(status=Status.REFUSED)
    else:
        row.filter(status=Status.ACTIVE).update(status=Status.FAILING)
    reread(connection)
    tell(connection, error, at)


def tell(connection: Connection, error: ShopError, at: datetime) -> None:
    since = connection.failing_since_at
    if isinstance(error, KeysRefusedError):
        open_notice(connection.store, REFUSED, plain(error), at)
    elif since and (not error.can_heal or at - since >= QUIET_FOR):
        open_notice(connection.store, UNREACHABLE, plain(error), at)


def knock(connection: Connection, at: datetime) -> bool:
    """One read, to see whether a shop that refused or failed answers again."""
    try:
        hasty_client_of(connection).get("orders", per_page=1, _fields="id")
    except ShopError as error:
        note_failure(connection, error, at)
        return False
    note_success(connection, at)
    return True


def learn_facts(connection: Connection, client: Client, at: datetime) -> dict[str, Any]:
    """Ask the shop about itself and keep what it says, also if it is a copy of it."""
    if connection.facts.get(UNPROVEN):
        known = same_shop.sample(connection.store)
        if known is not None and not same_shop.is_known(client, known):
            raise AnotherShopError(same_shop.REFUSAL)
    facts = shop_facts.ask(client, at)
    Connection.objects.of(connection.store).filter(pk=connection.pk).update(facts=facts)
    connection.facts = facts
    heed(connection, facts)
    return facts


def heed(connection: Connection, facts: dict[str, Any]) -> None:
    """What follows from what a shop says about itself."""
    is_same_shop(connection, facts)
    store, at = connection.store, datetime.fromisoformat(str(facts["learned_at"]))
    theirs = other_currency(store, facts)
    if not theirs:
        close_notice(store, CURRENCY, at)
        return
    open_notice(
        store,
        CURRENCY,
        f"Your shop sells in {theirs}, but this store is kept in {store.currency}. Its "
        "orders are copied, but no sum counts them. Open a store in LuxeBrain whose "
        f"currency is {theirs}, and connect the shop there.",
        at,
    )


def other_currency(store: Store, facts: dict[str, Any]) -> str:
    """The shop's, where it tells one and that is not the store's."""
    theirs = str(facts.get("currency") or "")
    return "" if theirs == store.currency else theirs


def ask_home(connection: Connection, client: Client, at: datetime) -> bool | None:
    """Whether it is still the shop: facts are hours old, and a copy, which answers with
    the same keys, is soon made. None where the shop does not say."""
    home = shop_facts.part(shop_facts.ask_index(client).data).get("home")
    if not home:
        return None
    facts = {"home_url": str(home), "learned_at": at.isoformat()}
    return is_same_shop(connection, facts)


def is_same_shop(connection: Connection, facts: dict[str, Any]) -> bool:
    """Whether the shop that answers is the one that was connected.

    A copy for trying things out keeps the keys and the webhooks of the shop it was
    made from; nothing may be written there, or from there. An address that nobody
    told is no proof either way: False, and nothing is noted.
    """
    home = str(facts.get("home_url") or "")
    if not home or connection.facts.get(UNPROVEN):
        return False
    row = Connection.objects.of(connection.store).filter(pk=connection.pk)
    at = datetime.fromisoformat(str(facts["learned_at"]))
    if is_same_address(home, connection.url):
        if row.filter(status=Status.MOVED).update(status=Status.ACTIVE):
            close_notice(connection.store, MOVED, at)
        reread(connection)
        return True
    row.filter(status__in=(Status.ACTIVE, Status.FAILING)).update(status=Status.MOVED)
    open_notice(
        connection.store,
        MOVED,
        f"The shop at {connection.url[:120]} says that its address is {home[:120]}. "
        "It may be a copy. LuxeBrain goes on reading but changes nothing there. If your "
        "shop has really moved, connect it again under the new address.",
        at,
    )
    reread(connection)
    return False


def reread(connection: Connection) -> None:
    connection.refresh_from_db(
        fields=["status", "reached_at", "failing_since_at", "error"]
    )
