"""Models and trainings: read, train, promote, roll back."""

from __future__ import annotations

from typing import Any, cast

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.models import User
from apps.accounts.services import audit
from apps.accounts.services.callers import Caller
from apps.core.store_views import store_of
from apps.registry import nudges
from apps.registry.models import (
    ModelVersion,
    ModelVersionQuerySet,
    TrainingRun,
    TrainingRunQuerySet,
)
from apps.registry.services import training, versions


class VersionSerializer(serializers.ModelSerializer[ModelVersion]):
    class Meta:
        model = ModelVersion
        # Not the artefact's path: it is no address that anyone may open.
        fields = (
            "id", "kind", "name", "number", "status", "data_from_at", "data_to_at",
            "training_rows", "metrics", "baseline_metrics", "parameters", "features",
            "code_version", "artefact_digest", "card", "trained_at", "promoted_at",
            "retired_at", "refusal_reason", "forgotten_at", "predecessor",
        )  # fmt: skip


class RunSerializer(serializers.ModelSerializer[TrainingRun]):
    class Meta:
        model = TrainingRun
        fields = (
            "id", "kind", "status", "trigger", "reason", "progress", "step",
            "created_at", "started_at", "heartbeat_at", "finished_at", "error",
            "version", "seed",
        )  # fmt: skip


class RollbackSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField(max_length=80)


class TrainSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField(max_length=80)


class VersionFilter(filters.FilterSet):
    kind = filters.CharFilter(max_length=80)
    status = filters.ChoiceFilter(choices=ModelVersion.Status.choices)

    class Meta:
        model = ModelVersion
        fields: tuple[str, ...] = ("kind", "status")


class RunFilter(filters.FilterSet):
    kind = filters.CharFilter(max_length=80)
    status = filters.ChoiceFilter(choices=TrainingRun.Status.choices)

    class Meta:
        model = TrainingRun
        fields: tuple[str, ...] = ("kind", "status")


def note(action: str, row: ModelVersion | TrainingRun, request: Request) -> None:
    person = request.user if isinstance(request.user, User) else None
    audit.record(
        action,
        store=row.store,
        actor=person,
        actor_label="" if person else cast(Caller, request.auth).name,
        subject=row.kind if isinstance(row, TrainingRun) else str(row),
    )


class VersionView(generics.GenericAPIView[ModelVersion]):
    queryset = ModelVersion.objects.none()
    serializer_class = VersionSerializer
    filterset_class: type[filters.FilterSet] | None = None

    def get_queryset(self) -> ModelVersionQuerySet:
        return ModelVersion.objects.of(store_of(self.request))


class VersionList(VersionView, generics.ListAPIView[ModelVersion]):
    """Trained models, the newest first."""

    filterset_class = VersionFilter


class VersionDetail(VersionView, generics.RetrieveAPIView[ModelVersion]):
    """One trained model with its metrics beside the baseline's."""


class Promote(APIView):
    """Let this version serve; the champion before it retires."""

    @extend_schema(request=None, responses=VersionSerializer)
    def post(self, request: Request, pk: int) -> Response:
        version = get_object_or_404(ModelVersion.objects.of(store_of(request)), pk=pk)
        promoted = versions.promote(version, timezone.now())
        nudges.follow_champion(promoted)
        note("model.promoted", promoted, request)
        return Response(VersionSerializer(promoted).data)


class Rollback(APIView):
    """Let the version serve again that the champion of this kind replaced."""

    @extend_schema(request=RollbackSerializer, responses=VersionSerializer)
    def post(self, request: Request) -> Response:
        body = RollbackSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        kind = body.validated_data["kind"]
        version = versions.rollback(store_of(request), kind, timezone.now())
        nudges.follow_champion(version)
        note("model.rolled_back", version, request)
        return Response(VersionSerializer(version).data)


class RunView(generics.GenericAPIView[TrainingRun]):
    queryset = TrainingRun.objects.none()
    serializer_class = RunSerializer
    filterset_class: type[filters.FilterSet] | None = None

    def get_queryset(self) -> TrainingRunQuerySet:
        return TrainingRun.objects.of(store_of(self.request))


class RunList(RunView, generics.ListAPIView[TrainingRun]):
    """Trainings under way and past, the newest first."""

    filterset_class = RunFilter

    @extend_schema(request=TrainSerializer, responses={202: RunSerializer})
    def post(self, request: Request) -> Response:
        """Ask for a training; the one that waits or runs already, if there is one."""
        body = TrainSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        run = training.ask(
            store_of(request), body.validated_data["kind"], timezone.now()
        )
        note("training.asked", run, request)
        return Response(RunSerializer(run).data, status=202)


class RunDetail(RunView, generics.RetrieveAPIView[TrainingRun]):
    """How far one training is, or how it ended."""
