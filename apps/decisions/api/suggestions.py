"""The inbox: read, answer, schedule, edit, take back, judge its worth."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.models import Role, User
from apps.accounts.services.callers import Caller
from apps.core.errors import ConflictError
from apps.core.store_views import SANE_MOMENTS, MomentFilter, store_of
from apps.decisions.models import Suggestion, SuggestionStep
from apps.decisions.models.suggestion import SuggestionQuerySet
from apps.decisions.services import suggest
from apps.decisions.services.sentence import sentence
from apps.decisions.services.step import Actor


class SuggestionFilter(filters.FilterSet):
    kind = filters.CharFilter(max_length=60)
    subject = filters.CharFilter(max_length=200)
    status = filters.ChoiceFilter(choices=Suggestion.Status.choices)
    since = MomentFilter("created_at", "gte")
    until = MomentFilter("created_at", "lt")

    class Meta:
        model = Suggestion
        fields: tuple[str, ...] = ("kind", "subject", "status")


class SuggestionSerializer(serializers.ModelSerializer[Suggestion]):
    sentence = serializers.SerializerMethodField(help_text="The reason, for people.")

    class Meta:
        model = Suggestion
        fields: tuple[str, ...] = (
            "id", "kind", "subject", "status", "change", "original_change",
            "revision", "impact", "reason", "sentence", "verdict", "judged_at",
            "is_allowed", "risk", "needs_role", "policy", "model_version",
            "decision_id", "created_at", "status_at", "expires_at",
            "scheduled_for", "applied_at", "watch_until", "result", "error",
            "feedback", "feedback_why", "feedback_at",
        )  # fmt: skip

    def get_sentence(self, suggestion: Suggestion) -> str:
        return sentence(suggestion.reason)


class StepSerializer(serializers.ModelSerializer[SuggestionStep]):
    class Meta:
        model = SuggestionStep
        fields = (
            "verb", "from_status", "to_status", "actor_label", "note", "created_at",
        )  # fmt: skip


class DetailSerializer(SuggestionSerializer):
    steps = StepSerializer(many=True, read_only=True)

    class Meta(SuggestionSerializer.Meta):
        fields = (*SuggestionSerializer.Meta.fields, "steps")


class AnswerSerializer(serializers.Serializer[Any]):
    # The revision that was looked at; another one is a conflict.
    revision = serializers.IntegerField(required=False, min_value=1, max_value=10**6)
    note = serializers.CharField(max_length=1_000, allow_blank=True, default="")


class EditSerializer(AnswerSerializer):
    change = serializers.DictField()


class ScheduleSerializer(AnswerSerializer):
    scheduled_for = serializers.DateTimeField(validators=SANE_MOMENTS)


class FeedbackSerializer(serializers.Serializer[Any]):
    feedback = serializers.ChoiceField(choices=Suggestion.Feedback.choices)
    why = serializers.CharField(max_length=1_000, allow_blank=True, default="")


def actor_of(request: Request) -> Actor:
    """A server's key acts as a manager; what needs an owner needs a person."""
    caller = cast(Caller, request.auth)
    if isinstance(request.user, User):
        return Actor(str(request.user), caller.role, request.user)
    return Actor(f"key {caller.key_id}", Role.MANAGER)


class SuggestionList(generics.ListAPIView[Suggestion]):
    """The newest suggestions first."""

    queryset = Suggestion.objects.none()
    serializer_class = SuggestionSerializer
    filterset_class = SuggestionFilter

    def get_queryset(self) -> SuggestionQuerySet:
        return Suggestion.objects.of(store_of(self.request))


class SuggestionView(APIView):
    def find(self, request: Request, pk: int) -> Suggestion:
        return get_object_or_404(Suggestion.objects.of(store_of(request)), pk=pk)

    def show(self, suggestion: Suggestion) -> Response:
        return Response(DetailSerializer(suggestion).data)

    def asked(
        self, request: Request, suggestion: Suggestion, form: type[Any]
    ) -> dict[str, Any]:
        """The checked body; a body about an older revision is a conflict."""
        body = form(data=request.data)
        body.is_valid(raise_exception=True)
        told: dict[str, Any] = body.validated_data
        if told.get("revision", suggestion.revision) != suggestion.revision:
            raise ConflictError("It was edited meanwhile; look at it again.")
        return told


class SuggestionDetail(SuggestionView):
    """One suggestion with its history."""

    @extend_schema(responses=DetailSerializer)
    def get(self, request: Request, pk: int) -> Response:
        return self.show(self.find(request, pk))


class Approve(SuggestionView):
    """Let it be applied at the next tick."""

    @extend_schema(request=AnswerSerializer, responses=DetailSerializer)
    def post(self, request: Request, pk: int) -> Response:
        row = self.find(request, pk)
        told = self.asked(request, row, AnswerSerializer)
        actor = actor_of(request)
        return self.show(suggest.approve(row, actor, timezone.now(), note=told["note"]))


class Reject(SuggestionView):
    """Say no, also to what is approved but not applied yet."""

    @extend_schema(request=AnswerSerializer, responses=DetailSerializer)
    def post(self, request: Request, pk: int) -> Response:
        row = self.find(request, pk)
        told = self.asked(request, row, AnswerSerializer)
        actor = actor_of(request)
        return self.show(suggest.reject(row, actor, timezone.now(), note=told["note"]))


class Schedule(SuggestionView):
    """Approve it to be applied at a later moment."""

    @extend_schema(request=ScheduleSerializer, responses=DetailSerializer)
    def post(self, request: Request, pk: int) -> Response:
        row = self.find(request, pk)
        moment = self.asked(request, row, ScheduleSerializer)["scheduled_for"]
        actor = actor_of(request)
        return self.show(suggest.schedule(row, moment, actor, timezone.now()))


class Edit(SuggestionView):
    """Change what will be done; the guard rails look at it again before approval."""

    @extend_schema(request=EditSerializer, responses=DetailSerializer)
    def post(self, request: Request, pk: int) -> Response:
        row = self.find(request, pk)
        change = self.asked(request, row, EditSerializer)["change"]
        actor = actor_of(request)
        return self.show(suggest.edit(row, change, actor, timezone.now()))


class Revert(SuggestionView):
    """Ask that what was applied be taken back."""

    @extend_schema(request=AnswerSerializer, responses=DetailSerializer)
    def post(self, request: Request, pk: int) -> Response:
        row = self.find(request, pk)
        told = self.asked(request, row, AnswerSerializer)
        actor = actor_of(request)
        return self.show(
            suggest.request_revert(row, actor, timezone.now(), note=told["note"])
        )


class Feedback(SuggestionView):
    """Say whether it was useful, and why."""

    roles: ClassVar = {"POST": Role.ANALYST}

    @extend_schema(request=FeedbackSerializer, responses=DetailSerializer)
    def post(self, request: Request, pk: int) -> Response:
        row = self.find(request, pk)
        told = self.asked(request, row, FeedbackSerializer)
        feedback = Suggestion.Feedback(told["feedback"])
        actor = actor_of(request)
        return self.show(
            suggest.give_feedback(row, feedback, told["why"], actor, timezone.now())
        )
