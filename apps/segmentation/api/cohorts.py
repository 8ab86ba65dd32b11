"""Cohorts and what new customers cost: GET only, for people from analyst on and for keys
that may read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.store_views import StoreView
from apps.segmentation.models import CohortCell
from apps.segmentation.services.acquisition import Brought, Channel, acquisition
from apps.segmentation.services.cohorts import Cell, Row, cohorts

MONTH = r"^20[0-9]{2}-(0[1-9]|1[0-2])$"


class MonthsQuery(serializers.Serializer[Any]):
    first = serializers.RegexField(
        MONTH, required=False, help_text="Month of the first orders: 2026-01."
    )
    last = serializers.RegexField(MONTH, required=False, help_text="Included.")

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        """Each as the first day of its month."""
        found = {**said}
        for name in ("first", "last"):
            if name in said:
                year, month = said[name].split("-")
                found[name] = date(int(year), int(month), 1)
        if "first" in said and "last" in said and found["last"] < found["first"]:
            raise serializers.ValidationError("The last month comes before the first.")
        return found


class CohortsQuery(MonthsQuery):
    by = serializers.ChoiceField(
        CohortCell.Kind.choices, default=CohortCell.Kind.MONTH.value
    )


class CellSerializer(serializers.Serializer[Any]):
    months_since = serializers.IntegerField()
    base = serializers.IntegerField(help_text="Customers who had the time.")
    customers = serializers.IntegerField(help_text="Of them, those who ordered.")
    retention = serializers.FloatField()
    orders = serializers.IntegerField()
    revenue = serializers.CharField(help_text="Without tax, less refunds.")
    revenue_known = serializers.CharField(help_text="The part whose cost is known.")
    margin = serializers.CharField(help_text="Of that part.")
    is_running = serializers.BooleanField(help_text="The month is not over yet.")


class CohortSerializer(serializers.Serializer[Any]):
    key = serializers.CharField(help_text="2026-01, a category's id or a channel.")
    name = serializers.CharField()
    size = serializers.IntegerField(help_text="All of them, the latest ones, too.")
    cells = CellSerializer(many=True)


class CohortsSerializer(serializers.Serializer[Any]):
    by = serializers.ChoiceField(CohortCell.Kind.choices)
    as_of = serializers.DateTimeField(
        allow_null=True, help_text="Null where nothing was counted yet."
    )
    currency = serializers.CharField()
    cohorts = CohortSerializer(many=True)
    whole = CohortSerializer(allow_null=True)


class BroughtSerializer(serializers.Serializer[Any]):
    customers = serializers.IntegerField(help_text="Who had so many days.")
    revenue_each = serializers.CharField(allow_null=True)
    margin_each = serializers.CharField(
        allow_null=True, help_text="Of what has a cost; null: nothing has."
    )
    cost_known = serializers.FloatField(
        allow_null=True,
        help_text="The share of the revenue whose cost is known, which the margin is of. "
        "Null: there is no revenue.",
    )


class ChannelSerializer(serializers.Serializer[Any]):
    key = serializers.CharField()
    name = serializers.CharField()
    customers = serializers.IntegerField()
    spent = serializers.CharField(allow_null=True, help_text="Null: not known.")
    cost_each = serializers.CharField(allow_null=True)
    first_90 = BroughtSerializer()
    first_365 = BroughtSerializer()


class AcquisitionSerializer(serializers.Serializer[Any]):
    as_of = serializers.DateTimeField(allow_null=True)
    currency = serializers.CharField()
    first = serializers.DateField(allow_null=True)
    last = serializers.DateField(allow_null=True)
    channels = ChannelSerializer(many=True)


class MonthsView(StoreView):
    filter_backends = ()
    pagination_class = None
    serializer_class = MonthsQuery


class CohortsOfStore(MonthsView):
    @extend_schema(
        operation_id="segmentation_cohorts",
        parameters=[CohortsQuery],
        responses=CohortsSerializer,
    )
    def get(self, request: Request) -> Response:
        """What customers did month by month after their first order."""
        form = CohortsQuery(data=request.query_params)
        form.is_valid(raise_exception=True)
        asked = form.validated_data
        found = cohorts(self.store, asked["by"], asked.get("first"), asked.get("last"))
        return Response(
            {
                "by": asked["by"],
                "as_of": found.as_of.isoformat() if found else None,
                "currency": self.store.currency,
                "cohorts": [row_said(row) for row in found.rows] if found else [],
                "whole": row_said(found.whole) if found else None,
            }
        )


def row_said(row: Row) -> dict[str, Any]:
    return {
        "key": row.key,
        "name": row.name,
        "size": row.size,
        "cells": [cell_said(age, cell) for age, cell in enumerate(row.cells)],
    }


def cell_said(age: int, cell: Cell) -> dict[str, Any]:
    return {
        "months_since": age,
        "base": cell.base,
        "customers": cell.customers,
        "retention": round(cell.retention, 6),
        "orders": cell.orders,
        "revenue": str(cell.revenue),
        "revenue_known": str(cell.costed),
        "margin": str(cell.margin),
        "is_running": cell.is_running,
    }


class AcquisitionOfStore(MonthsView):
    @extend_schema(
        operation_id="segmentation_acquisition",
        parameters=[MonthsQuery],
        responses=AcquisitionSerializer,
    )
    def get(self, request: Request) -> Response:
        """What a new customer costs by channel, and what new customers bring."""
        form = MonthsQuery(data=request.query_params)
        form.is_valid(raise_exception=True)
        asked = form.validated_data
        found = acquisition(self.store, asked.get("first"), asked.get("last"))
        return Response(
            {
                "as_of": found.as_of.isoformat() if found else None,
                "currency": self.store.currency,
                "first": found.first.isoformat() if found else None,
                "last": found.last.isoformat() if found else None,
                "channels": [channel_said(one) for one in found.channels]
                if found
                else [],
            }
        )


def channel_said(one: Channel) -> dict[str, Any]:
    return {
        "key": one.key,
        "name": one.name,
        "customers": one.customers,
        "spent": amount(one.spent),
        "cost_each": amount(one.cost_each),
        "first_90": brought_said(one.first_90),
        "first_365": brought_said(one.first_365),
    }


def brought_said(one: Brought) -> dict[str, Any]:
    return {
        "customers": one.customers,
        "revenue_each": amount(one.revenue_each),
        "margin_each": amount(one.margin_each),
        "cost_known": None if one.known is None else round(float(one.known), 6),
    }


def amount(value: Decimal | None) -> str | None:
    return None if value is None else str(value.quantize(Decimal("0.0001")))
