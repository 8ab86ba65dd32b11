"""Segments: written down, looked at before, and who is in them."""

from __future__ import annotations

from typing import Any, cast

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models import Role, User
from apps.accounts.models.keys import Scope
from apps.accounts.services import audit
from apps.accounts.services.callers import Caller
from apps.accounts.throttles import LookThrottle
from apps.core.store_views import LARGEST_ID, StoreView, refuse_unknown
from apps.segmentation.models import Member, Segment
from apps.segmentation.services import write
from apps.segmentation.services.conditions.catalog import FIELDS
from apps.segmentation.services.conditions.deeds import DEEDS
from apps.segmentation.services.conditions.field import COMPARISONS
from apps.segmentation.services.look import history, look
from apps.shop.models import Customer

LONGEST_HISTORY = 365


class SegmentSerializer(serializers.ModelSerializer[Segment]):
    """`members` were in it at `as_of`; null: it is not counted yet."""

    class Meta:
        model = Segment
        fields: tuple[str, ...] = (
            "id", "name", "code", "about", "conditions", "is_live", "is_due", "members",
            "as_of", "made_at", "changed_at",
        )  # fmt: skip
        read_only_fields = fields


class SegmentToldSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=120)
    code = serializers.SlugField(
        max_length=write.LONGEST_CODE,
        required=False,
        help_text="By which callers name it; made of the name where it is missing. "
        "It stays as it is.",
    )
    about = serializers.CharField(max_length=1_000, allow_blank=True, required=False)
    conditions = serializers.DictField(
        help_text="As the documents have it: all, any, not; field, is, value; did."
    )


class SegmentChangeSerializer(SegmentToldSerializer):
    name = serializers.CharField(max_length=120, required=False)
    code = None  # type: ignore[assignment]
    conditions = serializers.DictField(required=False)
    is_live = serializers.BooleanField(
        required=False, help_text="false: put into the archive."
    )


class ConditionsSerializer(serializers.Serializer[Any]):
    conditions = serializers.DictField()


class SampleSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField(allow_null=True, help_text="null for analysts.")


class LookSerializer(serializers.Serializer[Any]):
    count = serializers.IntegerField()
    of = serializers.IntegerField(help_text="How many customers there are.")
    sample = SampleSerializer(many=True)


class SegmentMemberSerializer(serializers.ModelSerializer[Member]):
    name = serializers.CharField(
        source="customer.first_name", allow_null=True, help_text="null for analysts."
    )

    class Meta:
        model = Member
        fields: tuple[str, ...] = ("id", "customer", "name", "entered_at", "left_at")
        read_only_fields = fields

    def to_representation(self, instance: Member) -> dict[str, Any]:
        shown = super().to_representation(instance)
        if not self.context["request"].auth.sees_people:
            shown["name"] = None
        return shown


class SegmentDaySerializer(serializers.Serializer[Any]):
    on = serializers.DateField()
    entered = serializers.IntegerField()
    left = serializers.IntegerField()
    members = serializers.IntegerField(help_text="At the end of the day.")


class CustomerSegmentSerializer(serializers.ModelSerializer[Member]):
    segment = serializers.IntegerField(source="segment_id")
    code = serializers.CharField(source="segment.code")
    name = serializers.CharField(source="segment.name")

    class Meta:
        model = Member
        fields: tuple[str, ...] = ("segment", "code", "name", "entered_at")
        read_only_fields = fields


class ConditionFieldSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    kind = serializers.CharField()
    unit = serializers.CharField()
    group = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    words = serializers.CharField()
    compared_by = serializers.ListField(child=serializers.CharField())
    choices = serializers.ListField(child=serializers.CharField())


class ConditionDeedSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    words = serializers.CharField()
    takes_goods = serializers.BooleanField(
        help_text="Whether products, categories and brands can be named."
    )


class ConditionWordsSerializer(serializers.Serializer[Any]):
    fields = ConditionFieldSerializer(many=True)  # type: ignore[assignment]
    deeds = ConditionDeedSerializer(many=True)


def checked(form: type[serializers.Serializer[Any]], request: Request) -> Any:
    refuse_unknown(request.data, set(form().fields))
    body = form(data=request.data)
    body.is_valid(raise_exception=True)
    return body.validated_data


class SegmentFilter(filters.FilterSet):
    is_live = filters.BooleanFilter()
    code = filters.CharFilter(max_length=60)

    class Meta:
        model = Segment
        fields: tuple[str, ...] = ()


class SegmentView(StoreView):
    queryset: Any = Segment.objects.none()
    serializer_class: type[Any] = SegmentSerializer

    def get_queryset(self) -> QuerySet[Any]:
        return Segment.objects.of(self.store)

    def find(self, pk: int) -> Segment:
        if pk > LARGEST_ID:
            raise Http404
        row = get_object_or_404(Segment.objects.of(self.store), pk=pk)
        row.store = self.store
        return row

    @property
    def person(self) -> User | None:
        user = self.request.user
        return user if isinstance(user, User) else None

    def note(self, verb: str, row: Segment) -> None:
        label = "" if self.person else cast(Caller, self.request.auth).name
        audit.record(
            f"segment.{verb}",
            store=self.store,
            actor=self.person,
            actor_label=label,
            subject=f"segment:{row.pk}",
        )

    def answer(self, row: Segment, status: int = 200) -> Response:
        fresh = Segment.objects.of(self.store).get(pk=row.pk)
        return Response(SegmentSerializer(fresh).data, status=status)


