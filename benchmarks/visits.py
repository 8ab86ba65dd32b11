"""Events of believable visits, made a day at a time: people land, look around, some
search, fewer fill a cart, fewer still pay. Frames of the engines' own columns."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl

from apps.events.services.engines.base import FRAME

FIRST_DAY = datetime(2026, 3, 1, tzinfo=UTC)
DAYS = 60
PRODUCTS, VISITORS, CONTEXTS = 5_000, 400_000, 20_000
EVENTS_A_VISIT = 8
BROWSING = (
    "page_view",
    "product_view",
    "category_view",
    "search",
    "click",
    "page_leave",
)
SHARES = (0.24, 0.36, 0.12, 0.06, 0.10, 0.12)
# Of all visits: a cart, of those a checkout, of those an order.
STEPS = (("add_to_cart", 0.16), ("checkout_start", 0.45), ("order", 0.6))
NAMES = np.array([*BROWSING, *(name for name, _ in STEPS)])
FUNNEL = ("product_view", "add_to_cart", "checkout_start", "order")


def day_of(number: int, events: int, store_id: int) -> pl.DataFrame:
    """About `events` events of the day with this number, in the order of their ids."""
    rng = np.random.default_rng(number)
    visits = max(events // EVENTS_A_VISIT, 1)
    lengths = rng.geometric(1 / EVENTS_A_VISIT, visits)
    visit = np.repeat(np.arange(visits), lengths)
    total = visit.size
    place = np.arange(total) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    kinds = rng.choice(len(BROWSING), total, p=SHARES)
    kinds[place == 0] = 0
    steps_done(rng, kinds, lengths)
    moments = moments_of(rng, number, lengths, total)
    order = np.argsort(moments, kind="stable")
    columns = {
        "id": ids_of(rng, moments),
        "store_id": np.full(total, store_id),
        "batch_id": np.full(total, number + 1),
        "at": moments * 1000,
        "type": NAMES[kinds],
        **people_of(rng, number, visits, visit),
        **goods_of(rng, kinds),
    }
    frame = pl.DataFrame({name: columns[name][order] for name in FRAME})
    return frame.with_columns(
        pl.col("at").cast(pl.Datetime("us")).dt.replace_time_zone("UTC"),
        pl.col("product_woo_id", "quantity", "value").fill_nan(None),
        customer_woo_id=pl.when(pl.col("customer_woo_id") > 0).then("customer_woo_id"),
        variant_woo_id=pl.lit(None, pl.Int64),
    ).cast(FRAME)  # type: ignore[arg-type]


def steps_done(
    rng: np.random.Generator, kinds: np.ndarray, lengths: np.ndarray
) -> None:
    """The last events of who buys: a cart, a checkout, an order, as far as each came."""
    ends = np.cumsum(lengths)
    depth = np.zeros(lengths.size, int)
    goes_on = np.ones(lengths.size, bool)
    for _, share in STEPS:
        goes_on &= rng.random(lengths.size) < share
        depth += goes_on
    depth = np.minimum(depth, np.maximum(lengths - 2, 0))
    for step in range(len(STEPS)):
        took = depth > step
        kinds[(ends - depth + step)[took]] = len(BROWSING) + step


def moments_of(
    rng: np.random.Generator, number: int, lengths: np.ndarray, total: int
) -> np.ndarray:
    """Milliseconds since 1970: quiet nights, evenings when everybody shops."""
    hours = rng.choice(24, lengths.size, p=HOURS)
    starts = (hours * 3600 + rng.random(lengths.size) * 3600) * 1000
    gaps = rng.exponential(25_000, total)
    first = np.cumsum(lengths) - lengths
    gaps[first] = 0
    since = np.cumsum(gaps)
    since -= np.repeat(since[first], lengths)
    midnight = round((FIRST_DAY + timedelta(days=number)).timestamp() * 1000)
    within = np.minimum(np.repeat(starts, lengths) + since, 86_399_999)
    return midnight + within.astype(np.int64)


def ids_of(rng: np.random.Generator, moments: np.ndarray) -> np.ndarray:
    """UUIDs of version 7, as pages make them."""
    octets = rng.integers(0, 256, (moments.size, 16), dtype=np.uint8)
    for place in range(6):
        octets[:, place] = (moments >> (8 * (5 - place))) & 0xFF
    octets[:, 6] = octets[:, 6] & 0x0F | 0x70
    octets[:, 8] = octets[:, 8] & 0x3F | 0x80
    text = octets.tobytes().hex()
    return np.frombuffer(text.encode(), dtype="S32").astype("U32")


def people_of(
    rng: np.random.Generator, number: int, visits: int, visit: np.ndarray
) -> dict[str, np.ndarray]:
    who = rng.integers(0, VISITORS, visits)
    visitors = np.array([f"0197a1b2-{n:04x}-7000-8000-{n:012x}" for n in who])
    sessions = np.array(
        [f"0197c3d4-{number:04x}-7000-8000-{n:012x}" for n in range(visits)]
    )
    customers = np.where(who % 8 == 0, who + 1, 0)
    return {
        "visitor": visitors[visit],
        "session": sessions[visit],
        "customer_woo_id": customers[visit],
    }


def goods_of(rng: np.random.Generator, kinds: np.ndarray) -> dict[str, np.ndarray]:
    names = NAMES[kinds]
    products = 1 + rng.zipf(1.3, kinds.size) % PRODUCTS
    about = np.isin(names, ("product_view", "add_to_cart"))
    priced = about | np.isin(names, ("checkout_start", "order"))
    properties = np.full(kinds.size, "{}", dtype="U40")
    searches = names == "search"
    properties[searches] = '{"query":"linen dress","results":42}'
    orders = names == "order"
    properties[orders] = [f'{{"order":{n + 1}}}' for n in range(int(orders.sum()))]
    return {
        "product_woo_id": np.where(about, products, np.nan),
        "variant_woo_id": np.zeros(kinds.size),
        "quantity": np.where(names == "add_to_cart", 1.0, np.nan),
        "value": np.where(priced, 9.9 + products % 190, np.nan),
        "currency": np.where(priced, "EUR", ""),
        "properties": properties,
        "context": SAID[rng.integers(0, CONTEXTS, kinds.size)],
    }


def context(number: int) -> str:
    return json.dumps(
        {
            "url": f"https://shop.example/product/dress-number-{number}",
            "referrer": "https://www.google.com/" if number % 3 else "",
            "title": f"Dress number {number}",
            "language": "de-DE",
            "screen": ("390x844", "1920x1080")[number % 2],
            "zone": "Europe/Berlin",
            "browser": "Mozilla/5.0 (iPhone; CPU iPhone OS 19_4 like Mac OS X) "
            f"AppleWebKit/605.1.15 Version/19.{number % 9} Safari/604.1",
            "ip": f"203.0.{number % 256}.0",
        },
        separators=(",", ":"),
    )


SAID = np.array([context(number) for number in range(CONTEXTS)], dtype=object)
HOURS = np.array(
    [2, 1, 1, 1, 1, 2, 3, 4, 5, 5, 5, 5, 6, 5, 5, 5, 5, 6, 7, 8, 9, 9, 6, 4], float
)
HOURS /= HOURS.sum()
