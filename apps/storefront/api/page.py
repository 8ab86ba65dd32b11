"""storefront/page: what one page of the shop shows; storefront/pages: many, for the shop's
own server, which keeps copies of them."""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models.keys import Scope
from apps.accounts.throttles import ShelfThrottle
from apps.core.errors import InvalidInputError
from apps.core.store_views import StoreView
from apps.storefront.api.asked import Said, visit_of
from apps.storefront.services.page.answer import Copy, answer

MOST_PAGES = 25
# A browser, or a cache between, may show a copy for so long while it asks for a new one.
PUBLIC = "public, max-age=60, stale-while-revalidate=600"
PERSONAL = "no-store"


class PagePickSerializer(serializers.Serializer[Any]):
    product = serializers.IntegerField(help_text="The shop's id.")
    name = serializers.CharField()
    brand = serializers.CharField()
    url = serializers.CharField()
    image = serializers.CharField()
    price = serializers.CharField(allow_null=True)
    price_to = serializers.CharField(
        allow_null=True, help_text="The dearest size or color, where they differ."
    )
    regular_price = serializers.CharField(
        allow_null=True, help_text="Where it is reduced."
    )
    lowest_price = serializers.CharField(
        allow_null=True, help_text="Of the 30 days before it was reduced."
    )
    currency = serializers.CharField()
    sizes = serializers.ListField(child=serializers.CharField())
    reason = serializers.CharField(help_text="For shoppers.")


class PageShelfSerializer(serializers.Serializer[Any]):
    place = serializers.CharField()
    title = serializers.CharField()
    kind = serializers.CharField()
    limit = serializers.IntegerField(
        allow_null=True, help_text="What the placement's setting says, if anything."
    )
    decision = serializers.UUIDField()
    held_out = serializers.BooleanField(
        help_text="Left alone on purpose: show nothing of ours."
    )
    picks = PagePickSerializer(many=True)


class HeroSerializer(serializers.Serializer[Any]):
    place = serializers.CharField()
    heading = serializers.CharField()
    text = serializers.CharField()
    image = serializers.CharField()
    url = serializers.CharField()
    # A field has a label of its own.
    label = serializers.CharField()  # type: ignore[assignment]
    decision = serializers.UUIDField()


class LineSerializer(serializers.Serializer[Any]):
    place = serializers.CharField()
    code = serializers.CharField()
    text = serializers.CharField()
    facts = serializers.DictField()
    true_until = serializers.DateTimeField()


class PageSerializer(serializers.Serializer[Any]):
    shelves = PageShelfSerializer(many=True)
    hero = HeroSerializer(allow_null=True)
    lines = LineSerializer(many=True)
    hidden = serializers.ListField(
        child=serializers.CharField(),
        help_text="Places whose banner or lines this person is not to see.",
    )
    off = serializers.ListField(
        child=serializers.CharField(),
        help_text="Places that are switched off: keep no room for them.",
    )
    personal = serializers.BooleanField()
    made_at = serializers.DateTimeField()
    fresh_seconds = serializers.IntegerField()


class PagesSerializer(serializers.Serializer[Any]):
    pages = PageSerializer(
        many=True, help_text="In the order asked; null for a page that is wrong."
    )


class AskedPageSerializer(serializers.Serializer[Any]):
    places = serializers.ListField(child=serializers.CharField())
    product = serializers.IntegerField(required=False)
    category = serializers.IntegerField(required=False)
    limit = serializers.IntegerField(required=False)


class AskedPagesSerializer(serializers.Serializer[Any]):
    pages = AskedPageSerializer(many=True)
    language = serializers.CharField(required=False)


def parameter(name: str, about: str, *, required: bool = False) -> OpenApiParameter:
    return OpenApiParameter(name, str, required=required, description=about)


PARAMETERS = [
    parameter(
        "places",
        "Of the page, with commas between them. `trending:12` asks for up to 12 there, "
        "24 at most, whatever the placement's setting says.",
        required=True,
    ),
    parameter("product", "The page's product, by the shop's id."),
    parameter("category", "Only products of this category, or of one below it."),
    parameter("basket", "Products in the basket."),
    parameter("viewed", "Products just viewed, the newest first."),
    parameter("exclude", "Products that are not to be shown."),
    parameter("visitor", "As events name the browser."),
    parameter("token", "Signed by the shop: who is signed in."),
    parameter("language", "Of titles and reasons; otherwise the store's."),
    parameter("limit", "Picks on each shelf at most; cannot widen a setting."),
]


class PageView(StoreView):
    """All that one page shows: shelves, the banner, lines under the price.

    Without visitor, token, basket and viewed it is the same for everybody, and may be
    kept.
    """

    filter_backends = ()
    pagination_class = None
    is_publishable = True
    needs = {"GET": Scope.STOREFRONT}
    throttle_classes = (*StoreView.throttle_classes, ShelfThrottle)
    serializer_class = PageSerializer

    @extend_schema(parameters=PARAMETERS, responses=PageSerializer)
    def get(self, request: Request) -> HttpResponse:
        now = timezone.now()
        found = answer(self.store, visit_of(self.store, request.query_params, now), now)
        headers = headers_of(found, is_named="key" in request.query_params)
        if is_known(found, request.headers.get("If-None-Match", "")):
            return HttpResponse(status=304, headers=headers)
        return HttpResponse(
            found.body, content_type="application/json", headers=headers
        )


def is_known(found: Copy, tags: str) -> bool:
    return bool(found.tag) and f'"{found.tag}"' in tags


def headers_of(found: Copy, *, is_named: bool) -> dict[str, str]:
    """`is_named`: whose page it is stands in the address, so that a cache between cannot
    give it to another store's."""
    if not found.tag or not is_named:
        return {"Cache-Control": PERSONAL}
    return {"Cache-Control": PUBLIC, "ETag": f'"{found.tag}"'}


class PagesView(StoreView):
    """Copies of several pages, the same for everybody, for the shop's own server."""

    filter_backends = ()
    pagination_class = None
    needs = {"POST": Scope.STOREFRONT}
    serializer_class = PagesSerializer

    @extend_schema(request=AskedPagesSerializer, responses=PagesSerializer)
    def post(self, request: Request) -> Response:
        data: Any = request.data
        return Response({"pages": [self.copy(one, data) for one in pages_in(data)]})

    def copy(self, page: Any, data: Said) -> Any:
        """None for one that is wrong: the others are not its fault."""
        now = timezone.now()
        try:
            visit = visit_of(self.store, said_of(page, data), now)
        except InvalidInputError:
            return None
        return msgspec.json.decode(answer(self.store, visit, now).body)


def pages_in(data: Any) -> list[Any]:
    pages = data.get("pages") if isinstance(data, dict) else None
    if not isinstance(pages, list) or not 1 <= len(pages) <= MOST_PAGES:
        raise InvalidInputError(f"pages: a list of 1 to {MOST_PAGES} pages.")
    return pages


def said_of(page: Any, data: Said) -> Said:
    """What is the same for everybody: nothing of a person is asked for here."""
    if not isinstance(page, dict) or not isinstance(page.get("places"), list):
        raise InvalidInputError('A page is like {"places": ["home-picks"]}.')
    if not all(isinstance(place, str) for place in page["places"]):
        raise InvalidInputError("places: a list of names.")
    known = {
        name: page[name] for name in ("product", "category", "limit") if name in page
    }
    return {
        **known,
        "places": ",".join(page["places"]),
        "language": data.get("language", ""),
    }
