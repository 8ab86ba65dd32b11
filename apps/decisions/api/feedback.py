"""What people thought of suggestions: shares of useful ones, and labels for learning."""

from __future__ import annotations

from dataclasses import asdict
from itertools import islice
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.core.store_views import SANE_MOMENTS, store_of
from apps.decisions.services.labels import RECENT, labels, opinions

# Later ones by a later `since`.
MOST = 1_000


class OpinionSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField()
    policy = serializers.CharField()
    answers = serializers.IntegerField()
    useful = serializers.IntegerField()
    is_distrusted = serializers.BooleanField(
        help_text="Nothing of it is approved without a person."
    )


class LabelQuery(serializers.Serializer[Any]):
    kind = serializers.CharField(max_length=60)
    since = serializers.DateTimeField(
        required=False, validators=SANE_MOMENTS, help_text="90 days ago by default."
    )


class LabelSerializer(serializers.Serializer[Any]):
    suggestion = serializers.IntegerField()
    kind = serializers.CharField()
    policy = serializers.CharField()
    model_version = serializers.CharField()
    subject = serializers.CharField()
    change = serializers.JSONField(help_text="As it was proposed.")
    impact = serializers.JSONField()
    risk = serializers.FloatField()
    proposed_at = serializers.DateTimeField()
    is_useful = serializers.BooleanField()
    weight = serializers.FloatField(help_text="1: a word. Less: what was done.")
    sign = serializers.CharField(
        help_text="said, reverting, rejected, approved or edited."
    )
    why = serializers.CharField()
    told_at = serializers.DateTimeField()


class Opinions(APIView):
    """How many suggestions were called useful lately, by kind and policy."""

    @extend_schema(responses=OpinionSerializer(many=True))
    def get(self, request: Request) -> Response:
        found = opinions(store_of(request), timezone.now())
        return Response(OpinionSerializer(found, many=True).data)


class Labels(APIView):
    """Suggestions of one kind with what people made of them, the oldest first."""

    @extend_schema(parameters=[LabelQuery], responses=LabelSerializer(many=True))
    def get(self, request: Request) -> Response:
        query = LabelQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        since = query.validated_data.get("since") or timezone.now() - RECENT
        found = labels(store_of(request), query.validated_data["kind"], since)
        rows = [asdict(label) for label in islice(found, MOST)]
        return Response(LabelSerializer(rows, many=True).data)
