"""The five learned segments of the demo's customers by the plain rule, what each is
expected to bring, and a segment of the merchant's own. Trainings would take minutes."""

from __future__ import annotations

from datetime import datetime

from apps.accounts.models import Store
from apps.features.models import CustomerFeatures
from apps.features.services.frame import frame
from apps.registry.services import versions
from apps.segmentation.models import CustomerValue, ValueModel
from apps.segmentation.models.learned import GROUPS
from apps.segmentation.models.value import VALUE
from apps.segmentation.services import write
from apps.segmentation.services.count import count_due
from apps.segmentation.services.learning.crowd import crowd_of
from apps.segmentation.services.learning.rows import (
    Made,
    placed_by,
    write_groups,
    write_places,
)
from ml_models.segments.all import make
from ml_models.segments.reasons import averages, middles
from tests.segmentation.kinds import band_of

BUYERS = {"name": "Bought twice", "conditions": {"did": "bought", "times": 2}}


def seed_kinds(store: Store, now: datetime) -> None:
    seed_groups(store, now)
    seed_values(store, now)
    write.create(store, BUYERS, now)
    count_due(store, now)


def seed_groups(store: Store, now: datetime) -> None:
    rows = frame(store, "customer", now)
    crowd, model = crowd_of(rows), make("rule", {}, 1)
    model.fit(crowd)
    usual = averages(crowd)
    placed = placed_by(model, rows["customer"].to_list(), crowd, usual)
    made = Made(model, usual, middles(crowd, model.assign(crowd)), placed)
    checks = {"stability": {"value": 0.02, "passes": True}}
    card = {"serves": "challenger", "checks": checks}
    version = versions.register(store, GROUPS, versions.Trained("rule", now, card=card))
    write_groups(version, made)
    write_places(version, placed, now)
    versions.promote(version, now)


def seed_values(store: Store, now: datetime) -> None:
    """Whoever has not ordered for longer is likelier gone."""
    version = versions.register(store, VALUE, versions.Trained("rhythms", now))
    rows = []
    for one in CustomerFeatures.objects.of(store).filter(orders__gt=0):
        churn = min(0.95, (one.recency_days or 0) / 240)
        expected = (1 - churn) * (one.average_order or 0)
        rows.append(
            CustomerValue(
                store=store, version=version, customer_id=one.customer_id,
                chance=1 - churn, churn=churn, band=band_of(churn), orders=one.orders,
                spent=one.spent, total=one.spent + 4 * expected, orders_90=1 - churn,
                revenue_90=expected, low_90=0, high_90=3 * expected,
                orders_365=4 * (1 - churn), revenue_365=4 * expected, low_365=0,
                high_365=9 * expected, computed_at=now,
            )
        )  # fmt: skip
    CustomerValue.objects.bulk_create(rows)
    ValueModel.objects.create(store=store, version=version, computed_at=now)
    versions.promote(version, now)
