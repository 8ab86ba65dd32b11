from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.contrib import admin
from django.db.models import Count, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import TruncMonth
from django.http import HttpRequest

from apps.core.merchant_admin import Cell, Choice, Panel, StoreAdmin, label_cell
from apps.core.merchant_admin.columns import display
from apps.core.merchant_admin.show import NOTHING, moment, money
from apps.sync.admin.runs import NAMES, name_of
from apps.sync.models import Certificate, CertificateLine, Connection, Difference
from apps.sync.woo.links import page_of

Verdict = Certificate.Verdict
UNDER_WAY = "Under way"
VERDICTS: dict[str, str | None] = {
    Verdict.EQUAL.label: "success",
    Verdict.REPAIRED.label: "warning",
    Verdict.DIFFERENT.label: "danger",
    UNDER_WAY: "info",
}
METHODS = {
    "pages": "Every single thing was read and compared.",
    "plugin": "The plugin's check sums were compared; where they differed, every single thing.",
}
# Sums of money say something about these only.
MONEY = frozenset({"orders", "refunds"})
COUNTS = ("In the shop", "In the copy")
WORTH = ("Sum in the shop", "Sum in the copy")
SHOWN_DIFFERENCES = 200
SHOWN_MONTHS = 120


@admin.register(Certificate)
class CertificateAdmin(StoreAdmin):
    page_name = "Proof"
    empty = "No comparison yet. One is made every night, and whenever you ask for it under “Syncs”."
    note = "When shop and copy were last proven equal, over what, and what was repaired. Not how many, but every field of every thing counts."
    list_display = ("title", "verdict_shown", "compared", "differed", "finished")
    list_filter = (("verdict", Choice),)
    ordering = ("-started_at", "-pk")
    fields = (("title", "finished"), "verdict_shown", "how")
    readonly_fields = ("title", "finished", "verdict_shown", "how")

    def get_queryset(self, request: HttpRequest) -> Any:
        of_each = CertificateLine.objects.across_stores().filter(
            certificate=OuterRef("pk")
        )
        things = of_each.order_by().values("certificate").annotate(n=Sum("shop_count"))
        return (
            super()
            .get_queryset(request)
            .annotate(
                things=Subquery(things.values("n")),
                differences_found=Count("differences"),
            )
        )

    def search_title(self, row: Certificate) -> str:
        return self.title(row)

    @display(description="Begun", ordering="started_at")
    def title(self, proof: Certificate) -> str:
        return moment(proof.started_at)

    @display(description="Result", ordering="verdict", label=VERDICTS)
    def verdict_shown(self, proof: Certificate) -> str:
        return proof.get_verdict_display() or UNDER_WAY

    @display(description="Things compared")
    def compared(self, proof: Certificate) -> str:
        return f"{proof.things or 0:,}"  # type: ignore[attr-defined]

    @display(description="Differed")
    def differed(self, proof: Certificate) -> str:
        return f"{proof.differences_found:,}"  # type: ignore[attr-defined]

    @display(description="Finished", ordering="finished_at")
    def finished(self, proof: Certificate) -> str:
        return moment(proof.finished_at)

    @display(description="How")
    def how(self, proof: Certificate) -> str:
        return METHODS.get(proof.method, proof.method)

    def panels(self, request: HttpRequest, row: Certificate) -> Iterable[Panel]:
        lines = CertificateLine.objects.of(row.store).filter(certificate=row)
        yield whole(lines, row.store.currency)
        yield differences(row)
        yield from by_month(lines, row.store.currency)


def whole(lines: Any, currency: str) -> Panel:
    kinds = lines.order_by().values("kind").annotate(**sums())
    known = {name: place for place, name in enumerate(NAMES)}
    rows = [
        [Cell(name_of(row["kind"])), *counts(row), *worth(row, currency), found(row)]
        for row in sorted(kinds, key=lambda row: known.get(row["kind"], 99))
    ]
    return Panel(
        "Over what",
        ("What", *COUNTS, *WORTH, "Found"),
        rows,
        note="As it was when the comparison began. What differed then is named below, with what became of it.",
        empty="Nothing compared yet.",
    )


def sums() -> dict[str, Any]:
    unequal = ~Q(shop_digest=F("our_digest"))
    return {
        "in_shop": Sum("shop_count"),
        "in_copy": Sum("our_count"),
        "worth_in_shop": Sum("shop_total"),
        "worth_in_copy": Sum("our_total"),
        "unequal_lines": Count("pk", filter=unequal),
    }


def counts(row: dict[str, Any]) -> list[Cell]:
    return [Cell(f"{row[name]:,}", is_number=True) for name in ("in_shop", "in_copy")]


def worth(row: dict[str, Any], currency: str) -> list[Cell]:
    names = ("worth_in_shop", "worth_in_copy")
    if row["kind"] not in MONEY:
        return [Cell(NOTHING, is_number=True) for _ in names]
    return [Cell(money(row[name], currency), is_number=True) for name in names]


def found(row: dict[str, Any]) -> Cell:
    days = row["unequal_lines"]
    if not days:
        return label_cell("Equal", "good")
    return label_cell(f"Differed on {days} day{'' if days == 1 else 's'}", "warn")


def by_month(lines: Any, currency: str) -> Iterable[Panel]:
    """Days folded into months; a kind that has no days is in the table above."""
    months = (
        lines.exclude(created_on=None)
        .order_by()
        .annotate(month=TruncMonth("created_on"))
        .values("kind", "month")
        .annotate(**sums())
        .order_by("kind", "-month")
    )
    for kind, rows in groupby(months, key=lambda row: row["kind"]):
        is_money = kind in MONEY
        yield Panel(
            f"{name_of(kind)} by month",
            ("Month", *COUNTS, *(WORTH if is_money else ()), "Found"),
            [
                [
                    Cell(f"{row['month']:%B %Y}"),
                    *counts(row),
                    *(worth(row, currency) if is_money else ()),
                    found(row),
                ]
                for row in list(rows)[:SHOWN_MONTHS]
            ],
        )


def differences(row: Certificate) -> Panel:
    connection = Connection.objects.of(row.store).first()
    named = Difference.objects.of(row.store).filter(certificate=row)
    rows = [
        (
            linked(connection, one),
            one.get_what_display(),
            ", ".join(map(str, one.fields)) or NOTHING,
            label_cell("Repaired", "good") if one.repaired_at else label_cell("Open", "bad"),
        )
        for one in named.order_by("repaired_at", "kind", "woo_id")[:SHOWN_DIFFERENCES]
    ]  # fmt: skip
    count = named.count()
    more = f"The first {SHOWN_DIFFERENCES} of {count:,}." if count > len(rows) else ""
    return Panel(
        "What differed",
        ("Thing", "How", "Fields", "Now"),
        rows,
        note=more,
        empty="Nothing differed.",
    )


def linked(connection: Connection | None, one: Difference) -> Cell:
    name = f"{name_of(one.kind)}: {one.woo_id}"
    if not one.woo_id:
        return Cell(f"{name_of(one.kind)} without a number")
    if connection is None:
        return Cell(name)
    hpos = connection.facts.get("hpos")
    url = page_of(connection.url, one.kind, one.woo_id, has_order_tables=hpos)
    return Cell(name, url=url)