class Segments(SegmentView, generics.ListAPIView[Segment]):
    """The merchant's segments, the newest first."""

    filterset_class = SegmentFilter

    @extend_schema(request=SegmentToldSerializer, responses={201: SegmentSerializer})
    def post(self, request: Request) -> Response:
        """Write one down. Its members are counted within seconds."""
        told = checked(SegmentToldSerializer, request)
        row = write.create(self.store, told, timezone.now(), self.person)
        self.note("created", row)
        return self.answer(row, 201)


class SegmentDetail(SegmentView):
    @extend_schema(responses=SegmentSerializer)
    def get(self, request: Request, pk: int) -> Response:
        return self.answer(self.find(pk))

    @extend_schema(request=SegmentChangeSerializer, responses=SegmentSerializer)
    def patch(self, request: Request, pk: int) -> Response:
        """Other conditions are counted anew within seconds."""
        row = self.find(pk)
        told = checked(SegmentChangeSerializer, request)
        is_live = told.pop("is_live", row.is_live)
        # All of what was asked, or nothing.
        with transaction.atomic():
            if told:
                write.change(row, told, timezone.now())
                self.note("changed", row)
            if is_live != row.is_live:
                (write.restore if is_live else write.archive)(row)
                self.note("restored" if is_live else "archived", row)
        return self.answer(row)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        """With who was ever in it. To keep that, put it into the archive."""
        row = self.find(pk)
        with transaction.atomic():
            self.note("deleted", row)
            write.throw_away(row)
        return Response(status=204)


class DuplicateSegment(SegmentView):
    @extend_schema(request=None, responses={201: SegmentSerializer})
    def post(self, request: Request, pk: int) -> Response:
        row = write.duplicate(self.find(pk), timezone.now(), self.person)
        self.note("created", row)
        return self.answer(row, 201)


class PreviewSegment(SegmentView):
    """Whom conditions would find now. Nothing is saved."""

    # It only reads, though its question is too long for an address.
    needs = {"POST": Scope.READ}
    roles = {"POST": Role.ANALYST}
    throttle_classes = (*StoreView.throttle_classes, LookThrottle)
    serializer_class = LookSerializer

    @extend_schema(request=ConditionsSerializer, responses=LookSerializer)
    def post(self, request: Request) -> Response:
        told = checked(ConditionsSerializer, request)
        found = look(self.store, told["conditions"], timezone.now())
        is_told = cast(Caller, request.auth).sees_people
        sample = [
            {"id": row.pk, "name": row.first_name if is_told else None}
            for row in found.sample
        ]
        said = {"count": found.count, "of": found.of, "sample": sample}
        return Response(LookSerializer(said).data)


class MemberFilter(filters.FilterSet):
    has_left = filters.BooleanFilter("left_at", "isnull", exclude=True)

    class Meta:
        model = Member
        fields: tuple[str, ...] = ()


class SegmentMembers(SegmentView, generics.ListAPIView[Member]):
    """Who is in it, and who was: the last to come first."""

    queryset = Member.objects.none()
    serializer_class = SegmentMemberSerializer
    filterset_class = MemberFilter

    def get_queryset(self) -> QuerySet[Any]:
        row = self.find(self.kwargs["pk"])
        rows = Member.objects.of(self.store).present().filter(segment=row)
        return rows.select_related("customer")


class SegmentHistory(SegmentView):
    """Who came and went by day, in the store's time."""

    serializer_class = SegmentDaySerializer

    @extend_schema(
        parameters=[OpenApiParameter("days", int, description="1 to 365; 90")],
        responses=SegmentDaySerializer(many=True),
    )
    def get(self, request: Request, pk: int) -> Response:
        field = serializers.IntegerField(min_value=1, max_value=LONGEST_HISTORY)
        days = field.run_validation(request.query_params.get("days", 90))
        found = history(self.find(pk), timezone.now(), days)
        return Response(SegmentDaySerializer(found, many=True).data)


class CustomerSegments(SegmentView):
    """In which segments a customer is now."""

    serializer_class = CustomerSegmentSerializer

    @extend_schema(responses=CustomerSegmentSerializer(many=True))
    def get(self, request: Request, pk: int) -> Response:
        if pk > LARGEST_ID:
            raise Http404
        who = get_object_or_404(Customer.objects.of(self.store), pk=pk)
        rows = Member.objects.of(self.store).inside()
        mine = rows.filter(customer=who.merged_into_id or who.pk, segment__is_live=True)
        rows = mine.select_related("segment").order_by("segment__name", "pk")
        return Response(CustomerSegmentSerializer(rows, many=True).data)


class ConditionWords(SegmentView):
    """What conditions may ask about."""

    serializer_class = ConditionWordsSerializer

    @extend_schema(responses=ConditionWordsSerializer)
    def get(self, request: Request) -> Response:
        fields = [
            {
                "name": field.name,
                "kind": field.kind.value,
                "unit": field.unit,
                "group": field.group,
                "label": field.label,
                "words": field.words,
                "compared_by": list(COMPARISONS[field.kind]),
                "choices": [value for value, _ in field.choices],
            }
            for field in FIELDS.values()
        ]
        deeds = [
            {"name": deed.name, "words": deed.words, "takes_goods": deed.takes_goods}
            for deed in DEEDS.values()
        ]
        return Response({"fields": fields, "deeds": deeds})
