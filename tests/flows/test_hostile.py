"""A thousand hostile requests: every answer is a refusal or a success, never a crash."""

from __future__ import annotations

import itertools
import random

import pytest
from django.test import Client

from tests.flows.addresses import all_addresses

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

BODIES = [
    b"",
    b"{",
    b"null",
    b"[]",
    b'"text"',
    b"[1, 2, 3]",
    b"NaN",
    b"\xff\xfe\x00",
    b'{"\\u0000": "\\u0000"}',
    b'{"a": "\\ud800"}',
    b'{"email": 1, "password": []}',
    b'{"quantity": 1e999}',
    b'{"id": 99999999999999999999999999}',
    '{"name": "عباية \u202e👗"}'.encode(),
    b'{"name": "<script>alert(1)</script>"}',
    b'{"name": "\' OR 1=1; DROP TABLE shop_product; --"}',
    b'{"path": "../../../../etc/passwd"}',
    b"[" * 5_000,
    b'{"a":' * 500 + b"1" + b"}" * 500,
    b'{"name": "' + b"x" * 300_000 + b'"}',
    b"x" * (3 * 1024 * 1024),
]
CREDENTIALS: list[dict[str, str]] = [
    {},
    {"Authorization": "Bearer "},
    {"Authorization": "Bearer eyJhbGciOiJub25lIn0.eyJ1c2VyX2lkIjoxfQ."},
    {"Authorization": "Bearer \x00\x01"},
    {"Authorization": "Basic YWRtaW46YWRtaW4="},
    {"LuxeBrain-Key": "sk_" + "a" * 12},
    {"LuxeBrain-Key": "pk_" + "a" * 24, "Origin": "https://evil.example"},
    {"LuxeBrain-Key": "sk_" + "a" * 12, "LuxeBrain-Timestamp": "yesterday"},
    {
        "LuxeBrain-Key": "\u0661",
        "LuxeBrain-Timestamp": "9" * 400,
        "LuxeBrain-Nonce": "x" * 5_000,
        "LuxeBrain-Signature": "é",
    },
    {"LuxeBrain-Store": "../rivale", "Idempotency-Key": "k" * 10_000},
]
TYPES = [
    "application/json",
    "application/json; charset=utf-16",
    "text/plain",
    "multipart/form-data; boundary=x",
    "application/x-www-form-urlencoded",
    "",
    "a/b/c",
]
HOLES = ["0", "-1", "99999999999999999999", "%00", "a" * 300, "..%2F", "é", "1%27"]
QUERIES = [
    "",
    "?cursor=%00",
    "?cursor=bm90IGEgY3Vyc29y",
    "?limit=-1",
    "?limit=" + "9" * 400,
    "?updated_since=9999-99-99",
    "?id=1&id=2&id[]=3",
    "?q=%ED%A0%80%27%22%3C",
    "?store=2&format=xml&_method=DELETE",
]
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "TRACE"]
COUNT = 1_200


def hostile_requests(count: int, seed: int):
    """Seeded draws over every API address; each address is drawn at least once."""
    draw = random.Random(seed)
    api = [a for a in all_addresses() if a.template.startswith(("/api/", "/demo/"))]
    for address, _ in zip(itertools.cycle(api), range(count), strict=False):
        yield {
            "path": address.filled(draw.choice(HOLES)) + draw.choice(QUERIES),
            "method": draw.choice(METHODS),
            "data": draw.choice(BODIES),
            "content_type": draw.choice(TYPES),
            "headers": draw.choice(CREDENTIALS),
        }


@pytest.mark.parametrize("seed", [1, 2])
def test_hostile_requests_never_break_it(store, other_store, settings, seed):
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "ip": "100000/min"}
    client = Client(raise_request_exception=False)
    broken = []
    for request in hostile_requests(COUNT, seed):
        method, path = request.pop("method"), request.pop("path")
        answer = client.generic(method, path, **request)
        if not 200 <= answer.status_code < 500:
            broken.append(f"{answer.status_code} {method} {path}")
    assert broken == []
