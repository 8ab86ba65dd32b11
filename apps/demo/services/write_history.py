"""Price and stock history, as rows."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from apps.accounts.models import Store
from apps.demo.services.load import Tell, insert, money
from apps.demo.services.write_catalogue import Ids
from apps.demo.simulator.prices import NONE
from apps.demo.simulator.world import World
from apps.shop.models import PriceChange, StockChange


def write(store: Store, world: World, ids: Ids, tell: Tell) -> None:
    insert(_prices(store, world, ids), tell)
    insert(_stock(store, world, ids), tell)


def _prices(store: Store, world: World, ids: Ids) -> Iterator[PriceChange]:
    """One row when a product is launched and one whenever what is paid changes."""
    plan, prices = world.plan, world.prices
    for product in range(world.catalogue.count):
        first = max(0, int(world.catalogue.launch[product]))
        paid = prices.price[product, first : plan.days]
        regular = prices.regular[product, first : plan.days]
        moved = (np.diff(paid) != 0) | (np.diff(regular) != 0)
        for offset in [0, *(np.flatnonzero(moved) + 1).tolist()]:
            day = first + offset
            yield PriceChange(
                store=store,
                product_id=int(ids.products[product]),
                price=money(prices.price[product, day]),
                regular_price=money(prices.regular[product, day]),
                currency=plan.currency,
                reason=_reason(world, product, day, first),
                changed_at=plan.at(day * 86_400),
            )


def _reason(world: World, product: int, day: int, first: int) -> str:
    promotion = int(world.prices.promotion[product, day])
    if promotion != NONE:
        return world.prices.promotions[promotion].name
    return "Launch" if day == first else "Regular price"


def _stock(store: Store, world: World, ids: Ids) -> Iterator[StockChange]:
    shelves, plan = world.shelves, world.plan
    rows = zip(
        ids.variants[shelves.change_variant].tolist(),
        shelves.change_quantity.tolist(),
        shelves.change_second.tolist(),
        shelves.change_reason,
        strict=True,
    )
    for variant, quantity, second, reason in rows:
        yield StockChange(
            store=store, variant_id=variant, quantity=quantity, reason=reason,
            changed_at=plan.at(second),
        )  # fmt: skip
