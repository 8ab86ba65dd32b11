"""Tests and holdouts: write one down, start it, read what it found."""

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
from apps.accounts.services.callers import Caller
from apps.core.errors import InvalidInputError
from apps.core.store_views import IdFilter, refuse_unknown, store_of
from apps.experiments.models import Experiment, Kind, Metric, Reading, Status, Variant
from apps.experiments.models.experiment import ExperimentQuerySet
from apps.experiments.services import act, draft
from apps.experiments.services.draft import Branch
from apps.experiments.services.summary import with_summary


class TestVariantSerializer(serializers.ModelSerializer[Variant]):
    class Meta:
        model = Variant
        fields = ("id", "key", "name", "is_control", "share", "chance", "config")


class BranchSerializer(serializers.Serializer[Any]):
    """`config` of a shelf: show=false, or kind, exploration_share, variety, version;
    of a price: percent; of pages and messages: what yours understand."""

    name = serializers.CharField(max_length=100)
    key = serializers.SlugField(max_length=40, required=False)
    is_control = serializers.BooleanField(default=False)
    share = serializers.FloatField(default=0.5, min_value=0.0001, max_value=1_000_000)
    config = serializers.DictField(default=dict)


class FlagSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    text = serializers.CharField()


class ExperimentSerializer(serializers.ModelSerializer[Experiment]):
    variants = TestVariantSerializer(many=True)
    layer = serializers.CharField(source="layer.name", default=None)
    flags = serializers.ListField(child=FlagSerializer())
    sentence = serializers.CharField(
        allow_null=True, help_text="The verdict, for people."
    )
    days_left = serializers.IntegerField(allow_null=True)
    people = serializers.IntegerField(allow_null=True)

    class Meta:
        model = Experiment
        fields: tuple[str, ...] = (
            "id", "key", "name", "hypothesis", "kind", "place", "unit", "period_hours",
            "coupon", "layer", "traffic", "policy", "metric", "guards", "matters",
            "target_people", "min_days", "max_days", "applies_winner", "watch_days",
            "status", "phase", "created_at", "started_at", "phase_at", "ended_at",
            "winner", "verdict", "sentence", "days_left", "people", "looked_at", "flags",
            "variants",
        )  # fmt: skip
        read_only_fields = fields


class DraftSerializer(serializers.ModelSerializer[Experiment]):
    """What may be said of a test before it starts."""

    key = serializers.SlugField(max_length=60, required=False)
    layer = serializers.CharField(
        max_length=80,
        required=False,
        help_text="Tests of one layer never meet in one person. "
        "Without it: those of the same kind.",
    )
    guards = serializers.ListField(
        child=serializers.ChoiceField(choices=Metric.choices),
        required=False,
        max_length=len(Metric.values),
    )
    variants = BranchSerializer(many=True, min_length=2, max_length=8)  # type: ignore[call-arg]

    class Meta:
        model = Experiment
        fields: tuple[str, ...] = (
            "key", "name", "hypothesis", "kind", "place", "unit", "period_hours",
            "coupon", "layer", "traffic", "policy", "metric", "guards", "matters",
            "min_days", "max_days", "applies_winner", "watch_days", "variants",
        )  # fmt: skip
        # What is missing in a POST; a PATCH leaves it as it was.
        extra_kwargs: dict[str, dict[str, Any]] = {
            "hypothesis": {"max_length": 5_000},
        }


class ReadingSerializer(serializers.ModelSerializer[Reading]):
    class Meta:
        model = Reading
        fields: tuple[str, ...] = (
            "id", "variant", "phase", "metric", "on", "control_people", "people",
            "control_mean", "mean", "absolute", "low", "high", "relative",
            "relative_low", "relative_high", "p_value", "chance_better",
            "expected_loss", "variance_left", "answer", "sentence", "days_left",
            "control_sums", "sums", "computed_at",
        )  # fmt: skip


class WhySerializer(serializers.Serializer[Any]):
    why = serializers.CharField(max_length=1_000, required=False)


class WinnerSerializer(serializers.Serializer[Any]):
    winner = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=2**63 - 1,
        help_text="The variant's id, where there is more than one beside the control.",
    )


class ExperimentFilter(filters.FilterSet):
    status = filters.ChoiceFilter(choices=Status.choices)
    kind = filters.ChoiceFilter(choices=Kind.choices)
    place = filters.CharFilter(max_length=80)

    class Meta:
        model = Experiment
        fields: tuple[str, ...] = ("status", "kind", "place")


class ReadingFilter(filters.FilterSet):
    metric = filters.ChoiceFilter(choices=Metric.choices)
    variant = IdFilter()
    phase = filters.NumberFilter(min_value=1, max_value=32_000)

    class Meta:
        model = Reading
        fields: tuple[str, ...] = ("metric", "variant", "phase")


def actor_of(request: Request) -> act.Actor:
    if isinstance(request.user, User):
        return act.Actor(str(request.user), request.user)
    return act.Actor(cast(Caller, request.auth).name)


def branches_of(told: list[dict[str, Any]]) -> list[Branch]:
    return [Branch(**one) for one in told]


