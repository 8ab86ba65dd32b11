"""The boxes of one customer's story."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format

from apps.core.merchant_admin import Cell, Chart, Panel, label_cell
from apps.core.merchant_admin.panels import Point
from apps.core.merchant_admin.show import NOTHING, moment, money, short_money
from apps.segmentation.models import CustomerValue
from apps.segmentation.services.next_action import Action
from apps.segmentation.services.story.entry import Person
from apps.segmentation.services.story.known import Known
from apps.segmentation.services.story.money_by_month import by_month
from apps.segmentation.services.story.shown import Worked
from apps.segmentation.services.uplift import WINDOW
from apps.segmentation.services.value_words import band_words, drivers_for, risks_of
from apps.shop.models import Consent

UNKNOWN = "Nobody has worked this out yet."
NOT_YET = f"{UNKNOWN} It happens at night, for whoever has ordered."
RISKS = {"low": "Low", "medium": "Medium", "high": "High"}
FOR, AGAINST = ("For", "good"), ("Against", "bad")
OF_WORKED = (
    "The last 90 days. An order that followed might have come anyway: tests with people "
    "left alone say how many do."
)
ACTIONS = {
    "do_nothing": "Nothing",
    "win_back_personally": "Write to them by hand, to win them back",
    "win_back_with_discount": "Offer them a discount, to win them back",
    "invite_to_second_order": "Invite them to a second order",
    "remind_with_picks": "Remind them, with products picked for them",
}


def tiles(known: Known, currency: str) -> Sequence[tuple[str, str]]:
    if known.worth is None:
        return ()
    row = known.worth.row
    return (
        ("Worth in all", money(row.total, currency)),
        ("Another order in 90 days", percent(row.chance)),
        ("Risk of losing them", RISKS.get(row.band, row.band)),
        ("Next order, if any", on(row.next_order_on) or "Not within a year"),
    )


def percent(chance: float) -> str:
    return f"{chance:.0%}".replace("%", " %")


def on(at: date | None) -> str:
    return date_format(at, "j M Y") if at else ""


def worth_panel(known: Known, currency: str) -> Panel:
    title, columns = "What they are worth", ("What", "How much", "In 9 of 10 cases")
    if known.worth is None:
        return Panel(title, empty=NOT_YET)
    row = known.worth.row
    rows = [
        ("Spent so far", row.spent, None),
        ("Expected in the next 90 days", row.revenue_90, (row.low_90, row.high_90)),
        ("Expected in the next year", row.revenue_365, (row.low_365, row.high_365)),
        (
            "In all: so far and the next year",
            row.total,
            (row.spent + row.low_365, row.spent + row.high_365),
        ),
    ]
    return Panel(
        title,
        columns,
        [
            (
                what,
                Cell(money(value, currency), is_number=True),
                Cell(between(ends, currency), is_number=True),
            )
            for what, value, ends in rows
        ],
        note=f"Without tax, less refunds. Worked out {moment(row.computed_at)}.",
    )


def between(ends: tuple[float, float] | None, currency: str) -> str:
    if ends is None:
        return NOTHING
    low, high = ends
    return f"{money(low, currency)} to {money(high, currency)}"


def stay_panel(known: Known) -> Panel:
    title = "Will they stay, and why"
    if known.worth is None:
        return Panel(title, empty=NOT_YET)
    row = known.worth.row
    told = sorted(drivers_for(row) + risks_of(row), key=lambda one: -abs(one.effect))
    return Panel(
        title,
        ("Speaks", "What"),
        [(label_cell(*(FOR if one.effect > 0 else AGAINST)), one.says) for one in told],
        text=stays(row),
        note="Beside an average customer, the weightiest first." if told else "",
        empty="Nothing stands out: in all of this they are like an average customer.",
    )


def stays(row: CustomerValue) -> str:
    expected = on(row.next_order_on)
    order = (
        f"If they order again, {expected} is as likely too early as too late."
        if expected
        else "An order within a year is less likely than none."
    )
    return (
        f"The risk that they stay away for 90 days is {percent(row.churn)}. "
        f"{band_words(row)}. {order}"
    )


def action_panel(action: Action | None) -> Panel:
    title = "What to do next"
    if action is None:
        return Panel(title, empty=NOT_YET)
    rows = [("What", ACTIONS.get(action.code, action.code)), ("Why", action.reason)]
    if action.channel:
        channels: Mapping[str, Any] = dict(Consent.Channel.choices)
        changes = f"{changed(action.uplift)} {action.caution}".strip()
        rows += [
            ("How", str(channels.get(action.channel, action.channel))),
            ("What it changes", changes),
        ]
    return Panel(
        title,
        ("Question", "Answer"),
        rows,
        note="A suggestion: nothing is done by itself.",
    )


def changed(uplift: float | None) -> str:
    if uplift is None:
        return ""
    more = "more" if uplift >= 0 else "fewer"
    return (
        f"Of 100 customers like them, {abs(uplift) * 100:.1f} {more} order within"
        f" {WINDOW.days} days."
    )


def money_panel(person: Person, at: datetime) -> Panel:
    title, currency = "Money, month by month", person.store.currency
    months = by_month(person, at)
    if not months:
        return Panel(
            title, empty=f"Nothing bought in {currency} in the last two years."
        )
    points = [
        Point(
            f"{one.on:%b %Y}",
            float(one.bought),
            f"{money(one.bought, currency)} bought, "
            f"{money(one.sent_back, currency)} sent back",
        )
        for one in months
    ]
    bought = sum((one.bought for one in months), Decimal(0))
    sent_back = sum((one.sent_back for one in months), Decimal(0))
    top = short_money(max(one.bought for one in months), currency)
    return Panel(
        title,
        chart=Chart(
            "Bought in each month", points, "Bought and sent back", "Month", top
        ),
        note=f"{money(bought, currency)} bought and {money(sent_back, currency)} sent "
        f"back since {months[0].on:%B %Y}, with tax and shipping.",
    )


def worked_panel(rows: Sequence[Worked]) -> Panel:
    return Panel(
        "What we showed, and what worked",
        ("What", "Times", "Clicked", "An order followed"),
        [
            (
                f"{one.what}: left alone, for comparison"
                if one.is_left_alone
                else one.what,
                *(
                    Cell(f"{count:,}", is_number=True)
                    for count in (one.often, one.clicked, one.ordered)
                ),
            )
            for one in rows
        ],
        note=OF_WORKED if rows else "",
        empty="Nothing was shown or sent to them in the last 90 days, as far as we know.",
    )
