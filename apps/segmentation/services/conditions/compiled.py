"""From conditions to one query.

1. Parts about the same table with one row a customer become one look into that table,
   as long as all or any of them must hold.
2. Each part is either true or false: unknown values are turned into one of the two at
   once, so that "not" means the same in every place and on every database.
3. A customer without a row in a table is judged as one of whom nothing is known.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import and_, or_
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce, StrIndex
from django.db.models.lookups import (
    Exact,
    GreaterThan,
    GreaterThanOrEqual,
    In,
    IsNull,
    LessThan,
    LessThanOrEqual,
)

from apps.accounts.models import Store
from apps.segmentation.services.conditions.deeds import Asked
from apps.segmentation.services.conditions.field import Field, Folded, Kind, Sheet
from apps.segmentation.services.conditions.parse import parse
from apps.segmentation.services.conditions.tree import (
    All,
    Compare,
    Did,
    Node,
    Not,
    Some,
)
from apps.shop.models import Customer

NUMERIC = {
    "at_least": GreaterThanOrEqual,
    "at_most": LessThanOrEqual,
    "more_than": GreaterThan,
    "less_than": LessThan,
    "equals": Exact,
}
PLAIN = {
    "at_least": float.__ge__,
    "at_most": float.__le__,
    "more_than": float.__gt__,
    "less_than": float.__lt__,
    "equals": float.__eq__,
}


@dataclass(frozen=True)
class Part:
    """`test` is about rows of `sheet` (None: of customers). `without` is the answer
    where there is no row."""

    test: Q
    sheet: Sheet | None = None
    without: bool = False

    def __invert__(self) -> Part:
        return Part(~self.test, self.sheet, not self.without)


def members(
    store: Store,
    conditions: Any,
    at: datetime,
    customers: Collection[int] | None = None,
) -> QuerySet[Customer]:
    """Of whom the conditions hold at that moment; among these `customers` only, if some
    are named. Whoever was merged, deleted or erased is nobody's member."""
    rows = everybody(store)
    if customers is not None:
        rows = rows.filter(pk__in=customers)
    return among(rows, store, conditions, at)


def everybody(store: Store) -> QuerySet[Customer]:
    return Customer.objects.of(store).live().somebody()


def among(
    rows: QuerySet[Customer], store: Store, conditions: Any, at: datetime
) -> QuerySet[Customer]:
    asked = Asked(store, at)
    return rows.filter(on_customers(asked, part_of(asked, parse(conditions))))


def part_of(asked: Asked, node: Node) -> Part:
    match node:
        case All(parts):
            return joined(asked, parts, is_all=True)
        case Some(parts):
            return joined(asked, parts, is_all=False)
        case Not(part):
            return ~part_of(asked, part)
        case Compare():
            return compared(asked, node)
        case Did():
            return Part(Q(did(asked, node)))


def joined(asked: Asked, nodes: Iterable[Node], *, is_all: bool) -> Part:
    join = and_ if is_all else or_
    by_sheet: dict[int, list[Part]] = {}
    for node in nodes:
        part = part_of(asked, node)
        by_sheet.setdefault(id(part.sheet), []).append(part)
    together = [
        Part(
            reduce(join, (part.test for part in parts)),
            parts[0].sheet,
            (all if is_all else any)(part.without for part in parts),
        )
        for parts in by_sheet.values()
    ]
    if len(together) == 1:
        return together[0]
    return Part(reduce(join, (on_customers(asked, part) for part in together)))


def on_customers(asked: Asked, part: Part) -> Q:
    if part.sheet is None:
        return part.test
    rows = part.sheet.rows(asked.store).filter(customer=OuterRef("pk"))
    if part.without:
        return ~Q(Exists(rows.filter(~part.test)))
    return Q(Exists(rows.filter(part.test)))


def compared(asked: Asked, node: Compare) -> Part:
    field = node.field
    test = test_of(field, node, field.expression(asked))
    if field.sheet is None:
        return Part(test)
    if field.sheet.is_many:
        # One of their rows is enough, so this is said row by row.
        rows = field.sheet.rows(asked.store)
        return Part(Q(Exists(rows.filter(test, customer=OuterRef("pk")))))
    return Part(test, field.sheet, holds_without(node))


def holds_without(node: Compare) -> bool:
    """Where no row is, a number is its default, and all else unknown."""
    default = node.field.default
    if default is None or node.field.kind != Kind.NUMBER:
        return False
    if node.how == "known":
        return True
    value: Any = node.value
    if node.how == "between":
        return bool(value[0] <= default <= value[1])
    return bool(PLAIN[node.how](float(default), value))


def test_of(field: Field, node: Compare, told: Any) -> Q:
    """True or false, never null."""
    if field.kind == Kind.KEYS:
        return keys_test(node, told)
    if field.kind == Kind.FLAG:
        return flag_test(node, told)
    if field.default is not None:
        told = Coalesce(told, Value(float(field.default)))
    is_known = Q(IsNull(told, False))
    if node.how == "known":
        return is_known
    if field.kind == Kind.NUMBER:
        return is_known & number_test(node, told)
    return is_known & text_test(node, Folded(told))


def flag_test(node: Compare, told: Any) -> Q:
    if node.how == "known":
        return Q(IsNull(told, False))
    is_yes = node.how == "yes"
    return Q(Exact(Coalesce(told, Value(not is_yes)), Value(is_yes)))


def number_test(node: Compare, told: Any) -> Q:
    value: Any = node.value
    if node.how == "between":
        low, high = value
        return Q(GreaterThanOrEqual(told, low)) & Q(LessThanOrEqual(told, high))
    return Q(NUMERIC[node.how](told, value))


def text_test(node: Compare, told: Any) -> Q:
    value: Any = node.value
    if node.how == "one_of":
        return Q(In(told, value))
    if node.how == "equals":
        return Q(Exact(told, value))
    place = StrIndex(told, Value(value))
    return Q(Exact(place, 1) if node.how == "starts_with" else GreaterThan(place, 0))


def keys_test(node: Compare, places: Any) -> Q:
    if node.how == "known":
        return Q(IsNull(places[0], False))
    value: Any = node.value
    tests = (Q(IsNull(place, False)) & Q(In(place, value)) for place in places)
    return reduce(or_, tests)


def did(asked: Asked, node: Did) -> Exists:
    deed = node.deed
    rows = deed.rows(asked, node.goods).filter(**{f"{deed.moment}__lte": asked.at})
    if node.days is not None:
        since = asked.at - timedelta(days=node.days)
        rows = rows.filter(**{f"{deed.moment}__gt": since})
    # The last one that is needed is there.
    return Exists(rows[node.times - 1 : node.times])
