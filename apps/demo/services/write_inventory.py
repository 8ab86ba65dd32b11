"""Suppliers and what they sell to the shop."""

from __future__ import annotations

from apps.accounts.models import Store
from apps.demo.services.load import money
from apps.demo.services.write_catalogue import Ids
from apps.demo.simulator.assortment import BRANDS, MAKERS
from apps.demo.simulator.world import World
from apps.inventory.models import Supplier, SupplyTerm
from apps.inventory.services import load

PACKS = (1, 1, 2, 1, 1, 6)


def write(store: Store, world: World, ids: Ids) -> None:
    suppliers = load.insert_suppliers(
        [
            Supplier(
                store=store,
                name=maker.name,
                email=f"orders@maker{number + 1}.example",
                country=maker.country,
                currency=world.plan.currency,
                lead_time_days_mean=maker.lead_days,
                lead_time_days_sd=maker.lead_sd,
            )
            for number, maker in enumerate(MAKERS)
        ]
    )
    goods = world.catalogue
    terms = []
    for product in range(goods.count):
        maker = BRANDS[goods.brand[product]].supplier
        terms.append(
            SupplyTerm(
                store=store,
                supplier=suppliers[maker],
                product_id=int(ids.products[product]),
                unit_cost=money(goods.cost[product]),
                minimum_order=MAKERS[maker].least,
                pack_size=PACKS[maker],
            )
        )
    load.insert_terms(terms)
