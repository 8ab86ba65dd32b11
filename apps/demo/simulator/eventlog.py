"""Events as gzipped JSON lines, in the shape that events/track takes."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from apps.demo.simulator import behaviour as b
from apps.demo.simulator.assortment import KINDS
from apps.demo.simulator.numbers import (
    CUSTOMER_WOO,
    ORDER_WOO,
    PRODUCT_WOO,
    VARIANT_WOO,
)
from apps.demo.simulator.plan import Bools, Ints
from apps.demo.simulator.world import World

SOURCES = (
    ("google", "organic", "https://www.google.com/"), ("google", "cpc", "https://www.google.com/"),
    ("instagram", "social", "https://www.instagram.com/"), ("tiktok", "social", "https://www.tiktok.com/"),
    ("newsletter", "email", ""), ("", "", ""),
)  # fmt: skip
SOURCE_SHARES = (0.27, 0.15, 0.2, 0.07, 0.08, 0.23)


def write(
    world: World, sessions: b.Sessions, events: b.Events, is_guest: Bools, path: Path
) -> int:
    """Write all events; gzip without a clock, so that the same shop is the same file."""
    part = path.with_suffix(".part")
    with part.open("wb") as raw, gzip.GzipFile("", "wb", 3, raw, mtime=0) as file:
        block: list[str] = []
        for line in _lines(world, sessions, events, is_guest):
            block.append(line)
            if len(block) == 5_000:
                file.write("".join(block).encode())
                block.clear()
        file.write("".join(block).encode())
    part.replace(path)
    return len(events.kind)


def _uuid(high: int, low: int) -> str:
    text = f"{high:016x}{low:016x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _stamped(milliseconds: Ints, rng: np.random.Generator) -> list[str]:
    """UUIDs of version 7 for these moments."""
    high = milliseconds.astype(np.uint64) << np.uint64(16)
    high |= np.uint64(0x7000) | rng.integers(0, 1 << 12, len(high), dtype=np.uint64)
    low = np.uint64(1 << 63) | rng.integers(0, 1 << 62, len(high), dtype=np.uint64)
    return [_uuid(a, z) for a, z in zip(high.tolist(), low.tolist(), strict=True)]


def visitor_ids(world: World, count: int) -> list[str]:
    """A browser's id by its number; the first 2 N belong to customers' devices."""
    draws = world.plan.rng("visitors").integers(0, 1 << 62, (count, 2)).tolist()
    four, variant = 0x4000, 1 << 63
    return [_uuid((a & ~0xF000) | four, variant | z) for a, z in draws]


def session_ids(world: World, sessions: b.Sessions) -> list[str]:
    epoch = round(world.plan.midnight.timestamp())
    return _stamped((sessions.second + epoch) * 1000, world.plan.rng("session ids"))


def _contexts(world: World, sessions: b.Sessions) -> list[str]:
    rng = world.plan.rng("contexts")
    source = rng.choice(len(SOURCES), size=len(sessions.day), p=SOURCE_SHARES)
    table = [
        _context(*origin, screen=screen)
        for origin in SOURCES
        for screen in ("1440x900", "390x844")
    ]
    return [
        table[2 * s + m]
        for s, m in zip(
            source.tolist(), sessions.mobile.astype(int).tolist(), strict=True
        )
    ]


def _context(name: str, medium: str, referrer: str, screen: str) -> str:
    """The rest of an event that is the same for a whole session."""
    context: dict[str, object] = {"screen": screen}
    if referrer:
        context["referrer"] = referrer
    if medium not in {"", "organic"}:
        context["utm"] = {"source": name, "medium": medium}
    return f',"context":{json.dumps(context, separators=(",", ":"))}'


def _lines(
    world: World, sessions: b.Sessions, events: b.Events, is_guest: Bools
) -> Iterator[str]:
    rng = world.plan.rng("event ids")
    epoch = round(world.plan.midnight.timestamp())
    count = max(int(sessions.visitor.max(initial=0)) + 1, 2 * len(world.arrival))
    visitors, sids = visitor_ids(world, count), session_ids(world, sessions)
    contexts = _contexts(world, sessions)
    names = [f'"{v}"' for v in visitors]
    woo = np.where(is_guest, 0, np.arange(len(is_guest)) + CUSTOMER_WOO)
    signed_in = _signed_in(world, sessions, rng)
    who = np.where(signed_in, woo[sessions.customer], 0).tolist()
    visitor = sessions.visitor.tolist()
    fields = _Fields(world, sessions)
    milliseconds = (events.second + epoch) * 1000 + rng.integers(
        0, 1000, len(events.kind)
    )
    ids = _stamped(milliseconds, rng)
    rows = zip(
        ids,
        milliseconds.tolist(),
        events.kind.tolist(),
        events.session.tolist(),
        events.customer.tolist(),
        events.about.tolist(),
        events.variant.tolist(),
        events.second.tolist(),
        strict=True,
    )
    clock = _Clock()
    for uid, ms, kind, session, customer, about, variant, second in rows:
        if session >= 0:
            person, name = who[session], names[visitor[session]]
            rest = f',"session":"{sids[session]}"{contexts[session]}'
        else:
            person, name = int(woo[customer]), names[2 * customer]
            rest = ""
        if person:
            rest = f',"customer":{person}{rest}'
        yield (
            f'{{"id":"{uid}","type":"{b.TYPES[kind]}","at":"{clock.say(ms)}","visitor":{name}'
            f"{fields.say(kind, about, variant, second // 86_400)}{rest}}}\n"
        )


def _signed_in(world: World, sessions: b.Sessions, rng: np.random.Generator) -> Bools:
    """Known by login in half of the visits and in every order; never before the first."""
    known = (sessions.customer != b.NOBODY) & (
        sessions.day >= world.arrival[sessions.customer]
    )
    signed: Bools = (rng.random(len(known)) < 0.5) | (sessions.order != b.NOBODY)
    signed &= known
    return signed


class _Clock:
    """Moments as text; the day's half is the same for many rows."""

    def __init__(self) -> None:
        self.minute, self.text = -1, ""

    def say(self, milliseconds: int) -> str:
        minute, rest = divmod(milliseconds, 60_000)
        if minute != self.minute:
            self.minute = minute
            self.text = f"{datetime.fromtimestamp(minute * 60, UTC):%Y-%m-%dT%H:%M:}"
        return f"{self.text}{rest // 1000:02d}.{rest % 1000:03d}Z"


