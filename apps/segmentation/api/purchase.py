"""GET segmentation/purchase/: how likely the visit under way brings an order."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models import Store
from apps.core.store_views import StoreView
from apps.segmentation.services.purchase import Factor, Prediction, predict


class VisitQuery(serializers.Serializer[Any]):
    visitor = serializers.CharField(
        required=False, max_length=64, help_text="As events name the browser."
    )
    session = serializers.CharField(
        required=False, max_length=64, help_text="Instead of the visitor."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len(attrs) != 1:
            raise serializers.ValidationError("Name a visitor or a session.")
        return attrs


class FactorSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    label = serializers.CharField(help_text="For people.")  # type: ignore[assignment]
    value = serializers.CharField(
        allow_null=True, help_text="Null: not known, which says something, too."
    )
    effect = serializers.FloatField(
        help_text="What it adds to the log-odds beside an average visit, exactly."
    )


class ActionSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    reason = serializers.CharField()


class PredictionSerializer(serializers.Serializer[Any]):
    session = serializers.CharField(
        help_text="Empty: no visit is under way, and the answer is about any visit."
    )
    purchase_probability = serializers.FloatField()
    probability_low = serializers.FloatField()
    probability_high = serializers.FloatField(
        help_text="How far the parts of the model disagree about such a visit: 1.645"
        " standard errors on each side. How often the truth lies between is not measured."
    )
    confidence_score = serializers.FloatField(
        help_text="1 less the width of that interval."
    )
    predicted_value = serializers.CharField(
        help_text="The probability times what an order would be worth: by the cart, else"
        " an average one. As shops tell of orders: with tax and shipping, where other"
        " values of this API are without."
    )
    currency = serializers.CharField()
    factors = FactorSerializer(many=True, help_text="The weightiest first.")
    recommended_actions = ActionSerializer(many=True)
    model_version = serializers.CharField(
        help_text="Empty: no model was asked; the store's own rate answers."
    )


class Purchase(StoreView):
    """How likely the visit under way brings an order, why, and what to do about it.

    For the shop's server and for people: a page's key may not ask, since what is thought
    of a shopper is no business of whoever reads the page.
    """

    filter_backends = ()
    pagination_class = None
    serializer_class = PredictionSerializer

    @extend_schema(parameters=[VisitQuery], responses=PredictionSerializer)
    def get(self, request: Request) -> Response:
        query = VisitQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        said = query.validated_data
        found = predict(self.store, timezone.now(), **said)
        return Response(shown(self.store, found), headers={"Cache-Control": "no-store"})


def shown(store: Store, found: Prediction) -> dict[str, Any]:
    return {
        "session": found.session,
        "purchase_probability": round(found.purchase_probability, 6),
        "probability_low": round(found.low, 6),
        "probability_high": round(found.high, 6),
        "confidence_score": round(found.confidence_score, 6),
        "predicted_value": f"{found.predicted_value:.2f}",
        "currency": store.currency,
        "factors": [factor(one) for one in found.factors],
        "recommended_actions": [
            {"code": one.code, "reason": one.reason}
            for one in found.recommended_actions
        ],
        "model_version": found.model_version,
    }


def factor(one: Factor) -> dict[str, Any]:
    value = one.value
    told = f"{value:.10g}" if isinstance(value, float) else value
    return {
        "name": one.name,
        "label": one.label,
        "value": told,
        "effect": round(one.effect, 6),
    }
