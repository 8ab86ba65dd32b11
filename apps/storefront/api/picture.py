"""visual-search/: products that look like a picture, or like one of them."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import IO, Any

from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.utils import timezone, translation
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models.keys import Scope
from apps.accounts.throttles import PictureThrottle
from apps.core.errors import InvalidInputError, UnknownError
from apps.core.store_views import StoreView
from apps.storefront.api.asked import visit_of
from apps.storefront.api.page import PagePickSerializer, PageShelfSerializer
from apps.storefront.services.page.answer import language_of
from apps.storefront.services.page.visit import Visit
from apps.storefront.services.picture import PLACE, looking_alike, looking_like
from apps.visual_search.services.describe import describe

FIELD = "picture"
NO_STORE = {"Cache-Control": "no-store"}
BINARY = {"type": "string", "format": "binary"}
UPLOAD = {
    "multipart/form-data": {
        "type": "object",
        "properties": {
            FIELD: BINARY,
            **{
                name: {"type": "string"}
                for name in ("visitor", "token", "language", "exclude", "limit")
            },
        },
        "required": [FIELD],
    },
    "image/*": BINARY,
}


class FoundSerializer(PagePickSerializer):
    score = serializers.FloatField(help_text="How much alike, 1 at most.")


class FoundShelfSerializer(PageShelfSerializer):
    picks = FoundSerializer(many=True)


class PictureParser(BaseParser):
    """The body is the picture, and what is said stands in the address."""

    media_type = "image/*"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Any = None,
    ) -> dict[str, Any]:
        return {FIELD: BytesIO(stream.read())}


class PictureFormParser(MultiPartParser):
    """In memory alone: a shopper's picture is never written to a disk. How large it may
    be is the limit of every call's (API_BODY_LIMIT)."""

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Any = None,
    ) -> Any:
        request = parser_context["request"]._request
        request.upload_handlers = [InMemory(request)]
        return super().parse(stream, media_type, parser_context)


class InMemory(MemoryFileUploadHandler):
    def handle_raw_input(self, *_: Any, **__: Any) -> None:
        self.activated = True


def parameter(name: str, about: str) -> OpenApiParameter:
    return OpenApiParameter(name, str, description=about)


SAID = [
    parameter("visitor", "As events name the browser."),
    parameter("token", "Signed by the shop: who is signed in."),
    parameter("language", "Of title and reasons; otherwise the store's."),
    parameter("exclude", "Products that are not to be shown."),
    parameter("limit", "Picks at most."),
]


class PictureView(StoreView):
    filter_backends = ()
    pagination_class = None
    is_publishable = True
    throttle_classes = (*StoreView.throttle_classes, PictureThrottle)
    serializer_class = FoundShelfSerializer

    def visit(self, said: Mapping[str, Any], **more: Any) -> Visit:
        return visit_of(self.store, {**said, **more, "places": PLACE}, timezone.now())


class SearchByPicture(PictureView):
    """Products that look like a JPEG, PNG or WebP picture of up to 2 MB.

    The picture is kept nowhere: it is described, compared and forgotten.
    """

    needs = {"POST": Scope.STOREFRONT}
    parser_classes = (PictureFormParser, PictureParser)

    @extend_schema(parameters=SAID, request=UPLOAD, responses=FoundShelfSerializer)
    def post(self, request: Request) -> Response:
        said: Any = request.data
        picture = said.get(FIELD)
        if not hasattr(picture, "read"):
            raise InvalidInputError(
                "Send a file named picture, or a picture as the body."
            )
        texts = {name: said[name] for name in said if name != FIELD}
        visit = self.visit({**request.query_params.dict(), **texts})
        wanted = describe(picture.read())
        with translation.override(language_of(self.store, visit)):
            body = looking_like(self.store, wanted, visit, timezone.now())
        return Response(body, headers=NO_STORE)


class SimilarByPicture(PictureView):
    """Products that look like this one, by the shop's id of it."""

    needs = {"GET": Scope.STOREFRONT}

    @extend_schema(parameters=SAID, responses=FoundShelfSerializer)
    def get(self, request: Request, product: int) -> Response:
        visit = self.visit(request.query_params.dict(), product=str(product))
        if visit.product is None:
            raise UnknownError("There is no such product.")
        with translation.override(language_of(self.store, visit)):
            body = looking_alike(self.store, visit.product, visit, timezone.now())
        return Response(body, headers=NO_STORE)
