"""The five learned segments as they are now: who is in them, what they bring, how they
came to be.

Rows alone: no model is loaded to answer. Their sums are one query, of all customers or
of some.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import F, QuerySet

from apps.accounts.models import Store
from apps.registry.models import ModelVersion
from apps.segmentation.models import Group, Grouping, Member, Place
from apps.segmentation.models.learned import GROUPS, champion
from apps.segmentation.models.value import VALUE
from apps.segmentation.services.conditions.compiled import everybody
from apps.segmentation.services.learning.words import LESS, MORE, Fact
from apps.segmentation.services.present import present

# From so many buyers on groups are learned (ml_models/segments/learned.py).
LEARNS_FROM = 50
# Whoever is in none of the five yet.
NOWHERE = ""
MOST_FACTS = 3
# For who asks more of the database in the same breath (a page of the shop).
CODE_OF = """
    SELECT place.code FROM segmentation_place AS place
    JOIN registry_modelversion AS version ON version.id = place.version_id
    WHERE place.store_id = %s AND place.customer_id = %s AND version.status = %s
    LIMIT 1
"""
# Each customer is walked to once, and no table is read for another one's sake: in a big
# shop two to three times as fast as a question for each table.
ADDED_UP = """
    SELECT place.code, value.band, COUNT(*), SUM(numbers.spent),
        COUNT(value.id), SUM(value.revenue_90), SUM(value.churn)
    FROM ({people}) AS people
    LEFT JOIN features_customerfeatures AS numbers
        ON numbers.customer_id = people.who
    LEFT JOIN segmentation_place AS place
        ON place.version_id = %s AND place.customer_id = people.who
    LEFT JOIN segmentation_customervalue AS value
        ON value.version_id = %s AND value.customer_id = people.who
    GROUP BY place.code, value.band
"""
# Of these only one side of the average says something; shares from a tenth on.
SHARES = frozenset(("coupons", "reduced", "returns"))
ONLY_MORE = SHARES | {"asleep", "looks"}
ONLY_LESS = frozenset(("every", "since"))
TELLING_SHARE = 0.1


@dataclass
class Figures:
    """Of one segment's customers. `valued`: of how many what to expect is known; `bands`:
    how many of those by churn risk."""

    customers: int = 0
    spent: float = 0.0
    valued: int = 0
    expected_90: float = 0.0
    churn_in_all: float = 0.0
    bands: dict[str, int] = field(default_factory=dict)

    @property
    def churn(self) -> float | None:
        """On average."""
        return self.churn_in_all / self.valued if self.valued else None


@dataclass(frozen=True)
class Kind:
    """`numbers`: what its average buyer does, by kind of fact; `facts`: what of that is
    furthest from the store's average buyer."""

    code: str
    name: str
    rule: str
    numbers: Mapping[str, float]
    facts: list[Fact]
    figures: Figures


@dataclass(frozen=True)
class Five:
    """`moved`: share of the buyers with unchanged numbers whom the training would put
    elsewhere, None where it had nothing to be compared with. `refused`: a later training
    that does not serve."""

    version: ModelVersion
    learns: bool
    averages: Mapping[str, float]
    moved: float | None
    refused: ModelVersion | None
    kinds: list[Kind]

    @property
    def customers(self) -> int:
        return sum(kind.figures.customers for kind in self.kinds)


def five(store: Store) -> Five | None:
    """None where nobody was placed yet."""
    groupings = Grouping.objects.of(store).served().filter(version__kind=GROUPS)
    made = groupings.select_related("version").first()
    if made is None:
        return None
    groups = Group.objects.of(store).filter(version=made.version)
    found = sums(store)
    return Five(
        version=made.version,
        learns=bool(made.model.get("card", {}).get("learns", False)),
        averages=made.averages,
        moved=moved_by(made.version),
        refused=refused_after(store, made.version),
        kinds=[
            Kind(
                one.code, str(one.get_code_display()), one.rule, one.numbers,
                apart(one.numbers, made.averages), found[one.code],
            )
            for one in groups.order_by("rank")
        ],
    )  # fmt: skip


def moved_by(version: ModelVersion) -> float | None:
    """What serves instead of a challenger that lost has the challenger's checks on its
    card."""
    if version.card.get("serves") != "challenger":
        return None
    value: float | None = version.card["checks"].get("stability", {}).get("value")
    return value


def refused_after(store: Store, version: ModelVersion) -> ModelVersion | None:
    later = ModelVersion.objects.of(store).filter(
        kind=GROUPS, status=ModelVersion.Status.REFUSED, number__gt=version.number
    )
    return later.order_by("-number").first()


def apart(numbers: Mapping[str, float], usual: Mapping[str, float]) -> list[Fact]:
    """As of one customer (words.py): the furthest from the average first."""
    found: list[dict[str, Any]] = [
        {"kind": kind, "value": value, "times": value / usual[kind]}
        for kind, value in numbers.items()
        if value > 0 and usual.get(kind, 0) > 0
    ]
    told: list[Fact] = [fact for fact in found if is_telling(**fact)]
    return sorted(told, key=lambda fact: -abs(math.log(fact["times"])))[:MOST_FACTS]


def is_telling(kind: str, value: float, times: float) -> bool:
    if kind in SHARES and value < TELLING_SHARE:
        return False
    is_more, is_less = times >= MORE, times <= LESS
    return (is_more and kind not in ONLY_LESS) or (is_less and kind not in ONLY_MORE)


def sums(
    store: Store, members: QuerySet[Member] | None = None
) -> defaultdict[str, Figures]:
    """By code, of these members or of all; `NOWHERE`: of who is in none of the five."""
    people: QuerySet[Any] = (
        everybody(store).values(who=F("pk"))
        if members is None
        else members.values(who=F("customer_id"))
    )
    asked, values = people.order_by().query.sql_with_params()
    versions = [champion(store, GROUPS), champion(store, VALUE)]
    found: defaultdict[str, Figures] = defaultdict(Figures)
    with connection.cursor() as cursor:
        cursor.execute(ADDED_UP.format(people=asked), [*values, *versions])
        for code, band, customers, spent, valued, expected, churn in cursor.fetchall():
            one = found[code or NOWHERE]
            one.customers += customers
            one.spent += spent or 0.0
            if band:
                one.bands[band] = valued
                one.valued += valued
                one.expected_90 += expected
                one.churn_in_all += churn
    return found


def places(store: Store) -> QuerySet[Place]:
    """Of who is there still, by the version that serves."""
    return present(served(store))


def served(store: Store) -> QuerySet[Place]:
    return Place.objects.of(store).serving(store, GROUPS)


def code_asked(store: Store, customer: int) -> tuple[str, list[Any]]:
    """SQL of one text: the code of the segment that the customer is in."""
    return CODE_OF, [store.pk, customer, str(ModelVersion.Status.CHAMPION)]
