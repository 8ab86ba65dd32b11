"""What the merchant sets: places, rules and banners."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models import Store
from apps.core.store_views import StoreView, refuse_unknown
from apps.storefront.api.given import (
    BannerSerializer,
    PlacementSerializer,
    RuleSerializer,
    note,
)
from apps.storefront.models import Action, Banner, Place, Placement, Rule
from apps.storefront.services.hero import forget_banners
from apps.storefront.services.plans import forget_plans
from apps.storefront.services.segments import CHOICES

# A store of more is no merchant's work any more.
MOST_ROWS = 500


class Said(StoreView):
    """A body is an object, of fields that may be set."""

    def checked(self, request: Request) -> Any:
        if not isinstance(request.data, dict):
            raise ValidationError("An object with fields.")
        form: Any = self.serializer_class
        known = {
            name
            for name, field in form(
                context=self.get_serializer_context()
            ).fields.items()
            if not field.read_only
        }
        refuse_unknown(request.data, known)
        return request.data


class Placements(StoreView):
    """All places of the shop's pages, and what stands in each."""

    serializer_class = PlacementSerializer
    filter_backends = ()
    pagination_class = None

    @extend_schema(responses=PlacementSerializer(many=True))
    def get(self, request: Request) -> Response:
        known = {row.place: row for row in Placement.objects.of(self.store)}
        rows = [known.get(place) or Placement(place=place) for place in Place.values]
        return Response(PlacementSerializer(rows, many=True).data)


class PlacementDetail(Said):
    serializer_class = PlacementSerializer
    filter_backends = ()
    pagination_class = None

    def row(self, place: str) -> Placement:
        if place not in Place.values:
            raise Http404
        found = Placement.objects.of(self.store).filter(place=place).first()
        return found or Placement(store=self.store, place=place)

    def get(self, request: Request, place: str) -> Response:
        return Response(PlacementSerializer(self.row(place)).data)

    def patch(self, request: Request, place: str) -> Response:
        """Counts within five seconds."""
        form = PlacementSerializer(
            self.row(place), data=self.checked(request), partial=True
        )
        form.is_valid(raise_exception=True)
        row, _ = Placement.objects.update_or_create(
            store=self.store, place=place, defaults=form.validated_data
        )
        forget_plans(self.store)
        note(request, "storefront.placement.changed", self.store, f"placement:{place}")
        return Response(PlacementSerializer(row).data)


class Kept(Said):
    """Rows that are written, changed and thrown away."""

    name = ""
    model: type[Any]

    def forget(self, store: Store) -> None:
        raise NotImplementedError

    def get_queryset(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = self.model.objects.of(self.store)
        return rows

    def done(self, verb: str, row: Any) -> None:
        self.forget(self.store)
        subject = f"{self.name}:{row.pk}"
        note(self.request, f"storefront.{self.name}.{verb}", self.store, subject)


class Listed(Kept, generics.ListAPIView[Any]):
    def post(self, request: Request) -> Response:
        if self.get_queryset().count() >= MOST_ROWS:
            raise ValidationError(f"A store has up to {MOST_ROWS} of them.")
        form = self.get_serializer(data=self.checked(request))
        form.is_valid(raise_exception=True)
        self.done("added", form.save(store=self.store))
        return Response(form.data, status=201)


class Single(Kept, generics.RetrieveAPIView[Any]):
    def patch(self, request: Request, pk: int) -> Response:
        row = self.get_object()
        form = self.get_serializer(row, data=self.checked(request), partial=True)
        form.is_valid(raise_exception=True)
        self.done("changed", form.save())
        return Response(form.data)

    def delete(self, request: Request, pk: int) -> Response:
        row = self.get_object()
        self.done("deleted", row)
        row.delete()
        self.forget(self.store)
        return Response(status=204)


class RuleFilter(filters.FilterSet):
    action = filters.ChoiceFilter(choices=Action.choices)
    is_on = filters.BooleanFilter()

    class Meta:
        model = Rule
        fields: tuple[str, ...] = ()


class RuleView(Kept):
    name = "rule"
    model = Rule
    queryset = Rule.objects.none()
    serializer_class = RuleSerializer

    def forget(self, store: Store) -> None:
        forget_plans(store)


class Rules(RuleView, Listed):
    """The merchant's rules about shelves."""

    filterset_class = RuleFilter


class RuleDetail(RuleView, Single):
    pass


class BannerFilter(filters.FilterSet):
    segment = filters.ChoiceFilter(choices=[one for one in CHOICES if one[0]])
    is_on = filters.BooleanFilter()

    class Meta:
        model = Banner
        fields: tuple[str, ...] = ()


class BannerView(Kept):
    name = "banner"
    model = Banner
    queryset = Banner.objects.none()
    serializer_class: type[serializers.BaseSerializer[Any]] = BannerSerializer

    def forget(self, store: Store) -> None:
        forget_banners(store)


class Banners(BannerView, Listed):
    """What the top of the home page shows, and to whom."""

    filterset_class = BannerFilter


class BannerDetail(BannerView, Single):
    pass
