"""Customers and what they agreed to."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.errors import NotAllowedError, UnknownError
from apps.core.store_views import (
    SANE_MOMENTS,
    IdFilter,
    MomentFilter,
    StoreView,
    caller_of,
    refuse_unknown,
)
from apps.shop.models import Address, Consent, Customer
from apps.shop.services.consents import Wording, state
from apps.shop.services.customers import find_or_create

PERSONAL = ("email", "first_name", "last_name", "phone")
# Clocks of shops run a little fast; further ahead is a mistake.
FAST = timedelta(minutes=5)


class CustomerFilter(filters.FilterSet):
    updated_since = MomentFilter("updated_at", "gte")
    ordered_since = MomentFilter("last_ordered_at", "gte")
    is_guest = filters.BooleanFilter()
    email = filters.CharFilter(max_length=254, method="filter_email")

    class Meta:
        model = Customer
        fields: tuple[str, ...] = ()

    def filter_email(self, rows: Any, name: str, value: str) -> Any:
        if not caller_of(self).sees_people:
            raise NotAllowedError("Analysts cannot look people up by e-mail address.")
        return rows.by_email(value)


class AddressSerializer(serializers.ModelSerializer[Address]):
    class Meta:
        model = Address
        fields = ("country", "region", "city", "postcode")


class CustomerSerializer(serializers.ModelSerializer[Customer]):
    """Personal fields are null for analysts."""

    addresses = AddressSerializer(many=True, read_only=True)

    class Meta:
        model = Customer
        fields = (
            "id", "woo_id", *PERSONAL, "language", "is_guest", "first_ordered_at",
            "last_ordered_at", "acquisition_channel", "addresses",
            "source_modified_at", "created_at", "updated_at",
        )  # fmt: skip
        read_only_fields = fields
        extra_kwargs = {name: {"allow_null": True} for name in PERSONAL}

    def to_representation(self, instance: Customer) -> dict[str, Any]:
        shown = super().to_representation(instance)
        if not self.context["request"].auth.sees_people:
            shown.update(dict.fromkeys(PERSONAL))
        return shown


class CustomerView(StoreView):
    queryset = Customer.objects.none()
    serializer_class = CustomerSerializer

    def get_queryset(self) -> QuerySet[Customer]:
        addresses = Address.objects.of(self.store).order_by("id")
        rows = Customer.objects.of(self.store).live()
        return rows.prefetch_related(Prefetch("addresses", addresses))


class CustomerList(CustomerView, generics.ListAPIView[Customer]):
    filterset_class = CustomerFilter


class CustomerDetail(CustomerView, generics.RetrieveAPIView[Customer]):
    pass


class ConsentFilter(filters.FilterSet):
    customer = IdFilter("customer")
    channel = filters.ChoiceFilter(choices=Consent.Channel.choices)
    purpose = filters.ChoiceFilter(choices=Consent.Purpose.choices)
    is_granted = filters.BooleanFilter()
    stated_since = MomentFilter("stated_at", "gte")

    class Meta:
        model = Consent
        fields: tuple[str, ...] = ()


class ConsentSerializer(serializers.ModelSerializer[Consent]):
    class Meta:
        model = Consent
        fields = (
            "id", "customer", "channel", "purpose", "is_granted", "text_shown",
            "text_version", "surface", "stated_at",
        )  # fmt: skip
        read_only_fields = fields


class StatementSerializer(serializers.Serializer[Any]):
    """A statement about a customer, named by id or by e-mail address."""

    customer = serializers.IntegerField(
        required=False, min_value=1, max_value=2**63 - 1
    )
    email = serializers.EmailField(required=False, max_length=254)
    channel = serializers.ChoiceField(Consent.Channel.choices)
    purpose = serializers.ChoiceField(Consent.Purpose.choices)
    is_granted = serializers.BooleanField()
    text_shown = serializers.CharField(max_length=10_000)
    text_version = serializers.CharField(max_length=40)
    surface = serializers.CharField(max_length=100)
    stated_at = serializers.DateTimeField(required=False, validators=SANE_MOMENTS)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        refuse_unknown(self.initial_data, set(self.fields))
        if ("customer" in attrs) == ("email" in attrs):
            raise serializers.ValidationError("Give either customer or email.")
        now = timezone.now()
        if attrs.setdefault("stated_at", now) > now + FAST:
            raise serializers.ValidationError({"stated_at": ["This is not yet."]})
        return attrs


class ConsentList(StoreView, generics.ListAPIView[Consent]):
    """Every statement ever made, the newest first. Nothing is changed or deleted."""

    queryset = Consent.objects.none()
    serializer_class = ConsentSerializer
    filterset_class = ConsentFilter

    def get_queryset(self) -> QuerySet[Consent]:
        return Consent.objects.of(self.store)

    @extend_schema(request=StatementSerializer, responses={201: ConsentSerializer})
    def post(self, request: Request) -> Response:
        """Note what someone agreed to or refused; the same statement twice is one."""
        form = StatementSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        said = form.validated_data
        consent = state(
            self.speaker(said),
            said["channel"],
            said["purpose"],
            is_granted=said["is_granted"],
            wording=Wording(said["text_shown"], said["text_version"], said["surface"]),
            at=said["stated_at"],
        )
        return Response(self.get_serializer(consent).data, status=201)

    def speaker(self, said: dict[str, Any]) -> Customer:
        if "email" in said:
            return find_or_create(self.store, said["email"])[0]
        known = Customer.objects.of(self.store).live().filter(pk=said["customer"])
        customer = known.first()
        if customer is None:
            raise UnknownError("There is no such customer.")
        return customer


class ConsentDetail(StoreView, generics.RetrieveAPIView[Consent]):
    queryset = Consent.objects.none()
    serializer_class = ConsentSerializer

    def get_queryset(self) -> QuerySet[Consent]:
        return Consent.objects.of(self.store)
