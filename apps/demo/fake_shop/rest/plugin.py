"""The LuxeBrain plugin in this shop: who may ask, and what it answers.

docs/plugin-digest.md says how it is asked.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from urllib.parse import quote, urlencode

from apps.demo.fake_shop.errors import RestError
from apps.demo.fake_shop.rest.digest import KINDS, counted, digest
from apps.demo.fake_shop.rest.lists import Lists, keep
from apps.demo.fake_shop.rest.messages import Answer, Request
from apps.demo.fake_shop.rest.params import Params
from apps.demo.fake_shop.rows import Json
from apps.demo.fake_shop.shop import FakeShop

ROUTE = "/wp-json/wc-luxebrain/v1/"
NDJSON = "application/x-ndjson; charset=UTF-8"
SKEW = 300


class Plugin:
    def __init__(self, shop: FakeShop, lists: Lists) -> None:
        self.shop, self.lists = shop, lists
        self.nonces: set[str] = set()

    def answer(self, request: Request) -> Answer:
        name = request.path.removeprefix(ROUTE).rstrip("/")
        if name not in ("digest", "export"):
            message = "No route was found matching the URL and request method."
            raise RestError(404, "rest_no_route", message)
        self.check(request, name)
        if name == "digest":
            return Answer(200, digest(self.shop, request))
        body, count = self.export(request)
        return Answer(200, body, {"Content-Type": NDJSON}, count, is_raw=True)

    def check(self, request: Request, name: str) -> None:
        """As the plugin's gate: the route and its query are signed, not what OAuth adds."""
        sent = {key.lower(): value for key, value in request.headers.items()}
        moment = sent.get("luxebrain-timestamp", "")
        nonce = sent.get("luxebrain-nonce", "")
        key = self.shop.quirks.plugin_key
        pairs = sorted(
            (name, value)
            for name, value in request.query.items()
            if not name.startswith(("oauth_", "consumer_"))
        )
        path = f"/wc-luxebrain/v1/{name}?{urlencode(pairs, quote_via=quote, safe='')}"
        digest_of_body = hashlib.sha256(request.body).hexdigest()
        text = "\n".join([request.method, path, moment, nonce, digest_of_body])
        derived = hmac.digest(key.encode(), b"luxebrain-signing-v1", "sha256")
        wanted = hmac.digest(derived, text.encode(), "sha256").hex()
        is_right = bool(key) and hmac.compare_digest(
            wanted, sent.get("luxebrain-signature", "")
        )
        is_late = not moment.isdigit() or abs(time.time() - int(moment)) > SKEW
        if not is_right or is_late or nonce in self.nonces:
            raise RestError(
                401, "luxebrain_bad_signature", "The signature is not right."
            )
        self.nonces.add(nonce)

    def export(self, request: Request) -> tuple[bytes, int]:
        query = request.query
        kind, after = str(query.get("kind")), int(query.get("after") or 0)
        if kind not in KINDS:
            raise RestError(400, "rest_invalid_param", "Invalid parameter(s): kind")
        limit = int(query.get("limit") or 1000)
        ids = sorted(said["id"] for said in counted(self.shop, kind))
        rest = [pk for pk in ids if pk > after]
        shown = rest[:limit]
        begin: Json = {"luxebrain": "begin", "kind": kind, "total": len(ids)}
        bodies = [self.body(kind, pk, request) for pk in shown]
        end: Json = {
            "luxebrain": "end",
            "after": shown[-1] if shown else after,
            "is_all": len(shown) == len(rest),
        }
        most = self.shop.quirks.export_breaks_after
        if most and len(bodies) > most:
            half = json.dumps(bodies[most])[:20]
            return lines([begin, *bodies[:most]]) + half.encode(), most
        return lines([begin, *bodies, end]), len(bodies)

    def body(self, kind: str, pk: int, request: Request) -> Json:
        with self.shop.lock:
            row = self.shop.table(kind)[pk]
            body = self.lists.show(kind, row, request.base, Params(kind, {}), 0)
        kept: Json = keep(body, request.query.get("_fields"))
        return kept


def lines(rows: list[Json]) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)
