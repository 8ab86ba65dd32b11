"""The shop's plugin connects itself with a code, and takes itself away again."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from apps.accounts.models import ApiKey, Store, User
from apps.accounts.models.keys import Scope
from apps.accounts.services import audit, keys, origins
from apps.core.errors import ConflictError, InvalidInputError, UnknownError
from apps.sync.models import Connection, PluginCode, PluginLink
from apps.sync.services import connect, hooks, plugin_codes, reach
from apps.sync.services.disconnect import disconnect_here
from apps.sync.services.notices import open_notice
from apps.sync.services.plugin_end import end_link
from apps.sync.woo.address import is_same_address, site_of

# It sends events, reads shelves, reads what is known of a customer for the exporter,
# and asks for them to be forgotten.
SCOPES = (Scope.EVENTS, Scope.STOREFRONT, Scope.READ, Scope.WRITE)
FOLDER = re.compile(r"(/[\w.~%-]+)*")


@dataclass(frozen=True)
class Shop:
    """What the plugin says of its shop. The keys are for us: never printed."""

    home_url: str
    site_url: str
    consumer_key: str = field(repr=False)
    consumer_secret: str = field(repr=False)
    currency: str = ""
    time_zone: str = ""
    versions: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Linked:
    """The keys, this once, and what the merchant should know."""

    store: Store
    secret_key: str = field(repr=False)
    publishable_key: str
    warnings: list[str]


def link(code: str, shop: Shop, at: datetime) -> Linked:
    """The shop is not asked anything here: it waits for our answer, and a host with one
    worker could not answer. What is refused leaves the code as it was."""
    found = plugin_codes.find(code, at)
    store, person = found.store, found.made_by
    connect.refuse_unfit(store)
    site = exact_site(shop.home_url)
    woo_keys = connect.keys_of(site, shop.consumer_key, shop.consumer_secret)
    with transaction.atomic():
        plugin_codes.spend(found, at)
        refuse_another(store, found, site)
        proof = is_unproven(store, site)
        visit = connect.Visit(woo_keys, proof, may_write=True)
        connect.save(store, visit, person, at, how="plugin")
        secret, publishable = hand_over(store, site, shop, woo_keys.ending, person, at)
        return Linked(store, secret, publishable, warn(store, shop, at))


def exact_site(address: str) -> str:
    """A plugin knows its folder; a person who pastes an address may not, so that
    `site_of` cuts some folders off."""
    try:
        parts = urlsplit(address.strip())
        host, path = f"{parts.scheme}://{parts.netloc}", parts.path.rstrip("/")
    except ValueError as error:
        raise InvalidInputError("This is no address of a shop.") from error
    if parts.query or parts.fragment or not FOLDER.fullmatch(path):
        raise InvalidInputError("This is no address of a shop.")
    site = site_of(host) + path
    if hooks.is_local(site) and not settings.SHOPS_MAY_BE_PRIVATE:
        raise ConflictError(
            f"LuxeBrain cannot reach {site} from where it runs: the address is one of a "
            "private network. Connect a shop that is on the internet, or set "
            "SHOPS_MAY_BE_PRIVATE=1 where LuxeBrain runs."
        )
    return site


def refuse_another(store: Store, code: PluginCode, site: str) -> None:
    """A store has one shop. The same one at another address has told so before."""
    if code.site and not is_same_address(code.site, site):
        raise ConflictError(
            f"This code was made for {code.site}. Make another one for {site}."
        )
    known = Connection.objects.of(store).first()
    if known is None or is_same_address(known.url, site):
        return
    if is_same_address(str(known.facts.get("home_url") or ""), site):
        return
    raise ConflictError(
        f"{store.name} is connected to another shop, {known.url}. Disconnect that one "
        "first, or open another store in LuxeBrain for this one."
    )


def is_unproven(store: Store, site: str) -> dict[str, bool]:
    """Copied from another address before: the first look must show that it is the same
    shop."""
    if connect.is_of(store, site) or not connect.has_copy(store):
        return {}
    return {reach.UNPROVEN: True}


def hand_over(
    store: Store, site: str, shop: Shop, ending: str, person: User | None, at: datetime
) -> tuple[str, str]:
    """Two keys and the right to use them on the shop's pages. Those of before open until
    the new one is used: the shop may never get our answer, and must not be cut off."""
    before = PluginLink.objects.of(store).first()
    name = f"Plugin of {urlsplit(site).hostname}"
    secret, shown = keys.create(store, ApiKey.Kind.SECRET, name, SCOPES, actor=person)
    public, public_shown = keys.create(
        store, ApiKey.Kind.PUBLISHABLE, name, actor=person
    )
    added = origins.allow(
        store, [origin_of(address) for address in (site, shop.site_url) if address]
    )
    PluginLink.objects.update_or_create(
        store=store,
        defaults={
            "site": site,
            "secret_key": secret,
            "publishable_key": public,
            "older_keys": before.key_ids if before else [],
            "key_ending": ending,
            "added_origins": sorted(
                {*(before.added_origins if before else ()), *added}
            ),
            "versions": shop.versions,
            "connected_at": at,
        },
    )
    return shown, public_shown


def origin_of(address: str) -> str:
    parts = urlsplit(site_of(address))
    return f"{parts.scheme}://{parts.netloc}"


def warn(store: Store, shop: Shop, at: datetime) -> list[str]:
    """Connected all the same: the merchant reads what will not work."""
    warnings = []
    if reach.other_currency(store, {"currency": shop.currency}):
        text = (
            f"Your shop sells in {shop.currency}, but the store {store.name} is kept in "
            f"{store.currency}. Its orders are copied, but no sum counts them. Open a "
            f"store in LuxeBrain whose currency is {shop.currency}, and connect there."
        )
        open_notice(store, reach.CURRENCY, text, at)
        warnings.append(text)
    if "/" in shop.time_zone and shop.time_zone != store.time_zone:
        warnings.append(
            f"Your shop's time zone is {shop.time_zone}, but the store's is "
            f"{store.time_zone}, so sums by day differ. Change it in LuxeBrain under "
            "“Store settings”."
        )
    return warnings


def unlink(store: Store, key_id: int | None, at: datetime) -> None:
    """The plugin goes: it removes our webhooks and keys from the shop itself, so the shop
    is not asked. The copy stays."""
    found = PluginLink.objects.of(store).select_related("secret_key").first()
    if found is None or not found.holds(key_id):
        raise UnknownError("This key is no plugin's.")
    with transaction.atomic():
        connection = Connection.objects.of(store).first()
        # Keys that somebody pasted since are none of the plugin's.
        if connection is not None and connection.key_ending == found.key_ending:
            disconnect_here(connection, None, at, is_clean=True)
        else:
            end_link(store, None, at)
            audit.record("shop.plugin_left", store=store, subject=found.site)
