"""What a look found, as merchants read it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from apps.core.merchant_admin.show import NOTHING, money
from apps.experiments.models import Experiment, Kind, Metric, Reading, Status, Variant
from apps.experiments.services.config import SHELF_KINDS

ANSWERS = {
    "better": "Better",
    "worse": "Worse",
    "no_difference": "No difference that matters",
    "not_known": "Not known yet",
}
TONES = {"better": "good", "worse": "bad", "no_difference": "warn"}
STATES = {
    Status.DRAFT: "Not started",
    Status.RUNNING: "Running",
    Status.PAUSED: "Paused",
    Status.STOPPED: "Stopped",
    Status.WATCHING: "Winner watched",
    Status.APPLIED: "Winner applied",
    Status.ROLLED_BACK: "Winner taken back",
}
KINDS = {
    Kind.HOLDOUT: "People left alone",
    Kind.SHELF: "Shelf",
    Kind.MESSAGE: "Message",
    Kind.PRICE: "Price",
    Kind.PAGE: "Page",
}
PLACES = {
    Kind.SHELF: "all shelves",
    Kind.MESSAGE: "all messages",
    Kind.PRICE: "all prices",
    Kind.PAGE: "all pages",
}
OPEN = (Status.RUNNING, Status.PAUSED, Status.WATCHING)
LONG = 365
SHARES = (Metric.BUYERS, Metric.REFUND_SHARE)
MINUS = "\N{MINUS SIGN}"
# With a space that no line breaks at.
PERCENT = "\N{NO-BREAK SPACE}%"
AMOUNTS = (Metric.REVENUE, Metric.MARGIN, Metric.ORDER_VALUE)


def answer_name(answer: str) -> str:
    return ANSWERS.get(answer, "Not looked at yet")


def kind_name(row: Experiment) -> str:
    return KINDS.get(Kind(row.kind), row.kind)


def state_name(row: Experiment) -> str:
    return STATES[Status(row.status)]


def place_name(row: Experiment) -> str:
    """“shelf:home” reads “home”, since its kind stands beside it."""
    if not row.place:
        return "everything"
    if row.is_holdout:
        return PLACES.get(row.place, row.place.replace(":", ": "))  # type: ignore[call-overload,no-any-return]
    return row.place.partition(":")[2] or PLACES.get(Kind(row.kind), row.place)


def percent(share: float | None, digits: int = 1) -> str:
    if share is None:
        return NOTHING
    return f"{100 * share:.{digits}f}".removesuffix(".0") + PERCENT


def signed(share: float | None) -> str:
    return (
        NOTHING if share is None else f"{100 * share:+.1f}{PERCENT}".replace("-", MINUS)
    )


def figure(metric: str, value: float | None, currency: str) -> str:
    """A mean, as its metric is counted."""
    if value is None:
        return NOTHING
    if metric in SHARES:
        return f"{100 * value:.2f}{PERCENT}"
    if metric in AMOUNTS:
        return money(Decimal(str(value)), currency)
    return f"{value:.3f}"


def moved(metric: str, value: float | None, currency: str) -> str:
    """A difference, with its sign; of shares in points, lest it read as relative."""
    if value is None:
        return NOTHING
    sign = "+" if value > 0 else ""
    if metric in SHARES:
        return f"{sign}{100 * value:.2f} points".replace("-", MINUS)
    return f"{sign}{figure(metric, value, currency)}".replace("-", MINUS)


def change(row: Reading, currency: str) -> str:
    """Relative where that is known."""
    if row.relative is None:
        return moved(row.metric, row.absolute, currency)
    return signed(row.relative)


def between(row: Reading, currency: str) -> str:
    if row.relative_low is not None and row.relative_high is not None:
        return f"{signed(row.relative_low)} to {signed(row.relative_high)}"
    if row.low is None or row.high is None:
        return NOTHING
    ends = (moved(row.metric, end, currency) for end in (row.low, row.high))
    return " to ".join(ends)


def days(span: timedelta) -> str:
    return f"{span.days:,} day{'' if span.days == 1 else 's'}"


def days_to_go(row: Experiment, left: int | None) -> str:
    """Of what still runs; a guess of many years is no number to plan with."""
    if left is None or row.ended_at or row.status not in OPEN:
        return NOTHING
    return f"{left:,}" if left <= LONG else "over a year"


def shares_of(variants: list[Variant]) -> list[str]:
    """Weights as percent of all."""
    whole = sum(one.share for one in variants) or 1
    return [percent(one.share / whole) for one in variants]


def does(kind: str, config: Mapping[str, Any]) -> str:
    """What a variant means, in a line."""
    if not config:
        return "As it is today"
    if kind == Kind.PRICE:
        return f"Prices {config.get('percent', 0):+g} %".replace("-", MINUS)
    if kind != Kind.SHELF:
        told = ", ".join(f"{name}: {value}" for name, value in config.items())
        return told if len(told) < 160 else f"{told[:159]}…"
    said = {
        "show": "No shelf",
        "kind": f"Another shelf: {SHELF_KINDS.get(str(config.get('kind')), '')}",
        "exploration_share": f"Tries out {points(config, 'exploration_share')}",
        "variety": f"Variety {points(config, 'variety')}",
        "version": f"Another model (id {config.get('version')})",
    }
    return ", ".join(said[name] for name in said if name in config)


def points(config: Mapping[str, Any], name: str) -> str:
    value = config.get(name)
    return percent(value) if isinstance(value, int | float) else NOTHING
