"""The cards of the home page: a number or a list each, and how it is known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.urls import reverse

from apps.accounts.models import Store
from apps.backoffice.services import figures, layout, shop_connection
from apps.backoffice.services.period import Period
from apps.backoffice.services.weeks import weekly_revenue
from apps.core.merchant_admin import Cell, Chart, link_cell
from apps.core.merchant_admin.panels import Panel, Point
from apps.core.merchant_admin.show import day, money, share, short_money
from apps.decisions.models import Suggestion
from apps.decisions.services.sentence import sentence
from apps.registry.models import TrainingRun
from apps.shop.models import Image

UNNAMED = "an unknown currency"


@dataclass(frozen=True)
class Card:
    """`how` says where a number comes from; `tone` colors the comparison."""

    name: str
    title: str
    how: str
    value: str = ""
    trend: str = ""
    tone: str = ""
    panel: Panel | None = None
    url: str = ""
    link: str = ""
    # third, half or whole of the page's width.
    size: str = "third"


class Builder:
    """Makes each card; figures that several cards need are asked for once."""

    def __init__(self, store: Store, period: Period, now: datetime) -> None:
        self.store, self.period, self.now = store, period, now

    @cached_property
    def sales(self) -> tuple[figures.Sales, figures.Sales]:
        return figures.sales(self.store, self.period)

    def money(self, amount: Decimal) -> str:
        return money(amount, self.store.currency)

    def against(self, now: Decimal | int, before: Decimal | int) -> tuple[str, str]:
        """A sentence and its tone."""
        if not before:
            return f"Nothing to compare with in the {self.period.name} before", ""
        percent = (Decimal(now) - Decimal(before)) / Decimal(before) * 100
        if abs(percent) < Decimal("0.5"):
            return f"As in the {self.period.name} before", ""
        word = "more" if percent > 0 else "less"
        said = f"{abs(percent):.0f} % {word} than in the {self.period.name} before"
        return said, "good" if percent > 0 else "bad"

    def left_out(self) -> str:
        """Which orders are in no sum; empty where all are."""
        elsewhere = self.sales[0].elsewhere
        if not elsewhere:
            return ""
        (first, count), *more = elsewhere.items()
        noun = "order" if count == 1 else "orders"
        parts = [f"{count:,} {noun} in {first or UNNAMED}"]
        parts += [f"{n:,} in {name or UNNAMED}" for name, n in more]
        told = " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))
        verb = "is" if sum(elsewhere.values()) == 1 else "are"
        return f"{told} {verb} not in these sums."

    def revenue(self) -> Card:
        now, before = self.sales
        trend, tone = self.against(now.revenue, before.revenue)
        return Card(
            "revenue",
            "Revenue",
            f"What shoppers paid for orders of the last {self.period.name}, with tax and shipping, less {self.money(now.refunded)} paid back so far. Orders that were cancelled or never paid do not count.",
            self.money(now.revenue),
            trend,
            tone,
        )

    def orders(self) -> Card:
        now, before = self.sales
        trend, tone = self.against(now.orders, before.orders)
        return Card(
            "orders",
            "Orders",
            "Orders that are paid or on their way to it, also those refunded later.",
            f"{now.orders:,}",
            trend,
            tone,
            url=reverse("admin:shop_order_changelist"),
            link="See the orders",
        )

    def average(self) -> Card:
        now, before = self.sales
        trend, tone = self.against(now.average, before.average)
        how = "Revenue divided by orders."
        return Card(
            "average", "Average order", how, self.money(now.average), trend, tone
        )

    def customers(self) -> Card:
        found = figures.buyers(self.store, self.period)
        everyone = found.new + found.returning
        return Card(
            "customers",
            "Customers who bought",
            "New ones placed their very first order in these days; guests are recognized by their e-mail address.",
            f"{everyone:,}",
            f"{found.new:,} new ({share(found.new, everyone)}), {found.returning:,} came back",
            url=reverse("admin:shop_customer_changelist"),
            link="See the customers",
        )

    def returns(self) -> Card:
        now, before = self.sales
        return Card(
            "returns",
            "Paid back",
            "Of the money of these orders, the share that was refunded so far. The newest orders may still come back.",
            share(now.refunded, now.total),
            f"{share(before.refunded, before.total)} in the {self.period.name} before",
            url=reverse("admin:shop_refund_changelist"),
            link="See the refunds",
        )

    def weeks(self) -> Card:
        weeks = weekly_revenue(self.store, self.now)
        points = [
            Point(
                f"{week.starts_on:%-d %b %Y}",
                float(week.revenue),
                self.money(week.revenue),
            )
            for week in weeks
        ]
        top = max((week.revenue for week in weeks), default=Decimal(0))
        chart = Chart(
            "Revenue by week",
            points,
            "Revenue",
            "Week of",
            short_money(top, self.store.currency),
        )
        return Card(
            "weeks",
            "Revenue by week, 13 months",
            f"Orders in {self.store.currency}, less refunds, by the day of the order. Weeks begin on Monday in your time zone; the last one is still under way.",
            panel=Panel("", chart=chart),
            size="whole",
        )

    def best_sellers(self) -> Card:
        best = figures.best_sellers(self.store, self.period)
        products = figures.products_of(self.store, [row["sold"] for row in best])
        rows = [
            (
                Cell(
                    str(products[row["sold"]]),
                    url=reverse("admin:shop_product_change", args=[row["sold"]]),
                    image=thumbnail(products[row["sold"]]),
                ),
                Cell(f"{row['pieces']:,}", is_number=True),
                Cell(self.money(row["paid"]), is_number=True),
            )
            for row in best
            if row["sold"] in products
        ]
        empty = "Nothing was sold in these days."
        return Card(
            "best_sellers",
            "Best sellers",
            f"By pieces in the last {self.period.name}, before returns; paid without tax.",
            panel=Panel("", ("Product", "Pieces", "Paid"), rows, empty=empty),
            size="half",
        )

    def low_stock(self) -> Card:
        shelf = figures.shelf(self.store)
        rows = [
            (
                link_cell(
                    row["title"],
                    reverse("admin:shop_product_change", args=[row["product"]]),
                ),
                " / ".join(part for part in (row["color"], row["size"]) if part),
                Cell(
                    f"{max(row['left'], 0)}",
                    is_number=True,
                    tone="bad" if row["left"] <= 0 else "warn",
                ),
                Cell(f"{row['pieces']:,}", is_number=True),
            )
            for row in figures.wanted_but_gone(self.store, self.period)
        ]
        return Card(
            "low_stock",
            "Sold out or nearly",
            f"Sizes and colors with {figures.FEW_LEFT} pieces or fewer, first what sold best in the last {self.period.name}.",
            trend=f"{shelf.sold_out:,} sold out, {shelf.few_left:,} with {figures.FEW_LEFT} or fewer left",
            panel=Panel(
                "",
                ("Product", "Size and color", "Left", "Sold"),
                rows,
                empty="Everything that sold is there.",
            ),
            url=f"{reverse('admin:shop_variant_changelist')}?stock=out",
            link="See all that is sold out",
            size="half",
        )

    def suggestions(self) -> Card:
        waiting = Suggestion.objects.of(self.store).waiting()
        count = waiting.count()
        newest = waiting.order_by("-created_at").first()
        told = (
            f"Newest: {sentence(newest.reason)}" if newest else "Nothing waits for you."
        )
        return Card(
            "suggestions",
            "Waiting for your yes",
            "What LuxeBrain would change. Nothing happens before you agree.",
            f"{count:,}",
            told,
            url=reverse("admin:decisions_suggestion_changelist"),
            link="See the suggestions",
        )

    def work(self) -> Card:
        runs = TrainingRun.objects.of(self.store).open().order_by("created_at")[:5]
        rows = [
            (
                run.kind.replace(".", ": ").capitalize(),
                run.get_status_display(),
                Cell(f"{run.progress} %", is_number=True),
                run.step,
            )
            for run in runs
        ]
        return Card(
            "work",
            "What LuxeBrain is doing",
            "Models that learn from your shop right now.",
            panel=Panel(
                "",
                ("Training", "State", "Done", "Step"),
                rows,
                empty="Nothing is learning right now; models learn at night.",
            ),
            url=reverse("admin:registry_trainingrun_changelist"),
            link="See the trainings",
            size="half",
        )

    def connection(self) -> Card:
        told = shop_connection.state_of(self.store)
        rows = [(notice.text, day(notice.opened_at)) for notice in told.notices]
        return Card(
            "connection",
            "Shop connection",
            "“Proven equal” means that every field of every product, customer, coupon, order and refund was compared with your shop.",
            told.state,
            told.proof,
            told.tone,
            Panel("", ("Notice", "Since"), rows, empty="No notices."),
            url=reverse("admin:sync_connection_changelist"),
            link="See the connection",
            size="half",
        )


BUILDERS: dict[str, Callable[[Builder], Card]] = {
    name: getattr(Builder, name) for name in layout.CARDS
}


def thumbnail(product: Any) -> str:
    image: Image | None = next(iter(product.images.all()), None)
    if image is None:
        return ""
    return image.file.url if image.file else image.url
