"""Asking the shop about single things, where its lists do not say enough."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from apps.accounts.models import Store
from apps.shop.models import Product, Variant
from apps.sync.services.copy import Tally, copy_payloads, drop
from apps.sync.services.kinds import KINDS, Kind
from apps.sync.services.pages import Shop
from apps.sync.woo.errors import ThingMissingError
from apps.sync.woo.fields import Payload, changed, each, id_of, number
from apps.sync.woo.walk import walk


def copy_all(
    shop: Shop,
    kind: Kind,
    payloads: Sequence[Payload],
    *,
    seen_at: datetime | None,
    since: datetime | None = None,
) -> Tally:
    """As copy_payloads, but an order never comes before what was ordered: its lines
    would not know their products, and nothing would tell them later."""
    if kind.name == "orders":
        meet_goods(shop, payloads, since)
    return copy_payloads(shop.store, kind, payloads, seen_at=seen_at)


def meet_goods(
    shop: Shop, orders: Sequence[Payload], since: datetime | None = None
) -> None:
    """Ask for products that our copy lacks. `since`: only of orders that changed from
    then on; a first sync has read all products before, and old orders name some that
    were deleted long ago."""
    recent = [order for order in orders if since is None or changed(order) >= since]
    unknown, owners = unknown_goods(shop.store, recent)
    copy_several(shop, KINDS["products"], dict.fromkeys(unknown, 0))
    follow(shop, KINDS["products"], owners)


def unknown_goods(store: Store, orders: Sequence[Payload]) -> tuple[set[int], set[int]]:
    """Products that are not here, and those of which a variation is not."""
    lines = [
        (number(line, "product_id"), number(line, "variation_id"))
        for order in orders
        for line in each(order, "line_items")
    ]
    ids = {product_id for product_id, _ in lines if product_id > 0}
    products = Product.objects.of(store).filter(woo_id__in=ids)
    unknown = ids - {pk for pk in products.values_list("woo_id", flat=True) if pk}
    sizes = {variation_id for _, variation_id in lines if variation_id > 0}
    variants = Variant.objects.of(store).filter(woo_id__in=sizes)
    lacking = sizes - {pk for pk in variants.values_list("woo_id", flat=True) if pk}
    owners = {pid for pid, vid in lines if vid in lacking and pid > 0}
    return unknown, owners - unknown


def follow(shop: Shop, kind: Kind, ids: set[int]) -> int:
    """Ask for the parts of things: variations of products, refunds of orders."""
    if not ids:
        return 0
    part = KINDS[{"products": "variations", "orders": "refunds"}[kind.name]]
    news = 0
    for parent_id in sorted(ids):
        address = part.old_path.format(parent=parent_id)
        try:
            for page in walk(shop.client, address, part.params, pace=shop.pace):
                for item in page.items:
                    item.setdefault(part.owner_field, parent_id)
                news += copy_payloads(
                    shop.store, part, page.items, seen_at=page.shop_at
                ).changed
        except ThingMissingError:  # gone since it was listed: its own kind finds out
            continue
    return news


def copy_several(shop: Shop, kind: Kind, wanted: dict[int, int]) -> int:
    """As the shop shows them now; with the ids of their owners, where they have one."""
    if not wanted:
        return 0
    news, shown = 0, set()
    if "{parent}" not in kind.path and shop.has(kind):
        ids = ",".join(map(str, sorted(wanted)))
        asked = {**kind.params, "include": ids, "per_page": 100}
        answer = shop.client.get(kind.path, **asked)
        tally = copy_all(shop, kind, answer.rows, seen_at=answer.shop_at)
        follow(shop, kind, tally.wanting)
        news, shown = tally.changed, set(map(id_of, answer.rows))
    for woo_id in sorted(set(wanted) - shown):
        news += ask_again(shop, kind, woo_id, wanted[woo_id])
    return news


def address_of(kind: Kind, thing_id: int, parent_id: int) -> str:
    """Of one thing."""
    listed = kind.old_path or kind.path
    return f"{listed.format(parent=parent_id)}/{thing_id}"


def ask_again(shop: Shop, kind: Kind, thing_id: int, parent_id: int) -> bool:
    """A list left out what our copy has: gone, or only hidden? True if that changed us.

    A deletion has no moment of its own: it is dated by when the shop said "gone".
    """
    try:
        return copy_one(shop, kind, thing_id, parent_id)
    except ThingMissingError as gone:
        if gone.shop_at is None or not drop(shop.store, kind, thing_id, gone.shop_at):
            return False
        if kind.parent == "products":  # whose price range may be another one now
            ask_again(shop, KINDS["products"], parent_id, 0)
        return True


def copy_one(shop: Shop, kind: Kind, thing_id: int, parent_id: int) -> bool:
    """As the shop shows it now, with its parts; raises ThingMissingError."""
    answer = shop.client.get(address_of(kind, thing_id, parent_id))
    thing = answer.thing
    if kind.parent:
        thing.setdefault(kind.owner_field, parent_id)
    tally = copy_all(shop, kind, [thing], seen_at=answer.shop_at)
    return tally.changed + follow(shop, kind, tally.wanting) > 0
