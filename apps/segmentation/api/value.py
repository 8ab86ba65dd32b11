"""What customers are worth and what to do about them: GET only, for people from analyst
on and for keys that may read."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.rest import CursorPage
from apps.core.store_views import LARGEST_ID, StoreView
from apps.segmentation.models import Code, CustomerValue
from apps.segmentation.models.value import LONG, SHORT, VALUE, Band
from apps.segmentation.services.next_action import Action, next_action
from apps.segmentation.services.value import BY, Worth, most, value_of
from apps.segmentation.services.value_words import (
    Driver,
    band_words,
    drivers_for,
    risks_of,
)
from apps.shop.models import Customer


class AheadSerializer(serializers.Serializer[Any]):
    days = serializers.IntegerField()
    orders = serializers.FloatField(help_text="Expected.")
    revenue = serializers.CharField(help_text="Expected; without tax.")
    low = serializers.CharField()
    high = serializers.CharField(help_text="In nine of ten cases it lies between both.")
    margin = serializers.CharField(allow_null=True, help_text="Null: no cost is known.")


class DriverSerializer(serializers.Serializer[Any]):
    feature = serializers.CharField()
    says = serializers.CharField()
    effect = serializers.FloatField(
        help_text="Its part of the log-odds of buying again, beside an average customer."
    )


class NextActionSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(help_text="do_nothing is an answer, too.")
    reason = serializers.CharField()
    channel = serializers.CharField(help_text="Empty: nothing is to be sent.")
    uplift = serializers.FloatField(allow_null=True, help_text="Null: not measured.")
    caution = serializers.CharField()


class CustomerValueSerializer(serializers.Serializer[Any]):
    customer = serializers.IntegerField()
    currency = serializers.CharField()
    current_value = serializers.CharField(
        help_text="What they brought so far, without tax and net of refunds."
    )
    current_margin = serializers.CharField(
        allow_null=True, help_text="Of what has a cost; null: nothing has."
    )
    lifetime_value = serializers.CharField(
        help_text="That and what is expected of the next 365 days."
    )
    lifetime_value_low = serializers.CharField()
    lifetime_value_high = serializers.CharField()
    repurchase_probability = serializers.FloatField(
        help_text="Of one order or more within the horizon."
    )
    churn_risk = serializers.FloatField(help_text="1 less that.")
    churn_band = serializers.ChoiceField(Band.values)
    churn_says = serializers.CharField()
    horizon_days = serializers.IntegerField(help_text="What churn risk is about.")
    ahead = AheadSerializer(many=True)
    next_order_on = serializers.DateField(
        allow_null=True, help_text="Null: none is to be expected within a year."
    )
    segment = serializers.ChoiceField(
        [*Code.values, ""], help_text="Of the five learned ones; empty: not placed yet."
    )
    next_best_action = NextActionSerializer()
    value_drivers = DriverSerializer(many=True)
    risk_factors = DriverSerializer(many=True)
    model_version = serializers.CharField()
    as_of = serializers.DateTimeField()


class ValueRowSerializer(serializers.ModelSerializer[CustomerValue]):
    """Amounts in the store's currency, without tax."""

    segment = serializers.SerializerMethodField()
    model_version = serializers.SerializerMethodField()

    class Meta:
        model = CustomerValue
        fields: tuple[str, ...] = (
            "customer", "spent", "total", "chance", "churn", "band", "revenue_90",
            "low_90", "high_90", "revenue_365", "low_365", "high_365", "next_order_on",
            "segment", "model_version", "computed_at",
        )  # fmt: skip
        read_only_fields = fields

    def get_segment(self, row: Any) -> str:
        return row.segment or ""

    def get_model_version(self, row: Any) -> str:
        return f"{VALUE}#{row.version_number}"


class MostFirst(CursorPage):
    """The view's own order is the one to go on in."""

    # Thousands may have one churn risk; cut off, their pages would begin anew.
    offset_cutoff = 10_000_000

    def get_ordering(self, request: Any, queryset: Any, view: Any) -> tuple[str, ...]:
        return (f"-{view.by}", "-id")


class CustomerValues(StoreView, generics.ListAPIView[CustomerValue]):
    """Customers by what they are worth, or by their churn risk: the greatest first."""

    queryset = CustomerValue.objects.none()
    serializer_class = ValueRowSerializer
    pagination_class = MostFirst
    filter_backends = ()

    @property
    def by(self) -> str:
        field = serializers.ChoiceField(BY)
        found: str = field.run_validation(self.request.query_params.get("by", BY[0]))
        return found

    def get_queryset(self) -> QuerySet[CustomerValue]:
        return most(self.store, self.by)

    @extend_schema(
        operation_id="segmentation_values",
        parameters=[OpenApiParameter("by", str, enum=BY, description=BY[0])],
    )
    def get(self, request: Request, *args: Any, **more: Any) -> Response:
        return super().get(request, *args, **more)


class ValueOfCustomer(StoreView):
    """What one customer is worth, how likely they stay, why, and what to do next."""

    queryset = CustomerValue.objects.none()
    serializer_class = CustomerValueSerializer

    @extend_schema(
        operation_id="segmentation_customer_value", responses=CustomerValueSerializer
    )
    def get(self, request: Request, pk: int) -> Response:
        worth = value_of(self.store, pk) if pk <= LARGEST_ID else None
        who = Customer.objects.of(self.store).filter(pk=pk).first() if worth else None
        if worth is None or who is None:
            raise Http404
        action = next_action(self.store, who, worth, timezone.now())
        shown = told(worth, action, self.store.currency)
        return Response(shown, headers={"Cache-Control": "no-store"})


def told(worth: Worth, action: Action, currency: str) -> dict[str, Any]:
    row = worth.row
    return {
        "customer": row.customer_id,
        "currency": currency,
        "current_value": money(row.spent),
        "current_margin": money(row.earned),
        "lifetime_value": money(row.total),
        "lifetime_value_low": money(row.spent + row.low_365),
        "lifetime_value_high": money(row.spent + row.high_365),
        "repurchase_probability": row.chance,
        "churn_risk": row.churn,
        "churn_band": row.band,
        "churn_says": band_words(row),
        "horizon_days": SHORT,
        "ahead": [ahead(row, days) for days in (SHORT, LONG)],
        "next_order_on": row.next_order_on,
        "segment": worth.segment,
        "next_best_action": {
            "code": action.code,
            "reason": action.reason,
            "channel": action.channel,
            "uplift": action.uplift,
            "caution": action.caution,
        },
        "value_drivers": [driver(one) for one in drivers_for(row)],
        "risk_factors": [driver(one) for one in risks_of(row)],
        "model_version": worth.model_version,
        "as_of": row.computed_at.isoformat(),
    }


def ahead(row: CustomerValue, days: int) -> dict[str, Any]:
    return {
        "days": days,
        "orders": getattr(row, f"orders_{days}"),
        "revenue": money(getattr(row, f"revenue_{days}")),
        "low": money(getattr(row, f"low_{days}")),
        "high": money(getattr(row, f"high_{days}")),
        "margin": money(getattr(row, f"margin_{days}")),
    }


def driver(one: Driver) -> dict[str, Any]:
    return {"feature": one.feature, "says": one.says, "effect": one.effect}


def money(amount: float | None) -> str | None:
    return None if amount is None else f"{amount:.2f}"
