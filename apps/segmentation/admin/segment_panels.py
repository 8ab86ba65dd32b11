"""What the page of a segment shows: how it went, who its members are, what they bring."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils import timezone

from apps.core.merchant_admin import Bars, Chart, Panel, Point
from apps.core.merchant_admin.show import money
from apps.segmentation.models import Code, Member, Segment
from apps.segmentation.models.value import Band
from apps.segmentation.services.kinds import NOWHERE, Figures, sums
from apps.segmentation.services.look import history

DAYS = 60
KINDS = {**{code.value: str(code.label) for code in Code}, NOWHERE: "In none yet"}


def history_panel(row: Segment) -> Panel:
    days = history(row, timezone.now(), DAYS)
    points = [
        Point(
            f"{one.on:%d %b}",
            one.members,
            f"{one.members:,} ({one.entered:,} came, {one.left:,} left)",
        )
        for one in days
    ]
    top = f"{max(one.members for one in days):,}"
    chart = Chart("Customers in it, day by day", points, "Customers", "Day", top)
    came, left = sum(one.entered for one in days), sum(one.left for one in days)
    text = f"In the last {DAYS} days {came:,} came and {left:,} left."
    return Panel("How it went", chart=chart, note=text)


def worth_panels(row: Segment) -> Iterator[Panel]:
    """Of who is in it now; nothing where nobody is."""
    members = Member.objects.of(row.store).inside().present().filter(segment=row)
    found = sums(row.store, members)
    if not found:
        return
    kinds = [(name, found[code]) for code, name in KINDS.items() if code in found]
    currency = row.store.currency
    spent = sum(one.spent for _, one in kinds)
    yield Panel(
        "Which of the five kinds they are",
        bars=Bars([Point(name, one.customers, f"{one.customers:,}") for name, one in kinds]),
    )  # fmt: skip
    yield money_panel(
        "What they spent so far",
        [(name, one.spent) for name, one in kinds],
        currency,
        f"{money(spent, currency)} in all, without tax and less refunds.",
    )
    valued = sum(one.valued for _, one in kinds)
    if not valued:
        return
    expected = sum(one.expected_90 for _, one in kinds)
    yield money_panel(
        "What is expected of them in the next 90 days",
        [(name, one.expected_90) for name, one in kinds],
        currency,
        f"{money(expected, currency)} in all.",
    )
    yield churn_panel([one for _, one in kinds], valued)


def money_panel(
    title: str, told: list[tuple[str, float]], currency: str, note: str
) -> Panel:
    points = [Point(name, value, money(value, currency)) for name, value in told]
    return Panel(title, bars=Bars(points), note=note)


def churn_panel(found: list[Figures], valued: int) -> Panel:
    counts = {band: sum(one.bands.get(band, 0) for one in found) for band in Band}
    points = [
        Point(str(band.label), count, f"{count:,}") for band, count in counts.items()
    ]
    return Panel(
        "Their churn risk",
        bars=Bars(points),
        note=f"Known of {valued:,}: those who have ordered, as of last night.",
    )
