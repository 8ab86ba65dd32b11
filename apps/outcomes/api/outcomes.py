"""Credit by rule and one order's journey: GET only, for people from analyst on and for
keys that may read."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.store_views import LARGEST_ID, StoreView
from apps.outcomes.models import Credit, Rule
from apps.outcomes.services.journey import journey
from apps.outcomes.services.periods import PERIODS
from apps.shop.models import Order


class CreditQuery(serializers.Serializer[Any]):
    days = serializers.ChoiceField(
        [(days, f"{days} days") for days in PERIODS],
        default=PERIODS[0],
        help_text="Up to today, days of the store.",
    )
    rule = serializers.ChoiceField(
        Rule.choices, required=False, help_text="All of them where none is named."
    )


class JourneyQuery(serializers.Serializer[Any]):
    order = serializers.IntegerField(min_value=1, max_value=LARGEST_ID)


class CreditRow(serializers.ModelSerializer[Credit]):
    class Meta:
        model = Credit
        fields: tuple[str, ...] = (
            "rule", "channel", "currency", "orders", "new_customers", "revenue",
            "margin", "margin_known", "computed_at",
        )  # fmt: skip
        read_only_fields = fields


class OutcomesView(StoreView):
    filter_backends = ()
    pagination_class = None
    serializer_class = CreditQuery


class CreditOfChannels(OutcomesView):
    @extend_schema(
        operation_id="outcomes_credit", parameters=[CreditQuery], responses=dict
    )
    def get(self, request: Request) -> Response:
        """What each rule gives each channel, net of tax, discounts and refunds."""
        form = CreditQuery(data=request.query_params)
        form.is_valid(raise_exception=True)
        asked = form.validated_data
        rows = Credit.objects.of(self.store).filter(days=asked["days"])
        if rule := asked.get("rule"):
            rows = rows.filter(rule=rule)
        found = list(rows.order_by("currency", "rule", "channel"))
        return Response(
            {
                "days": asked["days"],
                "first": found[0].starts_on.isoformat() if found else None,
                "last": found[0].ends_on.isoformat() if found else None,
                "credit": CreditRow(found, many=True).data,
            }
        )


class JourneyOfOrder(OutcomesView):
    @extend_schema(
        operation_id="outcomes_journey", parameters=[JourneyQuery], responses=dict
    )
    def get(self, request: Request) -> Response:
        """What an order's customer did before it, with the weight by each rule."""
        form = JourneyQuery(data=request.query_params)
        form.is_valid(raise_exception=True)
        orders = Order.objects.of(self.store).live()
        order = get_object_or_404(orders, pk=form.validated_data["order"])
        found = journey(order)
        return Response(
            {
                "order": order.pk,
                "placed_at": order.placed_at.isoformat(),
                "touchpoints": [
                    {
                        "channel": touch.channel,
                        "at": touch.at.isoformat(),
                        "weights": touch.weights,
                    }
                    for touch in found.touches
                ],
                "channel_weights": {rule: found.share(rule) for rule in Rule},
            }
        )
