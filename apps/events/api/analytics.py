"""What the figures say: GET only, for people from analyst on and for keys that may read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.store_views import MomentFilter, StoreView
from apps.events.models import Metric, Session
from apps.events.models.rollups import money_of
from apps.events.services.analytics import cohorts, figures, funnel, pages, trending
from apps.events.services.analytics.remember import orders_stamp, remembered
from apps.events.services.analytics.span import Span, span_of
from apps.events.services.enrich import CHANNELS

NAMES = 12


class SpanQuery(serializers.Serializer[Any]):
    first = serializers.DateField(
        required=False, help_text="A day of the store; 30 days before the last one."
    )
    last = serializers.DateField(required=False, help_text="Included; today.")


class AnalyticsView(StoreView):
    """Asks a service with what the query says; remembers the answer."""

    filter_backends = ()
    pagination_class = None
    query: ClassVar[type[serializers.Serializer[Any]]] = SpanQuery
    serializer_class = SpanQuery

    def asked(self, request: Request) -> dict[str, Any]:
        form = self.query(data=request.query_params)
        form.is_valid(raise_exception=True)
        found: dict[str, Any] = form.validated_data
        return found

    def span(self, asked: dict[str, Any]) -> Span:
        first, last = asked.get("first"), asked.get("last")
        return span_of(self.store, timezone.now(), first, last)

    def told(
        self, name: str, asked: dict[str, Any], answer: Callable[[], Any]
    ) -> Response:
        return Response(remembered(self.store, name, asked, answer))


def said(span: Span, **more: Any) -> dict[str, Any]:
    """The days, as every answer begins."""
    return {
        "first": span.first.isoformat(),
        "last": span.last.isoformat(),
        "currency": span.store.currency,
        **more,
    }


def share(one: figures.Share) -> dict[str, Any]:
    return {"key": one.key, "count": one.count, "amount": str(one.amount)}


class MetricsQuery(SpanQuery):
    names = serializers.CharField(
        default="page_view,product_view,add_to_cart,order",
        max_length=500,
        help_text="Up to 12 names of types of events, or of: visitors, sessions, "
        "sessions_bounced, sessions_viewed, sessions_carted, sessions_checkout, "
        "sessions_ordered, bots, bought, search_empty.",
    )
    grain = serializers.ChoiceField(Metric.Grain.choices, default=Metric.Grain.DAY)
    dimension = serializers.CharField(
        required=False, max_length=20, help_text="Then keys of the first name."
    )
    limit = serializers.IntegerField(min_value=1, max_value=1000, default=100)

    def validate_names(self, text: str) -> list[str]:
        names = [name for name in dict.fromkeys(text.split(",")) if name]
        if not 1 <= len(names) <= NAMES:
            raise serializers.ValidationError(f"Ask for 1 to {NAMES} names.")
        return names


class Metrics(AnalyticsView):
    query = MetricsQuery

    @extend_schema(
        operation_id="analytics_metrics", parameters=[MetricsQuery], responses=dict
    )
    def get(self, request: Request) -> Response:
        """Counts and amounts over time, or by what they are about."""
        asked = self.asked(request)
        span = self.span(asked)
        return self.told(
            "metrics",
            {**asked, **said(span)},
            lambda: said(span, **self.found(span, asked)),
        )

    def found(self, span: Span, asked: dict[str, Any]) -> dict[str, Any]:
        names = asked["names"]
        if dimension := asked.get("dimension"):
            rows = figures.shares(span, names[0], dimension, asked["limit"])
            return {"dimension": dimension, "keys": [share(one) for one in rows]}
        return {
            "grain": asked["grain"],
            "points": [
                {
                    "starts_at": one.starts_at.isoformat(),
                    "name": one.name,
                    "count": one.count,
                    "amount": str(one.amount),
                }
                for one in figures.curve(span, names, asked["grain"])
            ],
        }


class FunnelQuery(SpanQuery):
    by = serializers.ChoiceField(funnel.DIMENSIONS, required=False)


class Funnel(AnalyticsView):
    query = FunnelQuery

    @extend_schema(
        operation_id="analytics_funnel", parameters=[FunnelQuery], responses=dict
    )
    def get(self, request: Request) -> Response:
        """From a visit to an order, step by step."""
        asked = self.asked(request)
        span = self.span(asked)

        def answer() -> dict[str, Any]:
            found = asdict(funnel.funnel(span, asked.get("by", "")))
            return said(span, **{**found, "revenue": str(found["revenue"])})

        return self.told("funnel", {**asked, **said(span)}, answer)


class CohortsQuery(SpanQuery):
    by = serializers.ChoiceField(
        [("visit", "First visit"), ("order", "First order")], default="visit"
    )


class Cohorts(AnalyticsView):
    query = CohortsQuery

    @extend_schema(
        operation_id="analytics_cohorts", parameters=[CohortsQuery], responses=dict
    )
    def get(self, request: Request) -> Response:
        """By week of the first visit or order: how many came back in each week after."""
        asked = self.asked(request)
        span = self.span(asked)
        is_visit = asked["by"] == "visit"
        find = cohorts.by_first_visit if is_visit else cohorts.by_first_order
        stamp = "" if is_visit else orders_stamp(self.store)
        return self.told(
            "cohorts",
            {**asked, **said(span), "stamp": stamp},
            lambda: said(
                span,
                by=asked["by"],
                cohorts=[
                    {**asdict(one), "week_on": one.week_on.isoformat()}
                    for one in find(span)
                ],
            ),
        )


class TrendingQuery(serializers.Serializer[Any]):
    limit = serializers.IntegerField(min_value=1, max_value=100, default=20)


class Trending(AnalyticsView):
    query = TrendingQuery

    @extend_schema(
        operation_id="analytics_trending", parameters=[TrendingQuery], responses=dict
    )
    def get(self, request: Request) -> Response:
        """What is wanted now; what happened two days ago counts half."""
        asked = self.asked(request)
        at = timezone.now().replace(second=0, microsecond=0) + timedelta(minutes=1)
        return self.told(
            "trending",
            {**asked, "at": at},
            lambda: {
                "at": at.isoformat(),
                "products": [
                    asdict(one)
                    for one in trending.trending(self.store, at, asked["limit"])
                ],
            },
        )


class HeatmapQuery(SpanQuery):
    path = serializers.CharField(max_length=200, default="/")
    of = serializers.ChoiceField(["click", "rage_click", "dead_click"], default="click")


class Heatmap(AnalyticsView):
    query = HeatmapQuery

    @extend_schema(
        operation_id="analytics_heatmap", parameters=[HeatmapQuery], responses=dict
    )
    def get(self, request: Request) -> Response:
        """Where people click on one page: cells of a grid over it."""
        asked = self.asked(request)
        span = self.span(asked)
        return self.told(
            "heatmap",
            {**asked, **said(span)},
            lambda: said(span, **asdict(pages.heat(span, asked["path"], asked["of"]))),
        )


class SearchesQuery(SpanQuery):
    only_empty = serializers.BooleanField(default=False)
    limit = serializers.IntegerField(min_value=1, max_value=1000, default=100)


class Searches(AnalyticsView):
    query = SearchesQuery

    @extend_schema(
        operation_id="analytics_searches", parameters=[SearchesQuery], responses=dict
    )
    def get(self, request: Request) -> Response:
        """What people search for, and what of it finds nothing."""
        asked = self.asked(request)
        span = self.span(asked)

        def answer() -> dict[str, Any]:
            found = pages.searches(span, asked["limit"], only_empty=asked["only_empty"])
            return said(span, searches=[asdict(one) for one in found])

        return self.told("searches", {**asked, **said(span)}, answer)


class SessionSerializer(serializers.ModelSerializer[Session]):
    revenue = serializers.SerializerMethodField()

    class Meta:
        model = Session
        fields: tuple[str, ...] = (
            "id", "key", "visitor", "customer", "started_at", "last_at", "events",
            "page_views", "product_views", "searches", "cart_adds", "orders",
            "pick_clicks", "frustrations", "revenue", "viewed_at", "carted_at",
            "checkout_at", "ordered_at", "landing_path", "referrer", "utm_source",
            "utm_medium", "utm_campaign", "utm_term", "utm_content", "channel",
            "device", "browser", "system", "country", "region", "is_bot", "visible_ms",
        )  # fmt: skip
        read_only_fields = fields

    def get_revenue(self, session: Session) -> str:
        return str(money_of(session.revenue))


class SessionFilter(filters.FilterSet):
    since = MomentFilter("started_at", "gte")
    until = MomentFilter("started_at", "lt")
    visitor = filters.CharFilter(max_length=64)
    channel = filters.ChoiceFilter(
        choices=[(key, label) for key, label in CHANNELS.items() if key]
    )
    device = filters.CharFilter(max_length=20)
    country = filters.CharFilter(max_length=2)
    is_bot = filters.BooleanFilter()
    has_ordered = filters.BooleanFilter("ordered_at", "isnull", exclude=True)

    class Meta:
        model = Session
        fields: tuple[str, ...] = ()


class SessionList(StoreView, generics.ListAPIView[Session]):
    """Visits, the newest first."""

    queryset = Session.objects.none()
    serializer_class = SessionSerializer
    filterset_class = SessionFilter

    def get_queryset(self) -> QuerySet[Session]:
        return Session.objects.of(self.store)
