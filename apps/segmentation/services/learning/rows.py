"""A version's groups and places as rows: written, read, removed a part at a time."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl
import structlog
from django.db import transaction

from apps.accounts.models import Store
from apps.events.services.rolling import tables
from apps.registry.models import ModelVersion
from apps.segmentation.models import Group, Grouping, Place
from apps.segmentation.models.learned import GROUPS
from apps.shop.models import Customer
from ml_models.segments import naming, rule
from ml_models.segments.all import as_json, from_json
from ml_models.segments.base import CODES, Crowd, Grouper
from ml_models.segments.numbers import OtherNumbersError
from ml_models.segments.reasons import Fact, facts

log = structlog.get_logger(__name__)

# Rows of one transaction: a tenth of a second, in which nobody else can write.
AT_ONCE = 2_000
MOMENT = pl.Datetime("us", "UTC")
PLACED: Mapping[str, Any] = {
    "customer_id": pl.Int64,
    "code": pl.String,
    "reason": pl.String,
    "since_at": MOMENT,
}
TABLE = tables.Table(
    Place._meta.db_table,
    columns={
        "store_id": pl.Int64,
        "version_id": pl.Int64,
        **PLACED,
        "placed_at": MOMENT,
    },
    unique=("version_id", "customer_id"),
    documents=("reason",),
)


@dataclass(frozen=True)
class Serving:
    """The version that serves, as it places customers."""

    version: ModelVersion
    model: Grouper
    averages: Mapping[str, float]


@dataclass(frozen=True)
class Placed:
    """customers, codes, reasons: of the same customers in the same order."""

    customers: Sequence[int]
    codes: Sequence[str]
    reasons: Sequence[list[Fact]]

    def part(self, start: int) -> Placed:
        cut = slice(start, start + AT_ONCE)
        return Placed(self.customers[cut], self.codes[cut], self.reasons[cut])


@dataclass(frozen=True)
class Made:
    """All that a training worked out."""

    model: Grouper
    averages: Mapping[str, float]
    # By code.
    middles: Mapping[str, Mapping[str, float]]
    placed: Placed


def placed_by(
    model: Grouper,
    customers: Sequence[int],
    crowd: Crowd,
    averages: Mapping[str, float],
) -> Placed:
    """Where a model puts each customer of a crowd, and why."""
    places = model.assign(crowd)
    codes = [CODES[place] for place in places.tolist()]
    return Placed(customers, codes, facts(crowd, places, averages))


def serving(store: Store) -> Serving | None:
    """None also where it learned from numbers that this code does not know: the next
    training begins anew, and places stay as they are until then."""
    rows = Grouping.objects.of(store).served().filter(version__kind=GROUPS)
    row = rows.select_related("version__store").first()
    if row is None:
        return None
    try:
        model = from_json(row.model)
    except OtherNumbersError:
        log.warning("segments.other_numbers", version=str(row.version))
        return None
    return Serving(row.version, model, row.averages)


def write_groups(version: ModelVersion, made: Made) -> None:
    """What one version learned, and its five groups."""
    store = version.store
    words = naming.WORDS if made.model.learns else rule.WORDS
    with transaction.atomic():
        Grouping.objects.create(
            store=store,
            version=version,
            model=as_json(made.model),
            averages=dict(made.averages),
            made_at=version.trained_at,
        )
        codes = list(made.placed.codes)
        Group.objects.bulk_create(
            Group(
                store=store,
                version=version,
                code=code,
                rank=rank,
                size=codes.count(code),
                numbers=dict(made.middles[code]),
                rule=words[code],
            )
            for rank, code in enumerate(CODES)
        )


def write_places(version: ModelVersion, placed: Placed, at: datetime) -> list[int]:
    """Put these customers where they belong; those whose segment is another one now.

    A customer keeps the moment of entering as long as the segment stays the same,
    whichever version said so. One who is gone meanwhile has no row.
    """
    changed: list[int] = []
    for start in range(0, len(placed.customers), AT_ONCE):
        with transaction.atomic():
            changed += write_part(version, placed.part(start), at)
    return changed


def write_part(version: ModelVersion, placed: Placed, at: datetime) -> list[int]:
    store, ids = version.store, list(placed.customers)
    there = set(Customer.objects.of(store).held(ids))
    before = known_before(version, ids)
    rows, changed = [], []
    for customer, code, reason in zip(ids, placed.codes, placed.reasons, strict=True):
        old, since = before.get(customer, ("", at))
        if customer not in there:
            continue
        if old != code:
            changed.append(customer)
        begun = since if old == code else at
        rows.append((customer, code, json.dumps(reason), begun))
    found = pl.DataFrame(rows, schema=PLACED, orient="row").with_columns(
        store_id=pl.lit(store.pk, pl.Int64),
        version_id=pl.lit(version.pk, pl.Int64),
        placed_at=pl.lit(at).cast(MOMENT),
    )
    tables.write(TABLE, found)
    return changed


def known_before(
    version: ModelVersion, ids: Sequence[int]
) -> dict[int, tuple[str, datetime]]:
    """Segment and its beginning: as the version that serves has them."""
    rows = Place.objects.of(version.store).serving(version.store, version.kind)
    found = rows.filter(customer__in=ids)
    return {
        customer: (code, since)
        for customer, code, since in found.values_list(
            "customer_id", "code", "since_at"
        )
    }


def forget(version: ModelVersion) -> int:
    """Remove what a version wrote, a part at a time."""
    count = 0
    for model in (Place, Group, Grouping):
        rows: Any = model.objects.of(version.store).filter(version=version)
        while ids := list(rows.order_by().values_list("pk", flat=True)[:AT_ONCE]):
            count += rows.filter(pk__in=ids).delete()[0]
    return count
