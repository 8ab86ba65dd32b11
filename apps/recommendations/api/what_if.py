"""recommendations/what-if/: what shelves would have led to, filled in another way."""

from __future__ import annotations

from typing import Any, cast

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models import User
from apps.accounts.services import audit
from apps.accounts.services.callers import Caller
from apps.core.errors import InvalidInputError
from apps.core.store_views import StoreView, refuse_unknown
from apps.recommendations import nudges
from apps.recommendations.models import WhatIf
from apps.recommendations.models.what_if import WhatIfQuerySet
from apps.recommendations.services.what_if.ask import (
    MOST_DAYS,
    Asker,
    Question,
    ask,
)
from apps.recommendations.services.what_if.change import (
    KINDS,
    MOST_EXPLORED,
    PREFERABLE,
    SOURCES,
    changed,
    words,
)


class ChangeSerializer(serializers.Serializer[Any]):
    """For the documents; services/what_if/change.py checks it."""

    exploration = serializers.FloatField(
        required=False, min_value=0, max_value=MOST_EXPLORED
    )
    variety = serializers.FloatField(required=False, min_value=0, max_value=1)
    without = serializers.ChoiceField(sorted(SOURCES), required=False)
    prefer = serializers.ChoiceField(sorted(PREFERABLE), required=False)
    prefer_value = serializers.JSONField(
        required=False, help_text="A price, days, percent, or a brand."
    )
    boost = serializers.FloatField(
        required=False, help_text="0.5: worth half as much again. -0.5: half."
    )
    is_popular_first = serializers.BooleanField(required=False)


class QuestionSerializer(serializers.Serializer[Any]):
    change = serializers.JSONField(help_text="Fields as in `policy` of the answer.")
    kind = serializers.CharField(
        max_length=20,
        allow_blank=True,
        default="",
        help_text=f"Which shelves; empty: all. {', '.join(KINDS)}.",
    )
    days = serializers.IntegerField(min_value=1, max_value=MOST_DAYS, default=30)


class WhatIfSerializer(serializers.ModelSerializer[WhatIf]):
    policy = ChangeSerializer(read_only=True)
    words = serializers.SerializerMethodField(help_text="The change, for people.")

    class Meta:
        model = WhatIf
        fields = (
            "id", "policy", "words", "kind", "start_at", "end_at", "status",
            "sentence", "result", "error", "created_at", "finished_at",
        )  # fmt: skip

    def to_representation(self, row: WhatIf) -> dict[str, Any]:
        return {**super().to_representation(row), "policy": row.policy}

    def get_words(self, row: WhatIf) -> str:
        return said(row)


def said(row: WhatIf) -> str:
    """Empty where a later version no longer knows what was asked."""
    try:
        return words(changed(row.policy))
    except InvalidInputError:
        return ""


class WhatIfView(StoreView):
    queryset = WhatIf.objects.none()
    serializer_class = WhatIfSerializer

    def get_queryset(self) -> WhatIfQuerySet:
        return WhatIf.objects.of(self.store)


class WhatIfList(WhatIfView, generics.ListAPIView[WhatIf]):
    """Questions and their answers, the newest first."""

    @extend_schema(request=QuestionSerializer, responses={202: WhatIfSerializer})
    def post(self, request: Request) -> Response:
        """Ask. The answer comes within minutes: look at it by its id."""
        body = QuestionSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        refuse_unknown(request.data, set(QuestionSerializer().fields))
        told = body.validated_data
        wanted = Question(changed(told["change"]), told["kind"], told["days"])
        row = ask(self.store, wanted, asker_of(request), timezone.now())
        nudges.answer_what_if()
        audit.record(
            "what_if.asked",
            store=row.store,
            actor=row.asked_by,
            actor_label="" if row.asked_by else row.asked_by_label,
            subject=words(wanted.change),
        )
        return Response(WhatIfSerializer(row).data, status=202)


class WhatIfDetail(WhatIfView, generics.RetrieveAPIView[WhatIf]):
    """One question, with its answer once there is one."""


def asker_of(request: Request) -> Asker:
    person = request.user if isinstance(request.user, User) else None
    return Asker(str(person) if person else cast(Caller, request.auth).name, person)
