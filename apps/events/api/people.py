"""On which devices a customer was seen."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import generics, serializers

from apps.core.errors import UnknownError
from apps.core.store_views import StoreView
from apps.events.models import Link
from apps.events.services.people.who import devices_of
from apps.shop.models import Customer


class DeviceSerializer(serializers.ModelSerializer[Link]):
    """A spell in which a device was this customer's; `ended_at` is null if it still is."""

    class Meta:
        model = Link
        fields = ("visitor", "evidence", "first_at", "last_at", "ended_at")
        read_only_fields = fields


class DeviceList(StoreView, generics.ListAPIView[Any]):
    """The devices of one customer, also of customers merged into this one. The newest
    link comes first."""

    queryset = Link.objects.none()
    serializer_class = DeviceSerializer

    def get_queryset(self) -> QuerySet[Link]:
        known = Customer.objects.of(self.store).live()
        customer = known.filter(pk=self.kwargs["customer"]).first()
        if customer is None:
            raise UnknownError("There is no such customer.")
        return devices_of(customer)
