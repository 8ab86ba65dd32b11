"""The files and the page that a newcomer copies from."""

from __future__ import annotations

from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from apps.shop.models import Order, OrderLine, Product, Refund
from apps.sync.files.cells import Shop
from apps.sync.files.kinds import KINDS
from tests.house.sources import ROOT
from tests.sync.files.conftest import problems, take

SAMPLES = ROOT / "apps" / "sync" / "samples"
SHOP = Shop("EUR", ZoneInfo("Europe/Berlin"))
ORDER = ("products", "customers", "orders")


@pytest.mark.parametrize(("form", "other"), [("csv", "json"), ("json", "csv")])
def test_it_takes_each_sample_and_the_other_format_says_the_same(atelier, form, other):
    for kind in ORDER:
        row = take(
            atelier, kind, (SAMPLES / f"{kind}.{form}").read_bytes(), f"a.{form}"
        )
        assert (row.error, problems(row), row.ignored_columns) == ("", [], [])
        again = take(
            atelier, kind, (SAMPLES / f"{kind}.{other}").read_bytes(), f"a.{other}"
        )
        assert set(again.counts) == {"unchanged"}
    assert Product.objects.of(atelier).count() == 5
    assert not OrderLine.objects.of(atelier).filter(variant=None).exists()
    assert Refund.objects.of(atelier).get().amount == Decimal(45)


def test_the_samples_add_up(atelier):
    for kind in ORDER:
        take(atelier, kind, (SAMPLES / f"{kind}.csv").read_bytes())
    for order in Order.objects.of(atelier):
        paid = sum(line.total + line.tax for line in order.lines.all())
        assert paid + order.shipping_total == order.total - order_shipping_tax(order)


def order_shipping_tax(order):
    return order.tax_total - sum(line.tax for line in order.lines.all())


def described(kind):
    """The table that docs/files.md has of a kind."""
    needed = {name for group in kind.required if len(group) == 1 for name in group}
    return "\n".join(
        f"| `{column.name}` | {column.kind} | {'yes' if column.name in needed else ''} "
        f"| `{column.example}` | {column.about} |".replace(" | New", " \\| New")
        .replace(" | Summer", " \\| Summer").replace("31|32", "31\\|32")
        .replace("15>18|20", "15>18\\|20").replace("by |", "by \\|")
        for column in kind.columns
    )  # fmt: skip


@pytest.mark.parametrize("kind", ORDER)
def test_the_page_describes_every_column(kind):
    """Changed a column? Put the new table into the page: it is `described(KINDS[kind])`."""
    assert described(KINDS[kind]) in (ROOT / "docs" / "files.md").read_text()


@pytest.mark.parametrize("kind", ORDER)
def test_the_examples_of_the_page_can_be_read(kind):
    for column in KINDS[kind].columns:
        column.value(column.example, SHOP)
