"""The button Connect in the shop: its administrator says here which store it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl, urlencode, urlsplit

from apps.accounts.models import Store, User
from apps.core.errors import InvalidInputError
from apps.sync.services import connect, hooks, plugin_codes
from apps.sync.services.plugin import exact_site
from apps.sync.woo.address import is_same_address, is_same_host

STATE = re.compile(r"[A-Za-z0-9_-]{8,64}")
NOT_THE_SHOPS = (
    "The way back does not lead to the shop that asks. Begin again in the shop, with "
    "the button “Connect” on LuxeBrain's page."
)


@dataclass(frozen=True)
class Asked:
    """Which shop asks, where its administrator came from, and what tells them there
    that it was they who asked."""

    site: str
    back: str
    state: str

    @property
    def way_back(self) -> str:
        """Where the code goes, for the person who says yes."""
        return self.back.partition("?")[0]


def read(site: str, back: str, state: str) -> Asked:
    """Only a page of that very shop's administration gets a code."""
    known = exact_site(site)
    if not STATE.fullmatch(state) or not is_own_admin(known, back):
        raise InvalidInputError(NOT_THE_SHOPS)
    return Asked(known, back, state)


def is_own_admin(site: str, back: str) -> bool:
    try:
        parts = urlsplit(back)
        has_name = parts.username is not None or parts.password is not None
    except ValueError:
        return False
    if has_name or parts.fragment or "\\" in back or len(back) > 500:
        return False
    is_safe = parts.scheme == "https" or (
        parts.scheme == "http" and hooks.is_local(back)
    )
    # Below the shop's own folder: another site of the same network is another shop.
    own = urlsplit(site).path.rstrip("/")
    folder, found, _ = parts.path.partition("/wp-admin/")
    is_below = bool(found) and (folder == own or folder.startswith(f"{own}/"))
    return is_safe and is_same_host(site, back) and is_below and ".." not in parts.path


def stores_of(person: User, site: str) -> list[Store]:
    """Where this person may connect a shop; first the one that has its address."""
    rows = Store.objects.exclude(status=Store.Status.CLOSED)
    if not person.is_superuser:
        rows = rows.filter(memberships__user=person)
    fitting = [
        store
        for store in rows.distinct()
        if not connect.unfit(store) and connect.may_connect(store, person)
    ]
    return sorted(fitting, key=lambda store: not is_same_address(store.url, site))


def approve(asked: Asked, store: Store, person: User, at: datetime) -> str:
    """The way back, with a code that only this shop can use."""
    code = plugin_codes.make(store, person, at, site=asked.site)
    parts = urlsplit(asked.back)
    more = [("luxebrain_code", code), ("luxebrain_state", asked.state)]
    query = urlencode([*parse_qsl(parts.query, keep_blank_values=True), *more])
    return parts._replace(query=query).geturl()
