"""A number as people read it, by its unit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from apps.core.merchant_admin import Cell, Chart, Panel
from apps.core.merchant_admin.panels import Point
from apps.core.merchant_admin.show import NOTHING, money
from apps.features.definitions import Feature, Group, Kind, Unit
from apps.features.models import Numbers
from apps.shop.models import Category

WEEKDAYS = (
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
)  # fmt: skip
MONTHS = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip
Names = Mapping[int, str]


def percent(share: float) -> str:
    return f"{share * 100:.0f} %"


def days(count: float) -> str:
    if count < 1:
        return "Less than a day"
    whole = round(count)
    return f"{whole:,} day{'' if whole == 1 else 's'}"


def named_share(row: Mapping[str, Any], names: Names) -> str:
    """Of "M", "17" (a category) or "17:M" (a size within one)."""
    group, colon, key = str(row["key"]).rpartition(":")
    if colon:
        name = f"{names.get(int(group), 'Other')}: {key}"
    else:
        name = names.get(int(key), key) if key.isdigit() else key
    return f"{name} {percent(row['share'])}"


Words = Callable[[Any, str, Names], str]
SAID: dict[Unit, Words] = {
    Unit.MONEY: lambda value, currency, _: amount(value, currency),
    Unit.SHARE: lambda value, *_: percent(value),
    Unit.DAYS: lambda value, *_: days(value),
    Unit.COUNT: lambda value, *_: f"{value:,}",
    Unit.NUMBER: lambda value, *_: f"{value:,.2f}",
    Unit.HOUR: lambda value, *_: f"{value:02}:00",
    Unit.WEEKDAY: lambda value, *_: WEEKDAYS[value - 1],
    Unit.FLAG: lambda value, *_: "Yes" if value else "No",
    Unit.TEXT: lambda value, *_: str(value),
    Unit.REFERENCE: lambda value, _, names: names.get(value, NOTHING),
    Unit.SHARES: lambda value, _, names: ", ".join(
        named_share(row, names) for row in value
    ),
}


def amount(value: float | None, currency: str) -> str:
    return money(None if value is None else Decimal(value), currency)


def say(feature: Feature, value: Any, currency: str, names: Names) -> str:
    if value is None or value in ("", [], ()):
        return NOTHING
    return SAID[feature.unit](value, currency, names)


def panels(kind: Kind, row: Numbers) -> Iterable[Panel]:
    """One for each group: what, how much, what that means."""
    categories = Category.objects.of(row.store)
    names = dict(categories.values_list("pk", "name"))
    for group in kind.groups:
        yield panel(group, row, names)
        for feature in group.features:
            if feature.unit == Unit.MONTHS and row.value(feature.name):
                yield months(feature, row.value(feature.name))


def panel(group: Group, row: Numbers, names: Names) -> Panel:
    rows = [
        (
            feature.label,
            Cell(say(feature, row.value(feature.name), row.store.currency, names)),
            feature.words,
        )
        for feature in group.features
        if feature.unit != Unit.MONTHS
    ]
    return Panel(group.title, ("What", "How much", "That is"), rows)


def months(feature: Feature, shares: list[float]) -> Panel:
    points = [
        Point(name, share, percent(share))
        for name, share in zip(MONTHS, shares, strict=False)
    ]
    top = percent(max(shares))
    chart = Chart("Sold by month", points, "Share of a year", "Month", top)
    return Panel("Its year", note=f"{feature.words}.", chart=chart)