class _Fields:
    """What an event is about, as JSON that goes on; repeated answers are remembered."""

    def __init__(self, world: World, sessions: b.Sessions) -> None:
        self.world = world
        self.shelf = (b.shelf_of(world) + PRODUCT_WOO).tolist()
        self.price = world.prices.price / 100
        self.known: dict[tuple[int, int, int, int], str] = {}

    def say(self, kind: int, about: int, variant: int, day: int) -> str:
        key = (kind, about, variant, day if kind in {b.VIEW, b.CART} else 0)
        text = self.known.get(key)
        if text is None:
            made = self._make(kind, about, variant, day)
            text = json.dumps(made, separators=(",", ":"))[1:-1]
            text = self.known[key] = f",{text}" if made else ""
        return text

    def _make(self, kind: int, about: int, variant: int, day: int) -> dict[str, object]:
        currency = self.world.plan.currency
        if kind in {b.VIEW, b.CART}:
            made: dict[str, object] = {
                "product": about + PRODUCT_WOO,
                "price": float(self.price[about, day]),
                "currency": currency,
            }
            return (
                made
                if kind == b.VIEW
                else {**made, "variant": variant + VARIANT_WOO, "quantity": 1}
            )
        if kind in {b.CATEGORY, b.SEARCH}:
            found = KINDS[about]
            return (
                {"category": found.slug}
                if kind == b.CATEGORY
                else {"query": found.name.split()[0].lower()}
            )
        if kind == b.SHOWN:
            return {
                "placement": "product_similar",
                "products": self.shelf[about],
            }
        if kind in {b.CLICKED, b.WISH}:
            return {"product": about + PRODUCT_WOO} | (
                {"placement": "product_similar"} if kind == b.CLICKED else {}
            )
        if kind in {b.SENT, b.OPENED, b.MAIL_CLICK}:
            return {"channel": "email", "campaign": f"newsletter-{about + 1:02d}"}
        if kind in {b.CHECKOUT, b.ORDER} and about >= 0:
            value = {
                "value": int(self.world.books.total[about]) / 100,
                "currency": currency,
            }
            return (
                value if kind == b.CHECKOUT else {"order": about + ORDER_WOO, **value}
            )
        return {}
