"""Who is in which of the five learned segments, and what they are worth."""

from __future__ import annotations

from apps.features.models import CustomerFeatures
from apps.registry.models import ModelVersion
from apps.segmentation.models import Code, CustomerValue, Group, Grouping, Place
from apps.segmentation.models.learned import GROUPS
from apps.segmentation.models.value import HIGH_FROM, MEDIUM_FROM, Band
from tests.conftest import NOW, customer

# What an average buyer does, and an average VIP.
USUAL = {"spent": 100.0, "orders": 2.0, "every": 60.0, "coupons": 0.2}
BEST = {"spent": 400.0, "orders": 2.1, "every": 20.0, "coupons": 0.0}


def band_of(churn):
    if churn >= HIGH_FROM:
        return Band.HIGH
    return Band.MEDIUM if churn >= MEDIUM_FROM else Band.LOW


def champion(store, kind, **said):
    return ModelVersion.objects.create(
        store=store, kind=kind, name="rule", number=2, trained_at=NOW,
        status=ModelVersion.Status.CHAMPION, **said,
    )  # fmt: skip


def placed(groups, name, code="vip", spent=0.0, reason=()):
    store, who = groups.store, customer(groups.store, name)
    Place.objects.create(
        store=store, version=groups, customer=who, code=code, since_at=NOW,
        placed_at=NOW, reason=list(reason),
    )  # fmt: skip
    CustomerFeatures.objects.create(store=store, customer=who, as_of=NOW, spent=spent)
    return who


def worth(values, who, expected, churn):
    CustomerValue.objects.create(
        store=values.store, version=values, customer=who, chance=1 - churn,
        churn=churn, band=band_of(churn), orders=1, spent=0, total=expected,
        orders_90=1, revenue_90=expected, low_90=0, high_90=0, orders_365=1,
        revenue_365=expected, low_365=0, high_365=0, computed_at=NOW,
    )  # fmt: skip


def make_groups(store):
    """What serves, by the rule."""
    card = {"serves": "challenger", "checks": {"stability": {"value": 0.02}}}
    found = champion(store, GROUPS, card=card)
    Grouping.objects.create(
        store=store, version=found, model={"card": {}}, averages=USUAL, made_at=NOW
    )
    for rank, code in enumerate(Code.values):
        Group.objects.create(
            store=store, version=found, code=code, rank=rank,
            numbers=BEST if code == "vip" else {}, rule=f"The rule of {code}.",
        )  # fmt: skip
    return found
