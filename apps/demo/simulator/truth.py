"""Everything the simulator knows and the shop does not; docs/demo-truth.md explains.

Rows of customers, products and variants are in the order of their WooCommerce ids.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from apps.demo.simulator import demand, messages, people
from apps.demo.simulator.assortment import BRANDS, KINDS, MAKERS, STYLES
from apps.demo.simulator.behaviour import Sessions
from apps.demo.simulator.numbers import CUSTOMER_WOO, PRODUCT_WOO, VARIANT_WOO
from apps.demo.simulator.palette import FAMILIES
from apps.demo.simulator.plan import Floats
from apps.demo.simulator.season import multipliers
from apps.demo.simulator.world import World

ARRAYS, NOTES = "truth.npz", "truth.json"
Array = npt.NDArray[Any]


def save(world: World, sessions: Sessions, folder: Path) -> None:
    arrays = {
        **_of_customers(world), **_of_products(world), **_of_demand(world),
        **_of_messages(world), "session_order_chance": sessions.chance.astype(np.float32),
        "session_brought_order": sessions.order >= 0,
        "session_customer": sessions.customer.astype(np.int32),
    }  # fmt: skip
    _write(arrays, folder / ARRAYS)
    text = json.dumps(_notes(world), indent=1, sort_keys=True, ensure_ascii=False)
    (folder / NOTES).write_text(text + "\n")


def load(folder: Path) -> tuple[dict[str, Array], dict[str, Any]]:
    with np.load(folder / ARRAYS) as file:
        arrays = {name: file[name] for name in file.files}
    return arrays, json.loads((folder / NOTES).read_text())


def _of_customers(world: World) -> dict[str, Array]:
    crowd, days = world.people, world.plan.days
    churn = np.maximum(world.arrival, 0) + crowd.life
    future = world.wishes.customer[world.wishes.day >= days]
    expected = world.expected[:, days:].sum(axis=1)
    return {
        "customer_number": np.arange(len(churn)) + CUSTOMER_WOO,
        "customer_type": crowd.kind,
        "customer_rate": crowd.rate,
        "customer_arrival_day": world.arrival,
        "customer_churn_day": churn,
        "customer_is_alive": churn > days,
        "customer_taste": crowd.taste.astype(np.float32),
        "customer_category": crowd.category.astype(np.float32),
        "customer_brand": crowd.brand.astype(np.float32),
        "customer_color": crowd.color.astype(np.float32),
        "customer_wallet": crowd.wallet.astype(np.float32),
        "customer_size_alpha": crowd.alpha.astype(np.float32),
        "customer_size_shoe": crowd.shoe.astype(np.float32),
        "customer_message_uplift": crowd.uplift.astype(np.float32),
        "customer_shelf_arm": crowd.arm,
        "customer_expected_orders_90": expected.astype(np.float32),
        "customer_buy_chance_90": -np.expm1(-expected).astype(np.float32),
        "customer_orders_next_90": np.bincount(future, minlength=len(churn)),
        "log_affinity": np.log(world.pull.affinity).astype(np.float16),
    }


def _of_products(world: World) -> dict[str, Array]:
    goods = world.catalogue
    return {
        "product_woo_id": np.arange(goods.count) + PRODUCT_WOO,
        "product_category": goods.category,
        "product_brand": goods.brand,
        "product_style": goods.style.astype(np.float32),
        "product_appeal": goods.appeal.astype(np.float32),
        "product_heat": goods.heat.astype(np.float32),
        "product_fit": goods.fit.astype(np.float32),
        "product_launch_day": goods.launch,
        "product_last_buy_day": goods.last,
        "product_pairs": world.pull.pairs.astype(np.float32),
        "product_season_log": multipliers(goods, world.calendar).astype(np.float32),
        "product_price": world.prices.price.astype(np.int32),
        "product_regular_price": world.prices.regular.astype(np.int32),
        "product_promotion": world.prices.promotion.astype(np.int16),
        "product_pull_now": world.pull.pull[:, :, world.plan.days].astype(np.float32),
        "variant_woo_id": np.arange(len(goods.variant_product)) + VARIANT_WOO,
        "variant_product": goods.variant_product,
    }


def _of_demand(world: World) -> dict[str, Array]:
    """Wanted units as (variant, day, units) rows, whether or not stock allowed them."""
    wishes = world.wishes
    day = wishes.day[wishes.line_order]
    key = wishes.line_variant * world.plan.horizon + day
    cells, where = np.unique(key, return_inverse=True)
    sold = world.shelves.sold == wishes.line_variant
    lost = (world.shelves.sold < 0) & (day < world.plan.days)
    return {
        "demand_variant": (cells // world.plan.horizon).astype(np.int32),
        "demand_day": (cells % world.plan.horizon).astype(np.int16),
        "demand_units": np.bincount(where, wishes.line_quantity).astype(np.int16),
        "demand_sold_as_wanted": np.bincount(where, wishes.line_quantity * sold).astype(
            np.int16
        ),
        "demand_lost": np.bincount(where, wishes.line_quantity * lost).astype(np.int16),
        "traffic": world.calendar.traffic,
        "warmth": world.calendar.warmth,
        "eid": world.calendar.eid,
        "wedding": world.calendar.wedding,
        "deliveries": world.shelves.bought,
    }


def _of_messages(world: World) -> dict[str, Array]:
    return {
        "campaign_day": world.campaigns.day,
        "campaign_eligible": np.packbits(world.campaigns.eligible, axis=1),
        "campaign_treated": np.packbits(world.campaigns.treated, axis=1),
    }


def effective_elasticity(world: World) -> Floats:
    """(C,) what a regression on sales should find: the buyers' mix of sensitivities."""
    wishes, goods = world.wishes, world.catalogue
    category = goods.category[goods.variant_product[wishes.line_variant]]
    kind = world.people.kind[wishes.customer[wishes.line_order]]
    weight = np.bincount(category, people.SENSITIVITY[kind], minlength=len(KINDS))
    lines = np.bincount(category, minlength=len(KINDS))
    return np.array([k.elasticity for k in KINDS]) * weight / np.maximum(lines, 1)


