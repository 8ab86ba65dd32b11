"""Cohorts as a heat map, and what new customers cost."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Store
from apps.core.merchant_admin import Cell, Panel
from apps.core.merchant_admin.pages import for_analysts, show
from apps.core.merchant_admin.recording import note
from apps.core.merchant_admin.show import NOTHING, moment, money, share
from apps.core.merchant_admin.transfer import guard
from apps.events.services.analytics.span import today_of
from apps.segmentation.models import CohortCell
from apps.segmentation.services import cohorts as service
from apps.segmentation.services.acquisition import (
    Acquisition,
    Brought,
    Channel,
    acquisition,
)
from apps.segmentation.services.cohorts import Cohorts, Row

KINDS = {
    "month": "By month of the first order",
    "category": "By first category",
    "channel": "By first channel",
}
MEASURES = {
    "retention": "Who came back",
    "orders": "Orders",
    "revenue": "Revenue",
    "margin": "Margin",
}
SAYS = {
    "retention": "How many of the customers ordered in that month after their first one.",
    "orders": "Orders for each customer in that month.",
    "revenue": "Revenue for each customer in that month, without tax and less refunds.",
    "margin": "Margin for each customer in that month, of products whose cost is known, "
    "less refunds.",
}
# Months of first orders; 0: all.
PERIODS = {6: "6 months", 12: "12 months", 24: "24 months", 0: "All"}
USUAL = 12
# More make no table that can be read; the file has all.
MOST_MONTHS, MOST_ROWS = 24, 40
SHADES = 5
NOT_KNOWN, TOO_EARLY = "Not known", "Too early"
COLUMNS = (
    "by", "cohort", "new customers", "months since", "customers counted",
    "customers who ordered", "share", "orders", "revenue", "revenue with known cost",
    "margin", "month is over",
)  # fmt: skip
BOM = "\ufeff"


@dataclass(frozen=True)
class Asked:
    """What the address says, with the usual where it says nothing that can be."""

    store: Store
    kind: str
    measure: str
    months: int

    @property
    def first(self) -> date | None:
        if not self.months:
            return None
        today = today_of(self.store, timezone.now())
        return service.month_of(service.number_of(today) - self.months + 1)

    def query(self, **more: object) -> str:
        said = {"by": self.kind, "of": self.measure, "months": self.months, **more}
        return "?" + "&".join(f"{name}={value}" for name, value in said.items())

    def filters(self) -> list[dict[str, Any]]:
        offered: list[tuple[str, str, dict[Any, str], object]] = [
            ("First orders", "months", PERIODS, self.months),
            ("Kind of cohort", "by", KINDS, self.kind),
            ("What is shown", "of", MEASURES, self.measure),
        ]
        return [
            {
                "title": title,
                "choices": [
                    (text, self.query(**{name: key}), key == chosen)
                    for key, text in choices.items()
                ],
            }
            for title, name, choices, chosen in offered
        ]


def asked_in(request: HttpRequest, store: Store) -> Asked:
    said = request.GET
    return Asked(
        store,
        next((one for one in KINDS if one == said.get("by")), "month"),
        next((one for one in MEASURES if one == said.get("of")), "retention"),
        next((one for one in PERIODS if str(one) == said.get("months")), USUAL),
    )


@for_analysts
def page(request: HttpRequest, store: Store) -> HttpResponse:
    asked = asked_in(request, store)
    found = service.cohorts(store, asked.kind, asked.first)
    return show(
        request,
        "segmentation/cohorts",
        "Cohorts",
        filters=asked.filters(),
        says=SAYS[asked.measure],
        is_by_month=asked.kind == CohortCell.Kind.MONTH,
        kind=KINDS[asked.kind],
        table=table(found, asked) if found and found.rows else None,
        known=cost_known(found) if asked.measure == "margin" else "",
        as_of=moment(found.as_of) if found else "",
        file_url=reverse("cohorts_file") + asked.query(),
        acquisition=acquired(acquisition(store, asked.first)),
    )


def table(found: Cohorts, asked: Asked) -> dict[str, Any]:
    ages = found.ages[:MOST_MONTHS]
    # Months come oldest first, all else by size.
    is_by_month = asked.kind == CohortCell.Kind.MONTH
    rows = found.rows[-MOST_ROWS:] if is_by_month else found.rows[:MOST_ROWS]
    top = max(
        (
            value_of(one, asked.measure)
            for row in (*rows, found.whole)
            for one in row.cells[1:MOST_MONTHS]
            if not one.is_running
        ),
        default=0.0,
    )
    return {
        "ages": ages,
        "rows": [row_of(row, asked, top) for row in rows],
        "whole": row_of(found.whole, asked, top),
        "left_out": len(found.rows) - len(rows),
    }


def row_of(row: Row, asked: Asked, top: float) -> dict[str, Any]:
    cells = [
        {
            "text": text_of(one, asked),
            "says": details(one, asked.store.currency),
            "is_running": one.is_running,
            # The first month outshines all others, and says nothing of coming back.
            "shade": shade(value_of(one, asked.measure), top)
            if age and not one.is_running
            else 0,
        }
        for age, one in enumerate(row.cells[:MOST_MONTHS])
    ]
    return {"name": row.name, "size": row.size, "cells": cells}


def value_of(one: service.Cell, measure: str) -> float:
    if measure == "retention":
        return one.retention
    return float(getattr(one, measure)) / one.base if one.base else 0.0


def shade(value: float, top: float) -> int:
    if value <= 0 or top <= 0:
        return 0
    return min(SHADES, max(1, round(value / top * SHADES)))


def text_of(one: service.Cell, asked: Asked) -> str:
    if not one.base:
        return NOTHING
    if asked.measure == "retention":
        return f"{one.retention:.0%}"
    if asked.measure == "orders":
        return f"{one.orders / one.base:.2f}"
    if asked.measure == "margin" and one.revenue and not one.costed:
        return NOTHING
    amount: Decimal = getattr(one, asked.measure)
    return money(amount / one.base, asked.store.currency)


def details(one: service.Cell, currency: str) -> str:
    said = (
        f"{one.customers:,} of {one.base:,} customers, {one.orders:,} orders, "
        f"{money(one.revenue, currency)}"
    )
    if one.known is not None:
        said += f", cost known of {share(one.known, 1)}"
    return said


def cost_known(found: Cohorts | None) -> str:
    """Of which part of the money a margin can be told."""
    if found is None:
        return ""
    revenue = sum((one.revenue for one in found.whole.cells), Decimal(0))
    costed = sum((one.costed for one in found.whole.cells), Decimal(0))
    if not revenue:
        return ""
    return f"The cost is known of {share(costed, revenue)} of this revenue."


def acquired(found: Acquisition | None) -> Panel:
    rows = [channel_row(one, found.currency) for one in found.channels] if found else []
    return Panel(
        "What a new customer costs",
        (
            "First channel", "New customers", "Spent", "For a new customer",
            "Revenue, 90 days", "Margin, 90 days", "Revenue, 1 year", "Margin, 1 year",
        ),
        rows,
        note="Channels are those of the first visit before the first order, or else what "
        "the shop noted with that order. Revenue and margin are for each new customer, "
        "counted only for customers whose 90 days or year are over. Where the cost is "
        "known of a part of the revenue, the margin is of that part alone: do not hold it "
        "against all that a customer costs. What is spent comes from the page Ad spend.",
        empty="No new customers in these months.",
        link=Cell("Ad spend", reverse("admin:outcomes_channelcost_changelist")),
    )  # fmt: skip


def channel_row(one: Channel, currency: str) -> tuple[Cell, ...]:
    texts = (
        f"{one.customers:,}",
        NOT_KNOWN if one.spent is None else money(one.spent, currency),
        NOT_KNOWN if one.cost_each is None else money(one.cost_each, currency),
        *brought(one.first_90, currency),
        *brought(one.first_365, currency),
    )
    return (Cell(one.name), *(Cell(text, is_number=True) for text in texts))


def brought(one: Brought, currency: str) -> tuple[str, str]:
    if not one.customers:
        return TOO_EARLY, TOO_EARLY
    return money(one.revenue_each, currency), margin_text(one, currency)


def margin_text(one: Brought, currency: str) -> str:
    """Beside the whole cost of a customer, the margin of a part has to say so."""
    if one.margin_each is None:
        return NOT_KNOWN
    text = money(one.margin_each, currency)
    if one.known is None or one.known >= 1:
        return text
    return f"{text}, cost known of {share(one.known, 1)}"


@for_analysts
def file(request: HttpRequest, store: Store) -> HttpResponse:
    """All that the table is made of, a line for each cell."""
    asked = asked_in(request, store)
    found = service.cohorts(store, asked.kind, asked.first)
    lines = list(lines_of(found)) if found else []
    detail = {"by": asked.kind, "months": asked.months, "rows": len(lines)}
    note(request, "segmentation.cohorts.exported", "", detail)
    buffer = io.StringIO()
    csv.writer(buffer).writerows(
        [guard(cell) for cell in line] for line in [COLUMNS, *lines]
    )
    name = f"{store.slug}-cohorts-by-{asked.kind}-{timezone.localdate()}.csv"
    return HttpResponse(
        BOM + buffer.getvalue(),
        content_type="text/csv",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )


def lines_of(found: Cohorts) -> Iterator[tuple[Any, ...]]:
    for row in found.rows:
        for age, one in enumerate(row.cells):
            yield (
                found.kind, row.name, row.size, age, one.base, one.customers,
                f"{one.retention:.4f}", one.orders,
                *(f"{amount:.2f}" for amount in (one.revenue, one.costed, one.margin)),
                "no" if one.is_running else "yes",
            )  # fmt: skip
