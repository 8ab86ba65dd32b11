"""What brought it: orders shared out among channels by each rule, beside the one figure
that is measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Store
from apps.core.merchant_admin import Cell, Panel, link_cell
from apps.core.merchant_admin.pages import for_analysts, show
from apps.core.merchant_admin.show import NOTHING, day, moment, money, share
from apps.events.services.analytics.span import Span, last_days
from apps.outcomes.models import OutcomeSettings, Progress, Rule
from apps.outcomes.services import figures, measured, returns
from apps.outcomes.services.figures import Table, label
from apps.outcomes.services.measured import Measured
from apps.outcomes.services.periods import PERIODS
from apps.outcomes.words import MEASURES, ONLY_MEASURED, RULES
from apps.shop.models import Order

LATEST = 10


@dataclass(frozen=True)
class Asked:
    """What the address says, with the usual where it says nothing that can be."""

    store: Store
    days: int
    currency: str
    measure: str
    currencies: list[str]

    @property
    def span(self) -> Span:
        return last_days(self.store, timezone.now(), self.days)

    def filters(self) -> list[dict[str, Any]]:
        chosen = {"days": str(self.days), "of": self.measure, "currency": self.currency}
        offered = [
            ("Days", "days", {str(days): f"{days} days" for days in PERIODS}),
            ("Money or margin", "of", MEASURES),
            ("Currency", "currency", {one: one for one in self.currencies}),
        ]
        return [
            {
                "title": title,
                "choices": [
                    (text, query({**chosen, name: key}), key == chosen[name])
                    for key, text in choices.items()
                ],
            }
            for title, name, choices in offered
            if len(choices) > 1
        ]


def query(chosen: dict[str, str]) -> str:
    return "?" + "&".join(f"{name}={value}" for name, value in chosen.items())


def asked_in(request: HttpRequest, store: Store) -> Asked:
    said = request.GET
    days = next((n for n in PERIODS if str(n) == said.get("days")), PERIODS[0])
    known = figures.currencies(store, days)
    currency = next((c for c in known if c == said.get("currency")), store.currency)
    measure = next((m for m in MEASURES if m == said.get("of")), "revenue")
    return Asked(store, days, currency, measure, known)


@for_analysts
def page(request: HttpRequest, store: Store) -> HttpResponse:
    asked = asked_in(request, store)
    found = figures.table(store, asked.days, asked.currency)
    truth = measured.measured(store, asked.measure, asked.span.last)
    progress = Progress.objects.of(store).first()
    return show(
        request,
        "outcomes/results",
        "What brought it",
        filters=asked.filters(),
        warnings=warnings(asked, found, truth),
        only_measured=ONLY_MEASURED,
        rules=[(rule.label, RULES[rule]) for rule in Rule],
        chart=chart(asked, found),
        tables=shared_out(asked, found),
        measured=measured_text(asked, found, truth),
        panels=[of_shelves(asked), came_back(asked, found), latest(store)],
        shared_at=moment(progress.shared_at) if progress else NOTHING,
    )


def warnings(asked: Asked, found: Table, truth: Measured | None) -> list[str]:
    """Where the figures must not be taken at their word."""
    said = []
    disputed = figures.disagreements(found, asked.measure)
    if disputed:
        names = ", ".join(label(one) for one in disputed)
        said.append(
            f"The rules disagree by more than a third about: {names}. Do not move money "
            "on one of them alone."
        )
    rules = measured.too_generous(found, truth, asked.measure) if truth else []
    if truth and rules:
        names = ", ".join(f"“{rule.label}”" for rule in rules)
        what = "of all that LuxeBrain does" if truth.is_all else "of them"
        said.append(
            f"{names} give our shelves more than was measured {what} at most "
            f"({share(truth.high, 1)} of what was sold). Believe the measurement."
        )
    return said


def chart(asked: Asked, found: Table) -> dict[str, Any]:
    channels = found.channels
    return {
        "kind": "bar",
        "title": f"{MEASURES[asked.measure]} by channel and rule, {asked.currency}",
        "labels": [label(channel) for channel in channels],
        "series": [
            {
                "name": rule.label,
                "values": [
                    float(found.amount(channel, rule, asked.measure))
                    for channel in channels
                ],
            }
            for rule in Rule
        ],
    }


def shared_out(asked: Asked, found: Table) -> list[Panel]:
    def cell(channel: str, rule: Rule, measure: str) -> Cell:
        row = found.rows[channel].get(rule)
        amount = getattr(row, measure) if row else None
        if measure == "orders":
            text = f"{amount or 0:,.1f}"
        else:
            text = money(amount, asked.currency)
        return Cell(text, is_number=True)

    def panel(measure: str, title: str, said: str) -> Panel:
        rows = [
            (Cell(label(channel)), *(cell(channel, rule, measure) for rule in Rule))
            for channel in found.channels
        ]
        return Panel(
            f"{title} by rule",
            ("Channel", *(rule.label for rule in Rule)),
            rows,
            note=said,
            empty="No orders in these days, or they are not shared out yet.",
        )

    amounts = panel(asked.measure, MEASURES[asked.measure], note(asked, found))
    return [amounts, panel("orders", "Orders", "")] if found.rows else [amounts]


def measured_text(asked: Asked, found: Table, truth: Measured | None) -> str:
    if truth is None:
        return (
            "What our shelves add is not known yet. Keep a group of people who see no "
            "shelves, and wait."
        )
    what = "All that LuxeBrain does adds" if truth.is_all else "Our shelves add"
    amount, low, high = (
        money(one, asked.currency) for one in truth.amounts(found.total(asked.measure))
    )
    return (
        f"{what} {amount} (from {low} to {high}) if these days are like those "
        f"up to {truth.on:%-d %b %Y}."
    )


def note(asked: Asked, found: Table) -> str:
    rows = found.rows.values()
    first = next((row for one in rows for row in one.values()), None)
    said = "Net of tax, discounts and refunds; every rule adds up to the same."
    if asked.measure == "margin" and first is not None:
        said += (
            f" The margin is known of {share(first.margin_known, 1)} of the orders: "
            "where each product's cost is noted."
        )
    return said


def of_shelves(asked: Asked) -> Panel:
    settings = OutcomeSettings.objects.for_store(asked.store)
    names = {
        False: f"Clicked on a shelf, ordered within {settings.click_days} days",
        True: "Only seen on a shelf",
    }
    rows = [
        (
            Cell(names[one.is_viewed]),
            Cell(f"{one.orders:,}", is_number=True),
            *(
                Cell(money(amount, asked.currency), is_number=True)
                for amount in (one.revenue, one.refunded, one.net, one.margin)
            ),
        )
        for one in figures.of_shelves(asked.span, asked.currency)
    ]
    return Panel(
        "Products ordered from our shelves",
        ("Rule", "Orders", "Sold", "Sent back", "Net", "Margin"),
        rows,
        note="The lines of exactly these products, without tax. Whether they would have "
        "been bought without the shelf is not known from this."
        + ("" if settings.view_through else " Products only seen are not counted."),
        link=Cell("Rules", reverse("admin:outcomes_outcomesettings_changelist")),
    )


def came_back(asked: Asked, found: Table) -> Panel:
    def ends(low: str, high: str) -> Cell:
        return Cell(low if low == high else f"{low} to {high}", is_number=True)

    def cash(amounts: Any) -> Cell:
        if amounts is None:
            return Cell(NOTHING, is_number=True)
        return ends(*(money(one, asked.currency) for one in amounts))

    rows = [
        (
            Cell(label(one.channel)),
            Cell(money(one.spent, asked.currency), is_number=True),
            cash(one.back),
            ends(*(f"{times:,.2f}" for times in one.times)),
            cash(one.per_new_customer),
        )
        for one in returns.returns(asked.span, found, asked.measure)
    ]
    return Panel(
        "What ads brought back",
        ("Channel", "Spent", MEASURES[asked.measure], "For each 1 spent", "Spent for a new customer"),
        rows,
        note="From the lowest to the highest rule. A month's spend counts evenly for "
        "its days.",
        empty="Note what you spend on ads, and this says what came back.",
        link=Cell("Ad spend", reverse("admin:outcomes_channelcost_changelist")),
    )  # fmt: skip


def latest(store: Store) -> Panel:
    orders = Order.objects.of(store).earning().order_by("-placed_at", "-pk")[:LATEST]
    return Panel(
        "The way to an order",
        ("Order", "Placed", "Worth"),
        [
            (
                link_cell(order, reverse("order_journey", args=[order.pk])),
                Cell(day(order.placed_at)),
                Cell(money(order.net_total, order.currency), is_number=True),
            )
            for order in orders
        ],
        note="The latest ones; each shows what its customer did before.",
        empty="No orders yet.",
    )
