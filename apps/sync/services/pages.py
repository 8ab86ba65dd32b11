"""The pages of a step, from where it was left: flat lists, lists below something, and
lists that come in one piece."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from apps.accounts.models import Store
from apps.shop.models import Attribute, Order, Product
from apps.shop.models.source import SourceQuerySet
from apps.sync.models import Step
from apps.sync.services.kinds import Kind
from apps.sync.woo.client import Client, Payload
from apps.sync.woo.errors import ThingMissingError
from apps.sync.woo.fields import id_of
from apps.sync.woo.pace import Pace
from apps.sync.woo.walk import Page, Place, walk


@dataclass(frozen=True)
class Leaf:
    """A page, and which part of the ids it speaks for: above `low`, up to `high`.

    Our rows in that part, below the same parent, are all on it, or no longer in the
    shop. `high` is None on the last page.
    """

    items: list[Payload]
    low: int
    high: int | None
    parent_id: int
    # Where the step is when this page is done.
    place: dict[str, Any]
    total: int | None
    shop_at: datetime | None


@dataclass(frozen=True)
class Shop:
    """A shop being read."""

    store: Store
    client: Client
    pace: Pace
    # What this WooCommerce can do: {"routes": {"variations": True, ...}, ...}.
    facts: dict[str, Any]

    def has(self, kind: Kind) -> bool:
        """Whether the list is there in one piece."""
        routes = self.facts.get("routes") or {}
        return not kind.old_path or bool(routes.get(kind.name, True))


def leaves(
    shop: Shop, kind: Kind, step: Step, params: dict[str, Any]
) -> Iterator[Leaf]:
    asked = {**kind.params, **params}
    if not kind.has_pages:
        yield from in_one_piece(shop, kind, step, asked)
    elif "{parent}" in kind.path:
        yield from below(shop, kind, kind.path, step, asked)
    elif shop.has(kind):
        start = Place(step.last_id, step.offset)
        yield from flat(shop, kind.path, asked, start, parent_id=0)
    else:
        yield from below(shop, kind, kind.old_path, step, asked)


def flat(
    shop: Shop, path: str, params: dict[str, Any], start: Place, *, parent_id: int
) -> Iterator[Leaf]:
    """One page late, since only the next one tells that a page was not the last."""
    low, held = start.last_id, None
    for page in walk(shop.client, path, params, start=start, pace=shop.pace):
        if held is not None:
            yield leaf(held, low, parent_id, is_last=False)
            low = held.after.last_id
        held = page
    if held is not None:
        yield leaf(held, low, parent_id, is_last=True)


def leaf(page: Page, low: int, parent_id: int, *, is_last: bool) -> Leaf:
    place = {
        "parent_id": parent_id,
        "last_id": page.after.last_id,
        "offset": page.after.offset,
    }
    high = None if is_last else page.after.last_id
    return Leaf(page.items, low, high, parent_id, place, page.total, page.shop_at)


def in_one_piece(
    shop: Shop, kind: Kind, step: Step, params: dict[str, Any]
) -> Iterator[Leaf]:
    """Resumed, only what was not seen: a proof adds each thing once."""
    answer = shop.client.get(kind.path, **params)
    low, total = step.last_id, len(answer.rows)
    items = [item for item in answer.rows if not 0 < id_of(item) <= low]
    last_id = max(low, *map(id_of, items), 0)
    place = {"parent_id": 0, "last_id": last_id, "offset": total}
    yield Leaf(items, low, None, 0, place, total, answer.shop_at)


def below(
    shop: Shop, kind: Kind, path: str, step: Step, params: dict[str, Any]
) -> Iterator[Leaf]:
    """By parents in the order of their ids; inside the one that was left, by id."""
    for parent_id in parents(shop.store, kind, step.parent_id):
        is_resumed = parent_id == step.parent_id
        start = Place(step.last_id, step.offset) if is_resumed else Place()
        address = path.format(parent=parent_id)
        try:
            for found in flat(shop, address, params, start, parent_id=parent_id):
                for item in found.items:
                    item.setdefault(kind.owner_field, parent_id)
                yield found
        except ThingMissingError:  # gone since it was listed: its own kind finds out
            continue


def parents(store: Store, kind: Kind, since: int) -> list[int]:
    """Ids in the shop of what the lists lie below, from `since` on."""
    rows: SourceQuerySet[Any]
    if kind.parent == "attributes":
        rows = Attribute.objects.of(store).live()
    elif kind.parent == "products":
        rows = Product.objects.of(store).live().exclude(kind=Product.Kind.SIMPLE)
    else:
        rows = Order.objects.of(store).live().filter(refunds__isnull=False).distinct()
    found = rows.filter(woo_id__gte=max(since, 1)).order_by("woo_id")
    return [woo_id for woo_id in found.values_list("woo_id", flat=True) if woo_id]
