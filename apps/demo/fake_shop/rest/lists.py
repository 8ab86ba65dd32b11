"""Which rows a list holds, in which order: filters, pages, totals and their headers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote

from apps.demo.fake_shop.payloads import orders as order_payloads
from apps.demo.fake_shop.prices import is_on_sale
from apps.demo.fake_shop.rest.messages import Answer, Request
from apps.demo.fake_shop.rest.params import DATED, DATES, Params, is_true
from apps.demo.fake_shop.shop import FakeShop

Test = Callable[[Any], bool]
HIDDEN = ("trash", "auto-draft")
REMEMBERED = 32
# Do not make another list of ids.
NOT_FILTERS = ("page", "per_page", "offset", "_fields", "dp", "context")


class Lists:
    def __init__(self, shop: FakeShop) -> None:
        self.shop = shop

    def answer(
        self, request: Request, kind: str, *, scope: int = 0, path: str
    ) -> Answer:  # fmt: skip
        """`scope` is the product, order or attribute that the list belongs to."""
        params = Params(kind, plain(request.query))
        with self.shop.lock:
            ids = self.ids(kind, params, scope)
            size = min(params["per_page"], self.shop.quirks.most_rows)
            start = params.get("offset", (params["page"] - 1) * size)
            chosen = ids[start : start + size] if start >= 0 else []
            table = self.shop.table(kind)
            rows = [
                table[pk] if pk in table else self.shop.product(pk) for pk in chosen
            ]
            body = [self.show(kind, row, request.base, params, scope) for row in rows]
        total = len(ids)
        if not body and kind in ("orders", "refunds"):
            total = 0  # as recorded: past the end the orders forget their number
        body = [keep(one, params.get("_fields")) for one in body]
        headers = {"X-WP-Total": str(total), "X-WP-TotalPages": str(-(-total // size))}
        link = self.link(request, kind, params, path, total=total, has_rows=bool(body))
        if link:
            headers["Link"] = link
        return Answer(200, body, headers, objects=len(body))

    def show(self, kind: str, row: Any, base: str, params: Params, scope: int) -> Any:
        if kind == "orders":
            return order_payloads.order(self.shop, row, base, params.get("dp", 2))
        if kind == "refunds":
            return order_payloads.refund(
                self.shop, row, base, params.get("dp", 2), has_parent=not scope
            )
        body = self.shop.show(kind, row, base)
        if kind == "variations" and not scope:
            # As recorded: the list of all variations hints no methods.
            del body["_links"]["self"][0]["targetHints"]
        return body

    def link(
        self, request: Request, kind: str, params: Params, path: str, *,
        total: int, has_rows: bool,
    ) -> str:  # fmt: skip
        """The query as it came, keys and all; orders add their own defaults to it."""
        pages = -(-total // params["per_page"])
        query = dict(request.query)
        if kind == "orders":
            query.setdefault("status", ["any"])
            if has_rows:
                query.setdefault("dp", "2")
                query.setdefault("context", "view")
        here = f"{request.base}/wp-json/wc/v3/{path}"
        found = []
        page = params["page"]
        if page > 1:
            found.append(("prev", min(page - 1, pages)))
        if page < pages:
            found.append(("next", page + 1))
        return ", ".join(
            f'<{here}?{spell({**query, "page": str(at)})}>; rel="{rel}"'
            for rel, at in found
        )

    def ids(self, kind: str, params: Params, scope: int) -> list[int]:
        """Remembered until the table changes, so that a walk over pages sorts once."""
        table = self.shop.table(kind)
        asked = repr(sorted((name, value) for name, value in params.items() if name not in NOT_FILTERS))  # fmt: skip
        key = (kind, scope, asked)
        version = table.version + (
            self.shop.variations.version if kind == "products" else 0
        )
        held = self.shop.asked.get(key)
        if held is not None and held[0] == version:
            return held[1]
        found = self.select(kind, params, scope)
        if len(self.shop.asked) >= REMEMBERED:
            self.shop.asked.clear()
        self.shop.asked[key] = (version, found)
        return found

    def select(self, kind: str, params: Params, scope: int) -> list[int]:
        table = self.shop.table(kind)
        tests = list(self.tests(kind, params, scope))
        rows: Iterable[Any] = table
        rows_by_id = not (params.get("sku") or params.get("include") or scope)
        if kind == "products" and params.get("sku"):
            # The one way in which a variation comes out of /products.
            rows = [*table, *self.shop.variations]
        elif params.get("include"):
            rows = [table[pk] for pk in dict.fromkeys(params["include"]) if pk in table]
        elif kind == "variations" and scope:
            parent = self.shop.products.get(scope)
            rows = [table[pk] for pk in parent.children] if parent else []
        elif kind == "refunds" and scope:
            order = self.shop.orders.get(scope)
            rows = [table[pk] for pk in order.refunds] if order else []
        for test in tests:  # one after the other: a generator per row is 5 times slower
            rows = [row for row in rows if test(row)]
        found = list(rows)
        by = params["orderby"]
        if by == "id" and rows_by_id:
            if params["order"] == "desc":
                found.reverse()
        elif by not in ("include", "post__in"):
            found.sort(
                key=SORTS.get(by, SORTS["id"]), reverse=params["order"] == "desc"
            )
        return [row.id for row in found]

    def tests(self, kind: str, params: Params, scope: int) -> Iterable[Test]:
        if kind in DATED:
            yield from self.date_tests(params)
        if kind in ("products", "variations", "orders", "coupons"):
            yield self.status_test(kind, params)
        if params.get("exclude"):
            gone = frozenset(params["exclude"])
            yield lambda row: row.id not in gone
        if kind == "terms":
            yield lambda row: bool(row.parent == scope)
        parents = frozenset(params.get("parent") or ())
        if parents and kind == "variations":
            yield lambda row: row.parent in parents
        if parents and kind == "refunds":
            yield lambda row: row.order in parents
        if kind == "categories" and "parent" in params:
            yield lambda row: str(row.parent) == str(params["parent"])
        yield from FILTERS.get(kind, no_filters)(self.shop, params)

    def date_tests(self, params: Params) -> Iterable[Test]:
        is_gmt = is_true(params.get("dates_are_gmt", ""))
        zone = self.shop.zone
        for name in DATES:
            if name in params:
                moment = zone.parse(params[name], is_gmt=is_gmt) or 0
                field = "modified" if name.startswith("modified") else "created"
                yield date_test(field, moment, is_after=name.endswith("after"))

    def status_test(self, kind: str, params: Params) -> Test:
        wanted = params.get("status", "any")
        chosen = wanted if isinstance(wanted, list) else [wanted]
        if not chosen or "any" in chosen:
            # "any,trash" does not list the trash either.
            return lambda row: row.status not in HIDDEN
        return lambda row: row.status in chosen


def date_test(field: str, moment: int, *, is_after: bool) -> Test:
    """Strictly: a row of that very second is on neither side."""
    if is_after:
        return lambda row: moved(row, field) > moment
    return lambda row: moved(row, field) < moment


def equals(field: str, wanted: Any) -> Test:
    return lambda row: bool(getattr(row, field) == wanted)


def moved(row: Any, field: str) -> int:
    found: int = getattr(row, field, row.created)
    return found


def plain(query: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value for name, value in query.items()
        if not name.startswith(("oauth_", "consumer_"))
    }  # fmt: skip


def spell(query: dict[str, Any]) -> str:
    pairs = []
    for name, value in query.items():
        if isinstance(value, list):
            pairs += [(f"{name}[{at}]", one) for at, one in enumerate(value)]
        else:
            pairs.append((name, value))
    return "&".join(f"{quote(n, safe='')}={quote(str(v), safe='')}" for n, v in pairs)


def keep(body: Any, fields: Any) -> Any:
    if not fields or not isinstance(body, dict):
        return body
    names = fields if isinstance(fields, list) else fields.split(",")
    top = {name.strip().split(".")[0] for name in names}
    return {name: value for name, value in body.items() if name in top}


def name_of(row: Any) -> str:
    return str(getattr(row, "name", "") or getattr(row, "username", "")).lower()


SORTS: dict[str, Callable[[Any], Any]] = {
    "id": lambda row: row.id,
    "date": lambda row: (getattr(row, "created", 0), row.id),
    "registered_date": lambda row: (row.created, row.id),
    "modified": lambda row: (moved(row, "modified"), row.id),
    "title": lambda row: (str(getattr(row, "name", "") or getattr(row, "code", "")), row.id),
    "name": lambda row: (name_of(row), row.id),
    "slug": lambda row: (str(getattr(row, "slug", "")), row.id),
    "popularity": lambda row: (row.total_sales, row.id),
    "sales": lambda row: (row.total_sales, row.id),
    "price": lambda row: (float(row.price or 0), row.id),
}  # fmt: skip


def no_filters(shop: FakeShop, params: Params) -> Iterable[Test]:
    return ()


def product_filters(shop: FakeShop, params: Params) -> Iterable[Test]:
    if "sku" in params:
        wanted = [
            one.strip().lower() for one in str(params["sku"]).split(",") if one.strip()
        ]
        yield lambda row: row.sku.lower() in wanted
    if "search" in params:
        text = str(params["search"]).lower()
        yield lambda row: text in row.name.lower() or text in row.sku.lower()
    for name in ("type", "slug", "stock_status"):
        if name in params:
            yield equals(name, params[name])
    if "on_sale" in params:
        wanted_sale, now = is_true(params["on_sale"]), shop.moment()
        yield lambda row: row.type != "grouped"
        yield lambda row: is_on_sale(row, shop.family(row), now) == wanted_sale


def order_filters(shop: FakeShop, params: Params) -> Iterable[Test]:
    if "customer" in params:
        yield lambda row: row.customer == params["customer"]
    if "product" in params:
        wanted = params["product"]
        yield lambda row: any(
            wanted in (one.product, one.variation) for one in row.lines
        )
    if "search" in params:
        text = str(params["search"]).lower()
        yield (
            lambda row: (
                any(text in part.lower() for part in (*row.billing, *row.shipping))
                or str(row.id) == text
                or any(text in one.name.lower() for one in row.lines)
            )
        )


def customer_filters(shop: FakeShop, params: Params) -> Iterable[Test]:
    role = params.get("role", "customer")
    if role != "all":
        yield lambda row: row.role == role
    if "email" in params:
        email = str(params["email"]).lower()
        yield lambda row: row.email.lower() == email
    if "search" in params:
        text = str(params["search"]).lower()
        yield lambda row: text in f"{row.email} {row.username} {row.first_name} {row.last_name}".lower()  # fmt: skip


def coupon_filters(shop: FakeShop, params: Params) -> Iterable[Test]:
    if "code" in params:
        yield lambda row: row.code == str(params["code"]).lower()
    if "search" in params:
        yield lambda row: str(params["search"]).lower() in row.code


def term_filters(shop: FakeShop, params: Params) -> Iterable[Test]:
    if "slug" in params:
        yield lambda row: row.slug == params["slug"]
    if "search" in params:
        yield lambda row: str(params["search"]).lower() in row.name.lower()
    if is_true(params.get("hide_empty", "")):
        kind = params.kind
        yield lambda row: shop.term_count(kind, row.id) > 0
    if "product" in params:
        row_of = shop.products.get(params["product"])
        held = {*row_of.categories, *row_of.tags} if row_of else set()
        yield lambda row: row.id in held


def webhook_filters(shop: FakeShop, params: Params) -> Iterable[Test]:
    if params.get("status", "all") not in ("all", "any"):
        yield lambda row: row.status == params["status"]


FILTERS: dict[str, Callable[[FakeShop, Params], Iterable[Test]]] = {
    "products": product_filters, "variations": product_filters,
    "orders": order_filters, "customers": customer_filters,
    "coupons": coupon_filters, "categories": term_filters, "tags": term_filters,
    "terms": term_filters, "webhooks": webhook_filters,
}  # fmt: skip
