"""The log, read only."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, cast
from uuid import UUID

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import generics, serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models import Store
from apps.accounts.services.callers import Caller
from apps.core.store_views import MomentFilter
from apps.decisions.models import Decision, Outcome
from apps.decisions.services.sentence import sentence


class DecisionFilter(filters.FilterSet):
    kind = filters.CharFilter(max_length=80)
    subject = filters.CharFilter(max_length=200)
    # From this moment on, and before that one.
    since = MomentFilter("created_at", "gte")
    until = MomentFilter("created_at", "lt")

    class Meta:
        model = Decision
        fields: tuple[str, ...] = ("kind", "subject")


class OutcomeSerializer(serializers.ModelSerializer[Outcome]):
    class Meta:
        model = Outcome
        fields = ("kind", "amount", "currency", "occurred_at", "source")


class DecisionSerializer(serializers.ModelSerializer[Decision]):
    sentence = serializers.SerializerMethodField(help_text="The reason, for people.")
    outcomes = serializers.SerializerMethodField()

    class Meta:
        model = Decision
        fields = (
            "id", "kind", "subject", "context_digest", "candidates",
            "candidate_count", "chosen", "propensity", "policy", "model_version",
            "arm", "reason", "sentence", "outcomes", "created_at",
        )  # fmt: skip

    def get_sentence(self, decision: Decision) -> str:
        return sentence(decision.reason)

    @extend_schema_field(OutcomeSerializer(many=True))
    def get_outcomes(self, decision: Decision) -> list[dict[str, Any]]:
        rows = self.context["outcomes"].get(decision.pk, [])
        return [dict(row) for row in OutcomeSerializer(rows, many=True).data]


class DecisionView(generics.GenericAPIView[Decision]):
    queryset = Decision.objects.none()
    serializer_class = DecisionSerializer
    filterset_class: type[filters.FilterSet] | None = None

    @property
    def store(self) -> Store:
        """Never None here: the permission refuses a caller without a store."""
        return cast(Store, cast(Caller, self.request.auth).store)

    def get_queryset(self) -> QuerySet[Decision]:
        return Decision.objects.of(self.store)

    def answer(self, rows: list[Decision]) -> list[dict[str, Any]]:
        """The rows with their outcomes, asked for once."""
        outcomes: dict[UUID, list[Outcome]] = defaultdict(list)
        found = Outcome.objects.of(self.store).filter(
            decision_id__in=[row.pk for row in rows]
        )
        for outcome in found.order_by("occurred_at", "pk"):
            outcomes[outcome.decision_id].append(outcome)
        context = {**self.get_serializer_context(), "outcomes": outcomes}
        return [dict(DecisionSerializer(row, context=context).data) for row in rows]


class DecisionList(DecisionView):
    """The newest decisions first, each with its reason and what came of it."""

    filterset_class = DecisionFilter

    @extend_schema(responses=DecisionSerializer(many=True))
    def get(self, request: Request) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self.answer(list(page or ())))


class DecisionDetail(DecisionView):
    """One decision with its reason and what came of it."""

    def get(self, request: Request, decision_id: UUID) -> Response:
        decision = Decision.objects.of(self.store).by_id(decision_id).first()
        if decision is None:
            raise NotFound
        return Response(self.answer([decision])[0])
