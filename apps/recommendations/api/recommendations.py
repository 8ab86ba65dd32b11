"""GET recommendations/: a shelf for whoever is looking."""

from __future__ import annotations

import random
from datetime import datetime
from typing import Any

from django.utils import timezone, translation
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models import Store
from apps.accounts.models.keys import Scope
from apps.accounts.services.callers import PUBLISHABLE, Caller
from apps.accounts.throttles import ShelfThrottle
from apps.core.store_views import StoreView, refuse_unknown
from apps.recommendations.api import asked
from apps.recommendations.api.asked import AskQuery, asked_by, language_of
from apps.recommendations.models import ShelfSettings
from apps.recommendations.services import answer, why_not
from apps.recommendations.services.answering.ask import Answer, Place
from apps.recommendations.services.answering.remembered import SETTINGS

# The log keeps the propensity of what chance chose; nothing secret hangs on the draw.
CHANCE = random.SystemRandom()


class ReasonSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    about = serializers.IntegerField(
        allow_null=True, help_text="A product, by its id in this API."
    )
    sentence = serializers.CharField(help_text="For shoppers.")
    named_by = serializers.CharField(help_text="Which list named it.")


class PickSerializer(serializers.Serializer[Any]):
    product = serializers.IntegerField(help_text="By its id in this API.")
    woo_id = serializers.IntegerField(allow_null=True)
    name = serializers.CharField()
    brand = serializers.CharField()
    price = serializers.CharField(allow_null=True)
    currency = serializers.CharField()
    permalink = serializers.CharField()
    sizes = serializers.ListField(
        child=serializers.CharField(), help_text="That can be ordered now."
    )
    reason = ReasonSerializer(required=False)


class ShelfSerializer(serializers.Serializer[Any]):
    decision_id = serializers.UUIDField(
        help_text="Say it with what happens to the picks: `decision` of events."
    )
    kind = serializers.CharField()
    picks = PickSerializer(many=True)
    held_out = serializers.BooleanField(
        help_text="Left alone on purpose: show what the page would show without us."
    )
    model_version = serializers.CharField(
        required=False, help_text="Explained, not to pages."
    )


class AskView(StoreView):
    filter_backends = ()
    pagination_class = None
    serializer_class: type[serializers.Serializer[Any]] = ShelfSerializer

    def said(self, form: serializers.Serializer[Any]) -> dict[str, Any]:
        form.is_valid(raise_exception=True)
        found: dict[str, Any] = form.validated_data
        return found


class Recommendations(AskView):
    """A shelf for a customer, a visitor, a product or a basket.

    Each answer is a decision in the log. Nothing on it is sold out, hidden or was just
    bought; while anything can be bought it is not empty.
    """

    is_publishable = True
    needs = {"GET": Scope.STOREFRONT}
    throttle_classes = (*StoreView.throttle_classes, ShelfThrottle)

    @extend_schema(parameters=[AskQuery], responses=ShelfSerializer)
    def get(self, request: Request) -> Response:
        said = self.said(AskQuery(data=request.query_params))
        caller: Any = request.auth
        body = shelf_for(caller, self.store, said, timezone.now())
        return Response(body, headers={"Cache-Control": "no-store"})


def shelf_for(
    caller: Caller, store: Store, said: dict[str, Any], at: datetime
) -> dict[str, Any]:
    ask = asked_by(caller, store, said, at)
    # Only reasons: what is wrong with a request is told in English, as everywhere.
    with translation.override(language_of(store, said)):
        found = answer.answer(store, ask, at, CHANCE, explains=said["explain"])
    body = shown(found, store.currency, said["explain"])
    if said["explain"] and caller.kind != PUBLISHABLE:
        body["model_version"] = found.facts["model_version"]
    return body


def shown(found: Answer, currency: str, explains: bool) -> dict[str, Any]:
    return {
        "decision_id": str(found.decision_id),
        "kind": found.kind,
        "picks": [pick(place, currency, explains) for place in found.places],
        "held_out": found.facts["is_held_out"],
    }


def pick(place: Place, currency: str, explains: bool) -> dict[str, Any]:
    card = place.card
    said: dict[str, Any] = {
        "product": card.product,
        "woo_id": card.woo_id,
        "name": card.name,
        "brand": card.brand,
        "price": None if card.price is None else str(card.price),
        "currency": currency,
        "permalink": card.permalink,
        "sizes": sorted(card.sizes - {""}),
    }
    if explains:
        said["reason"] = {
            "code": place.candidate.code,
            "about": place.candidate.about,
            "sentence": place.sentence,
            "named_by": place.candidate.source,
        }
    return said


class WhyNotQuery(AskQuery):
    missing = serializers.IntegerField(
        min_value=1, max_value=2**63 - 1, help_text="The product that is looked for."
    )


class WhyNotSerializer(serializers.Serializer[Any]):
    rule = serializers.CharField(help_text="Empty: it does stand there.")
    sentence = serializers.CharField()
    place = serializers.IntegerField(allow_null=True)


class WhyNot(AskView):
    """Why a product does not stand on a shelf, for merchants."""

    serializer_class = WhyNotSerializer

    @extend_schema(parameters=[WhyNotQuery], responses=WhyNotSerializer)
    def get(self, request: Request) -> Response:
        caller: Any = request.auth
        now = timezone.now()
        said = self.said(WhyNotQuery(data=request.query_params))
        ask = asked_by(caller, self.store, said, now)
        missing = self.own_id(said)
        found = why_not.why_not(self.store, ask, missing, now)
        return Response(
            {"rule": found.rule, "sentence": found.sentence, "place": found.place}
        )

    def own_id(self, said: dict[str, Any]) -> int:
        """0 for a product that is not this store's."""
        meant = asked.products_of(
            self.store, {"ids": said["ids"], "product": said["missing"]}
        )
        return next(iter(meant(said["missing"])), 0)


class SettingsSerializer(serializers.ModelSerializer[ShelfSettings]):
    class Meta:
        model = ShelfSettings
        fields = (
            "exploration_share", "shelf_size", "bought_days", "fatigue_days", "variety",
        )  # fmt: skip


class Settings(StoreView):
    """How this store's shelves are filled."""

    filter_backends = ()
    pagination_class = None
    serializer_class = SettingsSerializer

    def get(self, request: Request) -> Response:
        row = ShelfSettings.objects.for_store(self.store)
        return Response(SettingsSerializer(row).data)

    def patch(self, request: Request) -> Response:
        if not isinstance(request.data, dict):
            raise ValidationError("An object with fields.")
        refuse_unknown(request.data, set(SettingsSerializer.Meta.fields))
        row, _ = ShelfSettings.objects.get_or_create(store=self.store)
        form = SettingsSerializer(row, data=request.data, partial=True)
        form.is_valid(raise_exception=True)
        form.save()
        SETTINGS.drop(self.store.pk)
        return Response(form.data)
