"""Ten thousand bodies that nobody should send: never our fault, and never a row that
the schema does not allow. The same ones each time, but for what hypothesis finds."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from io import BytesIO

import msgspec
import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from apps.events.api.track import PATH, answer
from apps.events.models import Event
from apps.events.services import schema
from apps.events.services.rows import COLUMNS_OF
from tests.events.conftest import ORIGIN

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
CASES = 10_000
FOUND_BY_HYPOTHESIS = 500

GOOD = [
    {"type": "page_view"},
    {"type": "page_leave", "seconds": 3.5, "scroll": 0.5},
    {"type": "product_view", "product": 7, "price": 49.9, "currency": "EUR"},
    {"type": "category_view", "category": "dresses", "page": 2},
    {"type": "search", "query": "linen", "results": 0},
    {"type": "click", "element": "#buy", "href": "/p", "x": 0.1, "y": 1},
    {"type": "add_to_cart", "product": 7, "quantity": 2, "price": 1, "decision": "d"},
    {"type": "remove_from_cart", "product": 7},
    {"type": "cart", "items": [{"product": 7, "quantity": 1}], "value": 3.2},
    {"type": "checkout_start", "value": 3, "currency": "USD"},
    {"type": "checkout_step", "step": "address", "number": 1},
    {"type": "order", "order": 9, "value": 100, "items": [{"product": 7}]},
    {"type": "recommendation_shown", "placement": "home", "products": [1, 2]},
    {"type": "recommendation_clicked", "placement": "home", "product": 1},
    {"type": "message_clicked", "channel": "email", "token": "v1.x", "href": "/"},
    {"type": "wishlist", "product": 7, "action": "remove"},
    {"type": "review", "product": 7, "rating": 5},
    {"type": "login", "customer": 42},
    {"type": "rage_click", "element": "a", "clicks": 5},
    {"type": "form_error", "element": "a", "problem": "required"},
    {"type": "custom", "name": "quiz", "properties": {"a": 1, "b": "x", "c": True}},
]
CONTEXT = {
    "url": "https://x.y/p", "title": "Dress", "screen": "1x1", "utm": {"source": "g"},
}  # fmt: skip
# Written into the body as they stand.
RAW = [
    "1e400", "-1e400", "NaN", "Infinity", "-0", "1e-400", "0.1e1", "1" * 400, "01",
    "-1", "0", "9007199254740991", "9007199254740992", "18446744073709551616", "1.5",
    "99999999999", "100000000000", "1e308", "null", "true", "{}", "[]", '""', "[[]]",
    '"\\u0000"', '"\\ud800"', '"\\ud83d\\ude00"', '"\\udc00\\ud800"', '"\\\\u0000"',
    '"\x00"', '"\x1f"', '"\u2028"', '"\U0010ffff"', '"\ufeff"', '"events"',
    '"' + "x" * 64 + '"', '"' + "x" * 65 + '"', '"' + "é" * 2001 + '"', '"' * 3,
    '"2026-06-01T12:00:00Z"', '"0001-01-01T00:00:00+14:00"', '"2026-06-01"',
    '"9999-12-31T23:59:59-14:00"', "946684800000", "4102444800000", "253402300800000",
    '"eur"', '"EUR\\n"', '"page_view"', '"\u0130"', '{"a":{"a":{"a":1}}}',
    "[" * 2000, '{"a":' * 2000, '"custom"', '{"product":1,"product":"x"}',
]  # fmt: skip
KNOWN_KEYS = sorted(
    {name for kind in schema.KINDS.values() for name in kind.__struct_fields__}
    | {"type", "events", "sent_at", "customer_token", "consent", "context", "nobody"}
)


class Fuzz:
    """A sender's body, taken apart."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def body(self):
        text = self.batch() if self.random.random() < 0.6 else self.event()
        body = text.encode("utf-8", "surrogatepass")
        return self.torn(body) if self.random.random() < 0.2 else body

    def batch(self):
        events = [self.event() for _ in range(self.random.randrange(4))]
        said = {"events": f"[{','.join(events)}]", "visitor": '"v"'}
        if self.random.random() < 0.5:
            said["context"] = self.spoiled(CONTEXT)
            said["sent_at"] = self.random.choice(["1767225605000", *RAW])
            said["consent"] = self.random.choice(
                ['{"personalization":false}', '{"statistics":true}', *RAW]
            )
        return self.object(said)

    def event(self):
        said = dict(self.random.choice(GOOD))
        if self.random.random() < 0.7:
            said["id"] = self.random.choice(["a", "x" * 64, None, "", "\u0130"])
            said["at"] = self.random.choice([1767225600000, "2026-01-01T00:00:00Z", 5])
        if self.random.random() < 0.3:
            said["context"] = CONTEXT
        return self.spoiled(said)

    def spoiled(self, said):
        fields = {name: json.dumps(value) for name, value in said.items()}
        for _ in range(self.random.choice([0, 0, 1, 1, 2, 5])):
            fields[self.random.choice(KNOWN_KEYS)] = self.random.choice(RAW)
        return self.object(fields)

    def object(self, fields):
        pairs = [f"{json.dumps(name)}:{value}" for name, value in fields.items()]
        if pairs and self.random.random() < 0.1:
            pairs.append(self.random.choice(pairs))
        return "{" + ",".join(pairs) + "}"

    def torn(self, body):
        place = self.random.randrange(len(body) + 1)
        kind = self.random.randrange(5)
        if kind == 0:
            return body[:place]
        if kind == 1:
            return body[:place] + self.random.randbytes(3) + body[place:]
        if kind == 2:
            return body.decode("utf-8", "replace").encode("utf-16")
        if kind == 3:
            return b"\xef\xbb\xbf" + body
        return body + body


