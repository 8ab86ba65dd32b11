"""The merchant's pages about visitors."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse

from apps.accounts.models import Store
from apps.core.merchant_admin import Cell, Panel
from apps.core.merchant_admin.pages import for_analysts, show
from apps.core.merchant_admin.show import money, share
from apps.events.services.analytics import cohorts, figures, funnel, pages
from apps.events.services.analytics.span import Span
from apps.events.services.enrich import CHANNELS
from apps.events.views.pages import chosen_days

DEVICES = {"phone": "Phone", "tablet": "Tablet", "computer": "Computer", "": "Unknown"}
SORTS = {"channel": "Where from", "device": "Device", "country": "Country"}
SHADES = 5
# Further columns make no table that can be read.
WEEKS = 12


@for_analysts
def visitors(request: HttpRequest, store: Store) -> HttpResponse:
    """Who came, from where, and how far they got."""
    chosen = chosen_days(request, store)
    sort = request.GET.get("by", "")
    sort = sort if sort in SORTS else "channel"
    found = funnel.funnel(chosen.span, sort)
    return show(
        request,
        "events/visitors",
        "Visitors and funnel",
        chosen=chosen,
        kept=[("by", sort)],
        tiles=tiles(chosen.span, found),
        chart=chart(chosen.span),
        steps=found.steps,
        sorts=[
            {"key": key, "name": name, "is_chosen": key == sort}
            for key, name in SORTS.items()
        ],
        parts=parts(found, sort),
    )


@dataclass(frozen=True)
class Tile:
    name: str
    value: str
    trend: str
    tone: str


def tiles(span: Span, found: funnel.Funnel) -> list[Tile]:
    names = ["visitors", "sessions", "page_view", "order"]
    now, before = figures.totals(span, names), figures.totals(span.before, names)
    labels = ("Visitors", "Visits", "Pages seen", "Orders tracked")
    shown = [
        Tile(label, f"{now[name].count:,}", *trend(now[name].count, before[name].count))
        for name, label in zip(names, labels, strict=True)
    ]
    ordered = found.steps[-1].sessions
    return [
        *shown,
        Tile("Visits that ordered", share(ordered, now["sessions"].count), "", ""),
        Tile(
            "Revenue tracked", money(now["order"].amount, span.store.currency), "", ""
        ),
        Tile(
            "Left after one page", share(found.bounced, now["sessions"].count), "", ""
        ),
        Tile("Time on the site, a visit", time_on_site(now["sessions"]), "", ""),
    ]


def trend(now: int, before: int) -> tuple[str, str]:
    """Against as many days before."""
    if not before:
        return ("", "")
    change = (now - before) / before
    tone = "good" if change > 0 else "bad" if change < 0 else "quiet"
    return (f"{change:+.0%} against the days before", tone)


def time_on_site(sessions: figures.Share) -> str:
    if not sessions.count:
        return "\N{EN DASH}"
    seconds = round(sessions.amount / Decimal(sessions.count))
    return f"{seconds // 60} min {seconds % 60} s" if seconds >= 60 else f"{seconds} s"


def chart(span: Span) -> dict[str, Any]:
    """A value for each day, none left out."""
    names = {"visitors": "Visitors", "sessions": "Visits", "order": "Orders"}
    zone = span.store.zone
    found = {
        (one.starts_at.astimezone(zone).date(), one.name): one.count
        for one in figures.curve(span, list(names))
    }
    return {
        "labels": [f"{day:%-d %b}" for day in span.days],
        "series": [
            {"name": label, "values": [found.get((day, name), 0) for day in span.days]}
            for name, label in names.items()
        ],
    }


def parts(found: funnel.Funnel, sort: str) -> Panel:
    names = {"channel": CHANNELS, "device": DEVICES}.get(sort, {"": "Unknown"})
    return Panel(
        "",
        (SORTS[sort], "Visits", "Looked", "Cart", "Checkout", "Ordered", "Of visits"),
        [
            [
                Cell(names.get(part.key, part.key)),
                *(Cell(f"{step.sessions:,}", is_number=True) for step in part.steps),
                Cell(
                    share(part.steps[-1].sessions, part.steps[0].sessions),
                    is_number=True,
                ),
            ]
            for part in found.parts
        ],
        empty="No visits in these days.",
    )


@for_analysts
def returning(request: HttpRequest, store: Store) -> HttpResponse:
    """How many come back, week by week."""
    chosen = chosen_days(request, store)
    by = "order" if request.GET.get("by") == "order" else "visit"
    find = cohorts.by_first_order if by == "order" else cohorts.by_first_visit
    found = find(chosen.span)[-WEEKS:]
    return show(
        request,
        "events/returning",
        "Who comes back",
        chosen=chosen,
        kept=[("by", by)],
        is_by_order=by == "order",
        weeks=range(len(found[0].back) if found else 0),
        rows=[
            {"week": row.week_on, "size": row.size, "cells": shaded(row)}
            for row in found
        ],
    )


def shaded(row: cohorts.Cohort) -> list[dict[str, Any]]:
    """Each week's share of those who came first in that one, with a shade to see it."""
    return [
        {
            "text": f"{back / row.size:.0%}" if row.size else "",
            "says": f"{back:,} of {row.size:,}",
            "shade": min(SHADES, -(-back * SHADES // row.size)) if row.size else 0,
        }
        for back in row.back
    ]


@for_analysts
def searches(request: HttpRequest, store: Store) -> HttpResponse:
    """What people look for, what they click, and what annoys them."""
    chosen = chosen_days(request, store)
    span = chosen.span
    return show(
        request,
        "events/searches",
        "Searches and obstacles",
        chosen=chosen,
        panels=[
            searched("Searched most", pages.searches(span, 25)),
            searched(
                "Searched, and nothing found", pages.searches(span, 25, only_empty=True)
            ),
            placed(span),
            annoyed(span),
        ],
    )


def searched(title: str, found: list[pages.Query]) -> Panel:
    return Panel(
        title,
        ("Words", "Searches", "Found nothing"),
        [
            (
                Cell(one.text),
                Cell(f"{one.searches:,}", is_number=True),
                Cell(f"{one.without_results:,}", is_number=True),
            )
            for one in found
        ],
        empty="Nothing in these days.",
    )


def placed(span: Span) -> Panel:
    return Panel(
        "Recommendations",
        ("Place", "Shown", "Clicked", "Of those shown", "Put into the cart"),
        [
            (
                Cell(one.name),
                Cell(f"{one.shown:,}", is_number=True),
                Cell(f"{one.clicked:,}", is_number=True),
                Cell(share(one.clicked, one.shown), is_number=True),
                Cell(f"{one.carted:,}", is_number=True),
            )
            for one in pages.placements(span)
        ],
        empty="None were shown in these days.",
    )


def annoyed(span: Span) -> Panel:
    return Panel(
        "What annoys visitors",
        ("What happened", "Page", "Times"),
        [
            (one.what, one.path, Cell(f"{one.count:,}", is_number=True))
            for one in pages.troubles(span)
        ],
        note="Clicking again and again mostly means: something looks like a button and is none, or it is slow.",
        empty="Nothing in these days.",
    )


@for_analysts
def clicks(request: HttpRequest, store: Store) -> HttpResponse:
    """Where on a page people click."""
    chosen = chosen_days(request, store)
    seen = pages.clicked_paths(chosen.span)
    path = request.GET.get("path", "")[:200] or (seen[0].key if seen else "/")
    heat = pages.heat(chosen.span, path)
    most = max((cell.count for cell in heat.cells), default=1)
    return show(
        request,
        "events/clicks",
        "Where people click",
        chosen=chosen,
        kept=[("path", path)],
        heat=heat,
        paths=[one.key for one in seen],
        cells=[
            {
                "x": cell.column * 20,
                "y": cell.row * 20,
                "weight": round(0.12 + 0.88 * cell.count / most, 3),
                "says": f"{cell.count:,} of {heat.clicks:,} clicks",
            }
            for cell in heat.cells
        ],
    )
