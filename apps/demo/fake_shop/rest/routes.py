"""The paths under /wp-json, what each allows, and who answers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from apps.demo.fake_shop.errors import RestError, not_found
from apps.demo.fake_shop.rest import about, plugin
from apps.demo.fake_shop.rest.auth import Auth, check_rights
from apps.demo.fake_shop.rest.lists import Lists, keep
from apps.demo.fake_shop.rest.messages import Answer, Request
from apps.demo.fake_shop.rest.params import is_true
from apps.demo.fake_shop.rest.writes import Writes
from apps.demo.fake_shop.rows import Json
from apps.demo.fake_shop.shop import FakeShop

LIST, ONE, BATCH = "GET, POST", "GET, POST, PUT, PATCH, DELETE", "POST, PUT, PATCH"
BATCH_LIMIT = 100
# (pattern, kind, what it is); a group named `scope` is the owner of the list.
PATHS: tuple[tuple[str, str, str], ...] = (
    (r"products", "products", "list"),
    (r"products/batch", "products", "batch"),
    (r"products/categories", "categories", "list"),
    (r"products/categories/(?P<id>\d+)", "categories", "one"),
    (r"products/tags", "tags", "list"),
    (r"products/tags/(?P<id>\d+)", "tags", "one"),
    (r"products/attributes", "attributes", "list"),
    (r"products/attributes/(?P<id>\d+)", "attributes", "one"),
    (r"products/attributes/(?P<scope>\d+)/terms", "terms", "list"),
    (r"products/attributes/(?P<scope>\d+)/terms/(?P<id>\d+)", "terms", "one"),
    (r"products/(?P<id>\d+)", "products", "one"),
    (r"products/(?P<scope>\d+)/variations", "variations", "list"),
    (r"products/(?P<scope>\d+)/variations/batch", "variations", "batch"),
    (r"products/(?P<scope>\d+)/variations/(?P<id>\d+)", "variations", "one"),
    (r"variations", "variations", "all"),
    (r"refunds", "refunds", "all"),
    (r"orders", "orders", "list"),
    (r"orders/batch", "orders", "batch"),
    (r"orders/(?P<id>\d+)", "orders", "one"),
    (r"orders/(?P<scope>\d+)/refunds", "refunds", "list"),
    (r"orders/(?P<scope>\d+)/refunds/(?P<id>\d+)", "refunds", "one"),
    (r"orders/(?P<scope>\d+)/notes", "notes", "list"),
    (r"orders/(?P<scope>\d+)/notes/(?P<id>\d+)", "notes", "one"),
    (r"customers", "customers", "list"),
    (r"customers/batch", "customers", "batch"),
    (r"customers/(?P<id>\d+)", "customers", "one"),
    (r"coupons", "coupons", "list"),
    (r"coupons/batch", "coupons", "batch"),
    (r"coupons/(?P<id>\d+)", "coupons", "one"),
    (r"webhooks", "webhooks", "list"),
    (r"webhooks/batch", "webhooks", "batch"),
    (r"webhooks/(?P<id>\d+)", "webhooks", "one"),
)
COMPILED = tuple((re.compile(pattern), kind, what) for pattern, kind, what in PATHS)
UNPAGED = frozenset(("notes",))
ROUTE = "/wp-json/wc/v3/"


@dataclass(frozen=True)
class Route:
    kind: str
    what: str
    path: str
    id: int = 0
    scope: int = 0

    @property
    def allow(self) -> str:
        if self.what == "one" and self.kind in ("refunds", "notes"):
            return "GET, DELETE"
        return {"list": LIST, "one": ONE, "batch": BATCH}.get(self.what, "GET")


def no_route() -> RestError:
    message = "No route was found matching the URL and request method."
    return RestError(404, "rest_no_route", message)


class App:
    """One request in, one answer out; knows nothing of sockets."""

    def __init__(self, shop: FakeShop) -> None:
        self.shop = shop
        self.auth = Auth(shop)
        self.lists = Lists(shop)
        self.writes = Writes(shop)
        self.plugin = plugin.Plugin(shop, self.lists)

    def answer(self, request: Request) -> Answer:
        headers = {"Link": f'<{request.base}/wp-json/>; rel="https://api.w.org/"'}
        try:
            made = self.found(request, headers)
        except RestError as refusal:
            made = Answer(refusal.status, refusal.body())
        headers.update(made.headers)
        made.headers = headers
        return made

    def found(self, request: Request, headers: dict[str, str]) -> Answer:
        """Fills in `headers` on its way, since an error carries what was known by then."""
        path = request.path.rstrip("/")
        if path == "/wp-json":
            headers |= {"Allow": "GET", "Vary": "Origin"}
            return Answer(200, about.index(self.shop, request))
        try:
            key = self.auth.caller(request)
        finally:
            headers["Vary"] = "Origin"
        if key is not None:
            del headers["Vary"]
            headers["Cache-Control"] = "no-cache, must-revalidate, max-age=0, no-store, private"  # fmt: skip
        is_write = request.method not in ("GET", "HEAD")
        if path == ROUTE.rstrip("/"):
            headers["Allow"] = "GET"
            return Answer(200, {"namespace": "wc/v3", "routes": self.listed()})
        if path.startswith(plugin.ROUTE) and self.shop.quirks.has_plugin:
            return self.plugin.answer(request)
        if not path.startswith(ROUTE):
            raise no_route()
        route = self.route(path.removeprefix(ROUTE), request.method)
        is_new = is_write and request.method == "POST" and route.what == "list"
        check_rights(key, is_write=is_write, is_new=is_new, is_closed=True)
        if route.what == "one" and route.kind in ("customers", "variations", "refunds"):
            # As recorded: these look for the object before rights are listed.
            self.row(route)
        headers["Allow"] = route.allow
        if route.what == "page":
            return Answer(200, about.PAGES[route.path](self.shop, request))
        return self.handle(route, request)

    def listed(self) -> dict[str, Any]:
        """What a caller probes to see which lists this store has."""
        quirks = self.shop.quirks
        hidden = {"variations": not quirks.has_variations_route, "refunds": not quirks.has_refunds_route}  # fmt: skip
        found = {
            f"/wc/v3/{pattern}".replace(r"\d+", r"[\d]+"): Route(kind, what, pattern)
            for pattern, kind, what in PATHS
            if not (what == "all" and hidden[kind])
        }
        return {
            path: {"namespace": "wc/v3", "methods": route.allow.split(", ")}
            for path, route in found.items()
        }

    def route(self, path: str, method: str) -> Route:
        if path in about.PAGES:
            if method not in ("GET", "HEAD"):
                raise no_route()
            return Route("", "page", path)
        quirks = self.shop.quirks
        for pattern, kind, what in COMPILED:
            match = pattern.fullmatch(path)
            if match is None:
                continue
            if what == "all" and not (quirks.has_variations_route if kind == "variations" else quirks.has_refunds_route):  # fmt: skip
                break
            numbers = {name: int(value) for name, value in match.groupdict().items()}
            route = Route(kind, what, path, **numbers)
            if method != "HEAD" and method not in route.allow:
                break
            return route
        raise no_route()

    def handle(self, route: Route, request: Request) -> Answer:
        if route.what in ("list", "all"):
            if request.method == "POST":
                return self.create(route, request)
            return self.list(route, request)
        if route.what == "batch":
            return self.batch(route, request)
        if request.method in ("GET", "HEAD"):
            body = self.show(route, request.base)
            return Answer(200, keep(body, request.query.get("_fields")))
        if request.method == "DELETE":
            return self.delete(route, request)
        return self.update(route, request)

    def list(self, route: Route, request: Request) -> Answer:
        if route.kind in UNPAGED:
            rows = [row for row in self.shop.notes if row.order == route.scope]
            return Answer(
                200, [self.shop.show("notes", row, request.base) for row in rows]
            )
        if (
            route.kind == "variations"
            and route.scope
            and route.scope not in self.shop.products
        ):
            raise not_found("variations")
        return self.lists.answer(
            request, route.kind, scope=route.scope, path=route.path
        )

    def row(self, route: Route) -> Any:
        shop = self.shop
        row: Any = shop.product(route.id) if route.kind == "products" else shop.table(route.kind).get(route.id)  # fmt: skip
        owner = getattr(row, "order", None) if route.kind in ("refunds", "notes") else getattr(row, "parent", None)  # fmt: skip
        if row is None or (route.scope and owner != route.scope):
            raise not_found(route.kind)
        return row

    def show(self, route: Route, base: str) -> Any:
        with self.shop.lock:
            row = self.row(route)
            body = self.shop.show(route.kind, row, base)
            if route.kind == "refunds" and route.scope:
                body.pop("parent_id")
            return body

    def create(self, route: Route, request: Request) -> Answer:
        number = self.writes.create(route.kind, request.fields(), route.scope)
        made = Route(route.kind, "one", route.path, number, route.scope)
        body = self.show(made, request.base)
        if route.kind == "webhooks":  # the answer is of before its ping
            body["date_modified"] = body["date_modified_gmt"] = None
        where = f"{request.base}{ROUTE}{route.path}/{number}"
        return Answer(201, body, {"Location": where})

    def update(self, route: Route, request: Request) -> Answer:
        fields = {**request.fields()}
        self.row(route)
        self.writes.update(route.kind, route.id, fields)
        return Answer(200, self.show(route, request.base))

    def delete(self, route: Route, request: Request) -> Answer:
        self.row(route)
        body = self.show(route, request.base)
        is_forced = is_true(request.query.get("force", ""))
        self.writes.delete(route.kind, route.id, is_forced=is_forced, scope=route.scope)
        if not is_forced and route.kind in ("products", "orders", "coupons"):
            body = self.show(route, request.base)
        return Answer(200, body)

    def batch(self, route: Route, request: Request) -> Answer:
        fields = request.fields()
        parts = {
            name: fields.get(name) or [] for name in ("create", "update", "delete")
        }
        size = sum(len(part) for part in parts.values())
        if size > BATCH_LIMIT:
            raise RestError(
                413, "woocommerce_rest_request_entity_too_large",
                f"Unable to accept more than {BATCH_LIMIT} items for this request.",
            )  # fmt: skip
        body: dict[str, Any] = {}
        for name, part in parts.items():
            if part:
                body[name] = [self.item(name, one, route, request) for one in part]
        return Answer(200, body, objects=size)

    def item(self, name: str, given: Any, route: Route, request: Request) -> Json:
        """One of a batch: its own error, while the whole stays 200."""
        pk = (
            int(given["id"] if isinstance(given, dict) else given)
            if name != "create"
            else 0
        )
        one = Route(route.kind, "one", route.path, pk, route.scope)
        try:
            if name == "create":
                pk = self.writes.create(route.kind, given, route.scope)
                one = Route(route.kind, "one", route.path, pk, route.scope)
                return self.as_dict(self.show(one, request.base))
            if name == "update":
                self.writes.update(route.kind, pk, given)
                return self.as_dict(self.show(one, request.base))
            body = self.as_dict(self.show(one, request.base))
            # A batch never uses the trash.
            self.writes.delete(route.kind, pk, is_forced=True, scope=route.scope)
            return body
        except RestError as refusal:
            return {"id": pk, "error": refusal.body()}

    def as_dict(self, body: Any) -> Json:
        return {**body}