def _notes(world: World) -> dict[str, Any]:
    plan = world.plan
    effective = effective_elasticity(world)
    return {
        "plan": {"seed": plan.seed, "start": str(plan.start), "until": str(plan.until), "days": plan.days, "horizon": plan.horizon, "products": plan.products, "customers": plan.customers, "time_zone": plan.time_zone},
        "types": list(people.TYPES),
        "type_sensitivity": people.SENSITIVITY.tolist(),
        "styles": list(STYLES),
        "color_families": list(FAMILIES),
        "brands": [brand.name for brand in BRANDS],
        "suppliers": [asdict(maker) for maker in MAKERS],
        "categories": [
            {"slug": kind.slug, "elasticity": kind.elasticity, "effective_elasticity": round(float(e), 4), "returns": kind.returns, "eid": kind.eid, "wedding": kind.wedding, "heat": kind.heat}
            for kind, e in zip(KINDS, effective, strict=True)
        ],
        "promotions": [{"name": p.name, "start": str(plan.date(p.start)), "end": str(plan.date(p.end)), "discount": p.discount, "product_woo_ids": [n + PRODUCT_WOO for n in p.products]} for p in world.prices.promotions],
        "eids": [str(day) for day in world.calendar.eids],
        "novelty": {"log": demand.NOVELTY, "days": demand.NOVELTY_DAYS},
        "shelf": {"lift": demand.SHELF_LIFT, "days": demand.SHELF_DAYS},
        "messages": {"window_days": messages.WINDOW, "holdout": messages.HOLDOUT, "subjects": list(world.campaigns.subject)},
    }  # fmt: skip


def _write(arrays: Mapping[str, Array], path: Path) -> None:
    """An npz without the clock that numpy would write into it."""
    part = path.with_suffix(".part")
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
        for name in sorted(arrays):
            buffer = io.BytesIO()
            np.lib.format.write_array(buffer, arrays[name], allow_pickle=False)
            entry = zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            file.writestr(entry, buffer.getvalue())
    part.replace(path)
