"""Who buys how: the grid of recency and frequency."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from apps.accounts.models import Store
from apps.core.merchant_admin import Cell, Panel, link_cell
from apps.core.merchant_admin.pages import for_analysts, show
from apps.core.merchant_admin.show import moment, money, share
from apps.segmentation.services import rfm
from apps.segmentation.services.rfm import Grid, Square

SHADES = 5
RECENCY = {
    5: "Latest fifth", 4: "Second fifth, or within 30 days", 3: "Middle fifth",
    2: "Fourth fifth", 1: "Longest ago",
}  # fmt: skip
FREQUENCY = {1: "Least often", 2: "Seldom", 3: "Middle", 4: "Often", 5: "Most often"}


@for_analysts
def page(request: HttpRequest, store: Store) -> HttpResponse:
    grid = rfm.grid(store)
    return show(
        request,
        "segmentation/rfm",
        "Who buys how",
        grid=grid,
        as_of=moment(grid.as_of),
        columns=[(score, FREQUENCY[score]) for score in rfm.SCORES],
        rows=rows(grid, store.currency),
        regions=regions(grid, store.currency),
        scores_url=customers_url(),
    )


def customers_url(**asked: object) -> str:
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    address = reverse("admin:segmentation_rfmscore_changelist")
    return f"{address}?{query}" if query else address


def rows(grid: Grid, currency: str) -> list[dict[str, Any]]:
    most = max((one.customers for one in grid.squares), default=0)
    return [
        {
            "score": score,
            "name": RECENCY[score],
            "cells": [
                cell(one, most, currency)
                for one in grid.squares
                if one.recency == score
            ],
        }
        for score in reversed(rfm.SCORES)
    ]


def cell(one: Square, most: int, currency: str) -> dict[str, Any]:
    return {
        "region": one.region.name,
        "customers": f"{one.customers:,}",
        "share": share(one.share, 1) if one.customers else "",
        "spent": money(one.spent, currency) if one.customers else "",
        "shade": -(-one.customers * SHADES // most) if most else 0,
        "url": customers_url(recency=one.recency, frequency=one.frequency)
        if one.customers
        else "",
    }


def regions(grid: Grid, currency: str) -> Panel:
    found = []
    for region in rfm.REGIONS:
        mine = grid.of(region)
        customers = sum(one.customers for one in mine)
        spent = sum(one.spent for one in mine)
        found.append(
            (
                link_cell(region.name, customers_url(group=region.key)),
                Cell(region.says),
                Cell(f"{customers:,}", is_number=True),
                Cell(share(customers, grid.customers), is_number=True),
                Cell(money(spent, currency), is_number=True),
                Cell(share(spent, grid.spent), is_number=True),
            )
        )
    return Panel(
        "The groups",
        ("Group", "Who is in it", "Customers", "Share", "Spent so far", "Of all money"),
        found,
        note="The grid above says which squares a group is made of. Whoever ordered "
        "once is always in the column “Least often”, and whoever ordered within 30 days "
        "in one of the first two rows.",
    )
