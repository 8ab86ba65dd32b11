"""Five kinds of customers: who is in each learned segment, what they bring, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Store
from apps.core.merchant_admin import (
    MANAGER,
    Bars,
    Cell,
    Panel,
    Point,
    link_cell,
    reaches,
)
from apps.core.merchant_admin.pages import download, for_analysts, show
from apps.core.merchant_admin.show import NOTHING, day, moment, money, share
from apps.registry.services.scores import without_scores
from apps.segmentation.models import Code
from apps.segmentation.services import kinds as service
from apps.segmentation.services.kinds import Five, Kind
from apps.segmentation.services.kinds_export import export
from apps.segmentation.services.learning.words import percent, say, span

SHOWN = 50
# What an average customer does: columns, kinds of fact, how they are said.
AVERAGES = (
    ("Spent", "spent"), ("Each order", "average_order"), ("Orders", "orders"),
    ("Between orders", "every"), ("Since the last order", "asleep"),
    ("With a coupon", "coupons"), ("Pieces reduced", "reduced"),
)  # fmt: skip
MONEY, DAYS = ("spent", "average_order"), ("every", "asleep")
LEARNED_WHEN = (
    f"Groups are learned once {service.LEARNS_FROM} customers placed their first order "
    "half a year ago or earlier, and take over once they foretell better than the rule "
    "what customers do next."
)


@for_analysts
def page(request: HttpRequest, store: Store) -> HttpResponse:
    found = service.five(store)
    refused = found.refused if found else None
    return show(
        request,
        "segmentation/kinds",
        "Five kinds of customers",
        found=found,
        learned_when=LEARNED_WHEN,
        tiles=tiles(found) if found else [],
        stability=stability(found) if found else "",
        refused_at=moment(refused.trained_at) if refused else "",
        refused_for=without_scores(refused.refusal_reason) if refused else "",
        panels=list(panels(found, store.currency)) if found else [],
    )


def tiles(found: Five) -> list[tuple[str, str]]:
    kept = NOTHING if found.moved is None else percent(1 - found.moved)
    return [
        ("Customers", f"{found.customers:,}"),
        ("Named by", "What was learned" if found.learns else "The plain rule"),
        ("Trained", moment(found.version.trained_at)),
        ("Kept their segment", kept),
    ]


def stability(found: Five) -> str:
    if found.moved is None:
        return (
            "How many customers the last training moved was not measured: it was the "
            "first one in two months, or another way of grouping competed in it."
        )
    return (
        "Asked about the same customers with the same numbers, the last training put "
        f"{percent(1 - found.moved)} of them where they were. One that would move more "
        "than 10 % is refused."
    )


def panels(found: Five, currency: str) -> Iterator[Panel]:
    yield what_sets_apart(found)
    yield chart(
        "How many they are",
        found.kinds,
        lambda one: (one.figures.customers, f"{one.figures.customers:,}"),
    )
    yield chart(
        "What they spent so far",
        found.kinds,
        lambda one: (one.figures.spent, money(one.figures.spent, currency)),
    )
    if any(one.figures.valued for one in found.kinds):
        yield chart(
            "What is expected of them in the next 90 days",
            found.kinds,
            lambda one: (one.figures.expected_90, expected(one, currency)),
        )
    yield in_numbers(found, currency)
    yield averages(found, currency)


def what_sets_apart(found: Five) -> Panel:
    rows = [(link(one), one.rule, say(one.facts) or NOTHING) for one in found.kinds]
    return Panel(
        "What sets them apart",
        ("Segment", "Who belongs there", "On average"),
        rows,
        note="A segment's name opens the list of who is in it, each with the reason.",
    )


def link(kind: Kind) -> Cell:
    return link_cell(kind.name, reverse("kind_members", args=[kind.code]))


def chart(
    title: str, kinds: list[Kind], told: Callable[[Kind], tuple[float, str]]
) -> Panel:
    return Panel(title, bars=Bars([Point(one.name, *told(one)) for one in kinds]))


def expected(kind: Kind, currency: str) -> str:
    figures = kind.figures
    return money(figures.expected_90, currency) if figures.valued else NOTHING


def in_numbers(found: Five, currency: str) -> Panel:
    spent = sum(one.figures.spent for one in found.kinds)
    rows: list[tuple[Cell, ...]] = []
    for one in found.kinds:
        churn = one.figures.churn
        texts = (
            f"{one.figures.customers:,}",
            share(one.figures.customers, found.customers),
            money(one.figures.spent, currency),
            share(one.figures.spent, spent),
            expected(one, currency),
            NOTHING if churn is None else percent(churn),
        )
        rows.append((link(one), *map(number, texts)))
    return Panel(
        "In numbers",
        (
            "Segment", "Customers", "Share", "Spent so far", "Of all money",
            "Expected in 90 days", "Churn risk",
        ),
        rows,
        note="Money is without tax and less refunds. Churn risk: how likely it is, on "
        "average, that one of them orders nothing in the next 90 days. A dash: not "
        "worked out yet, or nobody in it has ordered.",
    )  # fmt: skip


def number(text: str) -> Cell:
    return Cell(text, is_number=True)


def averages(found: Five, currency: str) -> Panel:
    lines = [(one.name, one.numbers) for one in found.kinds]
    rows = [
        (
            Cell(name),
            *(number(average(numbers, kind, currency)) for _, kind in AVERAGES),
        )
        for name, numbers in [*lines, ("Everybody who ordered", found.averages)]
    ]
    return Panel(
        "What an average customer of each does",
        ("Segment", *(name for name, _ in AVERAGES)),
        rows,
        note="As of the last training, of those who have ordered.",
    )


def average(numbers: Any, kind: str, currency: str) -> str:
    value = float(numbers.get(kind, 0))
    # Nobody is in it, or nobody ordered twice: then there is no time in between.
    if not value and (kind in DAYS or not numbers.get("orders")):
        return NOTHING
    if kind in MONEY:
        return money(value, currency)
    if kind in DAYS:
        return span(value)
    return f"{value:.1f}" if kind == "orders" else percent(value)


@for_analysts
def members(request: HttpRequest, store: Store, code: str) -> HttpResponse:
    """Newest customers first; further ones by the id before which they lie."""
    kind = kind_or_404(code)
    rows = service.places(store).filter(code=kind)
    before = request.GET.get("before", "")
    if before.isascii() and before.isdecimal() and len(before) < 19:
        rows = rows.filter(customer_id__lt=int(before))
    found = list(rows.select_related("customer").order_by("-customer_id")[: SHOWN + 1])
    shown, is_more = found[:SHOWN], len(found) > SHOWN
    lines = [
        (
            link_cell(
                row.customer.called, reverse("customer_story", args=[row.customer_id])
            ),
            say(row.reason),
            day(row.since_at).replace(" ", "\N{NO-BREAK SPACE}"),
        )
        for row in shown
    ]
    more = (
        link_cell("Show more", f"?before={shown[-1].customer_id}") if is_more else None
    )
    return show(
        request,
        "segmentation/kind",
        str(kind.label),
        panel=Panel(
            "Who is in it", ("Customer", "Why", "Since"), lines, link=more,
            empty="Nobody now.",
        ),
        export_url=reverse("kind_file", args=[code]) if reaches(request, MANAGER) else "",
    )  # fmt: skip


@for_analysts
def file(request: HttpRequest, store: Store, code: str) -> StreamingHttpResponse:
    kind = kind_or_404(code)
    if not reaches(request, MANAGER):
        raise PermissionDenied
    person: Any = request.user
    lines = export(store, kind, timezone.now(), person)
    name = f"{kind}-customers-{timezone.localdate()}.csv"
    return download(lines, name)


def kind_or_404(code: str) -> Code:
    if code not in Code.values:
        raise Http404
    return Code(code)