@pytest.fixture
def send(page, settings):
    settings.RATE_LIMITS = dict.fromkeys(settings.RATE_LIMITS, "100000000/min")

    def send(body, **headers):
        meta = {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": PATH,
            "QUERY_STRING": f"key={page.key}",
            "CONTENT_LENGTH": str(len(body)),
            "REMOTE_ADDR": "203.0.113.7",
            "HTTP_ORIGIN": ORIGIN,
            **headers,
        }
        return answer(meta, BytesIO(body))

    return send


def check(found):
    """An answer of ours: what was wrong is the sender's fault, and said so."""
    assert found.status in (200, 400), found
    said = json.loads(found.body)
    if found.status == 200:
        assert said["accepted"] > 0
    else:
        assert said.get("rejected") or said["title"]


def check_rows(store, now):
    """Each row says again, by the schema, what it was made from."""
    count = 0
    for row in Event.objects.of(store).iterator(2000):
        again(row)
        assert row.customer_woo_id is None
        assert datetime(2000, 1, 1, tzinfo=UTC) <= row.at <= now
        count += 1
    return count


def again(row):
    kind = schema.KINDS[row.type]
    columns = COLUMNS_OF[kind]
    money = "value" if columns.value else "price"
    said = {
        "type": row.type,
        "visitor": row.visitor,
        "session": row.session,
        **row.properties,
    }
    assert set(row.properties) <= set(kind.extras)
    columns_said = {
        "product": row.product_woo_id,
        "variant": row.variant_woo_id,
        "quantity": row.quantity,
        money: None if row.value is None else float(row.value),
    }
    said |= {name: value for name, value in columns_said.items() if value is not None}
    if row.currency:
        said["currency"] = row.currency
    msgspec.convert(said, schema.AnyEvent, strict=True)
    context = dict(row.context)
    assert context.pop("ip", "") in ("", "203.0.113.0")
    assert isinstance(context.pop("browser", ""), str)
    assert context.pop("personal", False) is False
    fields = set(schema.Context.__struct_fields__)
    assert set(context) <= fields
    msgspec.convert(context, schema.Context, strict=True)


def test_ten_thousand_bodies_break_nothing(send, store):
    fuzz, statuses = Fuzz(20261121), {200: 0, 400: 0}
    for _ in range(CASES - FOUND_BY_HYPOTHESIS):
        found = send(fuzz.body())
        check(found)
        statuses[found.status] += 1
    kept = check_rows(store, timezone.now() + timedelta(seconds=1))
    # Both kinds, or nothing was tried.
    assert min(statuses.values()) > CASES // 10
    assert kept > CASES // 10


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=70),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(KNOWN_KEYS), inner, max_size=4)
    ),
    max_leaves=8,
)
events = st.builds(
    lambda good, more: good | more,
    st.sampled_from(GOOD),
    st.dictionaries(st.sampled_from(KNOWN_KEYS), values, max_size=3),
)
bodies = st.one_of(
    events.map(json.dumps),
    st.lists(events, max_size=3).map(lambda found: json.dumps({"events": found})),
    values.map(json.dumps),
    st.text(max_size=200),
).map(lambda text: text.encode("utf-8", "surrogatepass"))


@hypothesis_settings(
    max_examples=FOUND_BY_HYPOTHESIS,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(bodies | st.binary(max_size=200))
def test_no_body_breaks_it(send, store, body):
    check(send(body))
    check_rows(store, timezone.now() + timedelta(seconds=1))
    Event.objects.of(store)._raw_delete("default")
