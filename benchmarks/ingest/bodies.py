"""Requests of events/track, whole and ready to be sent, each event with its own id."""

from __future__ import annotations

import time

import numpy as np

EVENT = b'{"type":"product_view","id":"%s","at":%s,"product":%s,"price":49.90,"currency":"EUR"}'
HEAD = (
    b'{"sent_at":%d,"visitor":"01974c3e-8a4b-7d2e-9c1f-%012d","session":"01974c3e-9999-7d2e-9c1f-%012d",'
    b'"context":{"url":"https://shop.example/product/linen-dress/","referrer":"https://www.google.com/",'
    b'"language":"de-DE","screen":"390x844","utm":{"source":"google","medium":"cpc","campaign":"spring"}},'
    b'"events":['
)
BROWSER = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
)
HEX = np.frombuffer(b"0123456789abcdef", dtype=np.uint8)
# Where the digits of an id stand, and its dashes.
PLACES = [i for i in range(36) if i not in (8, 13, 18, 23)]


def events(count: int, seed: int) -> np.ndarray:
    """One row of bytes for each event: what changes is written into a fixed text."""
    rng = np.random.default_rng([seed, time.time_ns()])
    text = EVENT % (b"0" * 36, b"0" * 13, b"0" * 6)
    rows = np.tile(np.frombuffer(text, dtype=np.uint8), (count, 1))
    now = int(time.time() * 1000)
    at = now - 5_000 + np.arange(count) * 5_000 // count
    start = text.index(b'"id":"') + 6
    digits = np.empty((count, 32), dtype=np.uint8)
    for place in range(12):
        digits[:, place] = at >> (4 * (11 - place)) & 15
    digits[:, 12:] = rng.integers(0, 16, (count, 20), dtype=np.uint8)
    digits[:, 12], digits[:, 16] = 7, 8
    rows[:, [start + place for place in PLACES]] = HEX[digits]
    rows[:, [start + place for place in (8, 13, 18, 23)]] = ord("-")
    start = text.index(b'"at":') + 5
    for place in range(13):
        rows[:, start + place] = 48 + at // 10 ** (12 - place) % 10
    start = text.index(b'"product":') + 10
    product = rng.integers(100_000, 110_000, count)
    for place in range(6):
        rows[:, start + place] = 48 + product // 10 ** (5 - place) % 10
    return rows


def requests(count: int, batch: int, seed: int, key: str, origin: str) -> list[bytes]:
    """`count` events in requests of `batch`."""
    rows = events(count, seed)
    comma = np.full((count, 1), ord(","), dtype=np.uint8)
    lined = np.hstack([rows, comma])
    width, now = lined.shape[1], int(time.time() * 1000)
    flat = lined.tobytes()
    found = []
    for number, start in enumerate(range(0, count - batch + 1, batch)):
        visitor = seed * 10_000_000 + number
        inner = flat[start * width : (start + batch) * width - 1]
        body = HEAD % (now, visitor, visitor) + inner + b"]}"
        found.append(request(body, key, origin))
    return found


def request(body: bytes, key: str, origin: str) -> bytes:
    return (
        f"POST /api/v1/events/track?key={key} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Origin: {origin}\r\nContent-Type: text/plain\r\nUser-Agent: {BROWSER}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode() + body