class ExperimentView(APIView):
    def rows(self) -> ExperimentQuerySet:
        store = store_of(self.request)
        return with_summary(store, Experiment.objects.of(store))

    def find(self, pk: int) -> Experiment:
        store = store_of(self.request)
        return get_object_or_404(Experiment.objects.of(store), pk=pk)

    def answer(self, pk: int, status: int = 200) -> Response:
        row = self.rows().select_related("layer").get(pk=pk)
        return Response(ExperimentSerializer(row).data, status=status)

    def asked(self, request: Request, *, is_partial: bool) -> dict[str, Any]:
        body = DraftSerializer(data=request.data, partial=is_partial)
        body.is_valid(raise_exception=True)
        refuse_unknown(request.data, set(DraftSerializer.Meta.fields))
        told: dict[str, Any] = body.validated_data
        return told


class ExperimentList(ExperimentView, generics.ListAPIView[Experiment]):
    """Tests and holdouts, the newest first."""

    queryset = Experiment.objects.none()
    serializer_class = ExperimentSerializer
    filterset_class = ExperimentFilter

    def get_queryset(self) -> ExperimentQuerySet:
        return self.rows().select_related("layer").prefetch_related("variants")

    @extend_schema(request=DraftSerializer, responses={201: ExperimentSerializer})
    def post(self, request: Request) -> Response:
        """Write one down. Nobody sees anything of it before it is started."""
        told = self.asked(request, is_partial=False)
        row = draft.create(
            store_of(request),
            {name: value for name, value in told.items() if name in draft.FIELDS},
            branches_of(told["variants"]),
            timezone.now(),
            layer=told.get("layer", ""),
            key=told.get("key", ""),
        )
        act.note("experiment.created", row, actor_of(request))
        return self.answer(row.pk, 201)


class ExperimentDetail(ExperimentView):
    """One test with its variants and what the last look said."""

    @extend_schema(responses=ExperimentSerializer)
    def get(self, request: Request, pk: int) -> Response:
        return self.answer(self.find(pk).pk)

    @extend_schema(
        request=DraftSerializer(partial=True), responses=ExperimentSerializer
    )
    def patch(self, request: Request, pk: int) -> Response:
        """Change what has not started; variants are replaced as a whole."""
        row = self.find(pk)
        told = self.asked(request, is_partial=True)
        if "key" in told:
            raise InvalidInputError("The key stays as it is.")
        branches = told.get("variants")
        draft.change(
            row,
            {name: value for name, value in told.items() if name in draft.FIELDS},
            None if branches is None else branches_of(branches),
            layer=told.get("layer", ""),
        )
        act.note("experiment.changed", row, actor_of(request))
        return self.answer(pk)


class Step(ExperimentView):
    """One step of a test's life."""

    step = ""

    def take(self, request: Request, pk: int, **more: Any) -> Response:
        row = self.find(pk)
        act.take(self.step, row, actor_of(request), timezone.now(), **more)
        return self.answer(pk)

    def why(self, request: Request) -> dict[str, str]:
        body = WhySerializer(data=request.data)
        body.is_valid(raise_exception=True)
        return dict(body.validated_data)


class Start(Step):
    step = "start"

    @extend_schema(request=None, responses=ExperimentSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """From now on people are assigned. Its shares and variants stay as they are."""
        return self.take(request, pk)


class Pause(Step):
    step = "pause"

    @extend_schema(request=None, responses=ExperimentSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """Everybody sees what they saw before it started."""
        return self.take(request, pk)


class Resume(Step):
    step = "resume"

    @extend_schema(request=None, responses=ExperimentSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """The same people see the same variants as before the pause."""
        return self.take(request, pk)


class Stop(Step):
    step = "stop"

    @extend_schema(request=WhySerializer, responses=ExperimentSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """End it: everybody sees what they saw before it started."""
        return self.take(request, pk, **self.why(request))


class Apply(Step):
    step = "apply"

    @extend_schema(request=WinnerSerializer, responses=ExperimentSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """Show the winner to nearly everybody, and watch it."""
        body = WinnerSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        winner = body.validated_data.get("winner")
        if winner is None:
            return self.take(request, pk)
        row = self.find(pk).variants.filter(pk=winner).first()
        if row is None:
            raise InvalidInputError("The winner is a variant of this test.")
        return self.take(request, pk, winner=row)


class TakeBack(Step):
    step = "take_back"

    @extend_schema(request=WhySerializer, responses=ExperimentSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """Put all back to how it was before the test."""
        return self.take(request, pk, **self.why(request))


class ReadingList(generics.ListAPIView[Reading]):
    """What each day's look found, the newest first: a variant against the control."""

    queryset = Reading.objects.none()
    serializer_class = ReadingSerializer
    filterset_class = ReadingFilter

    def get_queryset(self) -> Any:
        store = store_of(self.request)
        row = get_object_or_404(Experiment.objects.of(store), pk=self.kwargs["pk"])
        return Reading.objects.of(store).filter(experiment=row)
