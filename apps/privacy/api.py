"""Telling and erasing, for the shop's plugin and the store's owner."""

from __future__ import annotations

from typing import Any, cast

from celery import current_app
from django.db import transaction
from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models import Role, User
from apps.accounts.services.callers import Caller
from apps.core.store_views import LARGEST_ID, StoreView, refuse_unknown
from apps.privacy.models import PrivacyRequest
from apps.privacy.services import ask
from apps.privacy.services.export import SECTIONS
from apps.privacy.services.whom import Question


def number(about: str) -> serializers.IntegerField:
    return serializers.IntegerField(
        min_value=1, max_value=LARGEST_ID, required=False, help_text=about
    )


class PrivacyQuestionSerializer(serializers.Serializer[Any]):
    """One of them at least. Two of one person are looked up both."""

    email = serializers.EmailField(required=False, max_length=254)
    customer = number("By its id in this API.")
    shop_customer = number("By its number in the shop.")

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        if not said:
            raise serializers.ValidationError("Say whom: email or customer.")
        return said


class PrivacyExportSerializer(PrivacyQuestionSerializer):
    """Without a section everything at once; with one, its rows behind `after`."""

    section = serializers.ChoiceField(SECTIONS, required=False)
    after = serializers.RegexField(
        r"^[0-9a-f-]*\Z", max_length=36, required=False, allow_blank=True,
        help_text="As `next` said.",
    )  # fmt: skip


class PrivacyNextSerializer(serializers.Serializer[Any]):
    section = serializers.CharField()
    after = serializers.CharField(allow_blank=True)


class PrivacySectionSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    rows = serializers.ListField(child=serializers.DictField())


class PrivacyToldSerializer(serializers.Serializer[Any]):
    store = serializers.CharField()
    made_at = serializers.DateTimeField()
    sections = PrivacySectionSerializer(many=True)
    next = PrivacyNextSerializer(
        allow_null=True, required=False, help_text="Where to go on, of a section."
    )


class PrivacyRequestSerializer(serializers.ModelSerializer[PrivacyRequest]):
    is_over = serializers.SerializerMethodField()

    class Meta:
        model = PrivacyRequest
        fields = (
            "id", "status", "is_over", "asked_at", "finished_at", "steps_done", "counts",
            "certificate", "error",
        )  # fmt: skip

    def get_is_over(self, row: PrivacyRequest) -> bool:
        return row.status not in PrivacyRequest.OPEN


class AskView(StoreView):
    """A person of the team needs to be the owner."""

    serializer_class = PrivacyQuestionSerializer
    roles = {"POST": Role.OWNER, "GET": Role.OWNER}

    def said(self) -> dict[str, Any]:
        form = cast(
            "serializers.Serializer[Any]", self.get_serializer(data=self.request.data)
        )
        refuse_unknown(self.request.data, set(form.fields))
        form.is_valid(raise_exception=True)
        return dict(form.validated_data)

    def who(self) -> dict[str, Any]:
        person = self.request.user if isinstance(self.request.user, User) else None
        label = "" if person else cast(Caller, self.request.auth).name
        return {"by": person, "label": label}


class ExportView(AskView):
    serializer_class = PrivacyExportSerializer

    @extend_schema(responses=PrivacyToldSerializer)
    def post(self, request: Request) -> Response | StreamingHttpResponse:
        """Everything that is held about a person."""
        said, now = self.said(), timezone.now()
        part = {name: said.pop(name) for name in ("section", "after") if name in said}
        asked = Question(**said)
        if "section" in part:
            told = ask.export_part(self.store, asked, now, **part, **self.who())
            return Response(told, headers={"Cache-Control": "no-store"})
        whole = ask.export(self.store, asked, now, **self.who())
        answer = StreamingHttpResponse(whole, content_type="application/json")
        answer.headers["Cache-Control"] = "no-store"
        return answer


class EraseView(AskView):
    @extend_schema(
        request=PrivacyQuestionSerializer, responses={202: PrivacyRequestSerializer}
    )
    def post(self, request: Request) -> Response:
        """Ask that a person be erased. Asked again meanwhile, it is the same request."""
        asked = Question(**self.said())
        row = ask.erase(self.store, asked, timezone.now(), **self.who())
        transaction.on_commit(nudge, robust=True)
        return Response(PrivacyRequestSerializer(row).data, status=202)


class EraseDetail(StoreView, generics.RetrieveAPIView[PrivacyRequest]):
    """How far it is, and in the end what a search for the person found."""

    serializer_class = PrivacyRequestSerializer
    queryset = PrivacyRequest.objects.none()
    roles = {"GET": Role.OWNER}

    def get_queryset(self) -> QuerySet[PrivacyRequest]:
        rows = PrivacyRequest.objects.of(self.store)
        return rows.filter(kind=PrivacyRequest.Kind.ERASE)


def nudge() -> None:
    current_app.send_task("privacy.work")
