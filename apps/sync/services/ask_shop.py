"""Asking the shop about single things, where its lists do not say enough."""

from __future__ import annotations

from datetime import datetime

from apps.sync.services.copy import copy_payloads, drop
from apps.sync.services.kinds import KINDS, Kind
from apps.sync.services.pages import PARENT_FIELD, Shop
from apps.sync.woo.errors import ThingMissingError
from apps.sync.woo.fields import id_of
from apps.sync.woo.walk import walk


def follow(shop: Shop, kind: Kind, ids: set[int]) -> int:
    """Ask for the parts of things: variations of products, refunds of orders."""
    if not ids:
        return 0
    part = KINDS[{"products": "variations", "orders": "refunds"}[kind.name]]
    changed = 0
    for parent_id in sorted(ids):
        address = part.old_path.format(parent=parent_id)
        try:
            for page in walk(shop.client, address, part.params, pace=shop.pace):
                for item in page.items:
                    item.setdefault(PARENT_FIELD[part.name], parent_id)
                changed += copy_payloads(
                    shop.store, part, page.items, seen_at=page.shop_at
                ).changed
        except ThingMissingError:  # gone since it was listed: its own kind finds out
            continue
    return changed


def copy_several(shop: Shop, kind: Kind, wanted: dict[int, int]) -> int:
    """As the shop shows them now; with the ids of their owners, where they have one."""
    if not wanted:
        return 0
    changed, shown, shop_at = 0, set(), None
    if "{parent}" not in kind.path and shop.has(kind):
        ids = ",".join(map(str, sorted(wanted)))
        asked = {**kind.params, "include": ids, "per_page": 100}
        answer = shop.client.get(kind.path, **asked)
        shop_at = answer.shop_at
        tally = copy_payloads(shop.store, kind, answer.rows, seen_at=shop_at)
        follow(shop, kind, tally.wanting)
        changed, shown = tally.changed, set(map(id_of, answer.rows))
    for woo_id in sorted(set(wanted) - shown):
        changed += ask_again(shop, kind, woo_id, wanted[woo_id], shop_at)
    return changed


def address_of(kind: Kind, thing_id: int, parent_id: int) -> str:
    """Of one thing."""
    listed = kind.old_path or kind.path
    return f"{listed.format(parent=parent_id)}/{thing_id}"


def ask_again(
    shop: Shop, kind: Kind, thing_id: int, parent_id: int, at: datetime | None
) -> bool:
    """A list left out what our copy has: gone, or only hidden? True if that changed us.

    `at`: when the list was read, by the shop's clock.
    """
    try:
        return copy_one(shop, kind, thing_id, parent_id)
    except ThingMissingError:
        if at is None or not drop(shop.store, kind, thing_id, at):
            return False
        if kind.parent == "products":  # whose price range may be another one now
            copy_one(shop, KINDS["products"], parent_id, 0)
        return True


def copy_one(shop: Shop, kind: Kind, thing_id: int, parent_id: int) -> bool:
    """As the shop shows it now, with its parts; raises ThingMissingError."""
    answer = shop.client.get(address_of(kind, thing_id, parent_id))
    thing = answer.thing
    if kind.parent:
        thing.setdefault(PARENT_FIELD[kind.name], parent_id)
    tally = copy_payloads(shop.store, kind, [thing], seen_at=answer.shop_at)
    return tally.changed + follow(shop, kind, tally.wanting) > 0
