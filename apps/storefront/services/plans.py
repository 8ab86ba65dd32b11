"""What stands in each place of the shop's pages: placements and rules, put together.

Rules of one action that hold for one place are read in the order of their position, the
older first among equals:

- pins: one after another, each product once, at its first place; those of a rule in the
  rule's own order. The first 24 count.
- never show: what fits any. Only: what fits each. Boost and bury: factors multiply.
- caps: the smallest counts. Prices: where the ranges overlap (nothing, if they do not).
  Margin: the highest floor.

What the actions mean to each other: apps/recommendations/services/answering/wishes.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from apps.accounts.models import Store
from apps.core.services.memory import Memory
from apps.recommendations.services.answering.cards import Tree
from apps.recommendations.services.answering.wishes import NO_WISHES, Match, Wishes
from apps.storefront.models import Action, Place, Placement, Rule
from apps.storefront.models.placement import MOST_PICKS
from apps.storefront.services.defaults import KINDS, title_of


@dataclass(frozen=True, slots=True)
class Plan:
    """`title` is the merchant's own, empty where the default holds (see `heading`).
    `kinds` in turn; none where the place shows no picks. `limit` None: as the page asks,
    else the shelf settings."""

    place: str
    is_on: bool
    title: str
    kinds: tuple[str, ...]
    limit: int | None
    wishes: Wishes

    @property
    def heading(self) -> str:
        """In the language of whoever is answered: not to be remembered across pages."""
        return title_of(self.place, self.title)


Plans = Mapping[str, Plan]


@dataclass
class Known:
    """A store's rows, and the plans that they make until a rule's time comes or goes."""

    placements: Mapping[str, Placement]
    rules: Sequence[Rule]
    tree: Tree
    made: tuple[datetime, datetime | None, Plans] | None = None

    def at(self, at: datetime) -> Plans:
        # Read once: another thread may put another one there.
        made = self.made
        if made and made[0] <= at and (made[1] is None or at < made[1]):
            return made[2]
        rules = [rule for rule in self.rules if rule.is_in_force(at)]
        plans = {
            place: plan_of(place, self.placements.get(place), rules, self.tree)
            for place in Place.values
        }
        self.made = (at, self.next_turn(at), plans)
        return plans

    def next_turn(self, at: datetime) -> datetime | None:
        turns = [turn for rule in self.rules for turn in (rule.starts_at, rule.ends_at)]
        return min((turn for turn in turns if turn and turn > at), default=None)


PLANS: Memory[int, Known] = Memory()


def plans_of(store: Store, at: datetime) -> Plans:
    """Of every place, by its name. Believed for five seconds by each process."""
    return PLANS.ask(store.pk, lambda: read(store)).at(at)


def forget_plans(store: Store) -> None:
    """After a change: this process answers by it at once."""
    PLANS.drop(store.pk)


def read(store: Store) -> Known:
    placements = {row.place: row for row in Placement.objects.of(store)}
    rules = list(Rule.objects.of(store).on().order_by("position", "pk"))
    tree = Tree(store)
    if any(rule.categories for rule in rules):
        # Now, since plans are made outside of any request's own time.
        tree.parents  # noqa: B018
    return Known(placements, rules, tree)


def plan_of(
    place: str, placement: Placement | None, rules: Iterable[Rule], tree: Tree
) -> Plan:
    """What this placement and these rules, all in force, make of a place."""
    row = placement or Placement(place=place)
    holding = [rule for rule in rules if not rule.places or place in rule.places]
    return Plan(
        place=place,
        is_on=row.is_on,
        title=row.title,
        kinds=tuple(row.kinds) or KINDS[place] if KINDS[place] else (),
        limit=row.size,
        wishes=wishes_of(holding, tree) if holding else NO_WISHES,
    )


def wishes_of(rules: Sequence[Rule], tree: Tree) -> Wishes:
    said: dict[str, list[Rule]] = {action: [] for action in Action.values}
    for rule in rules:
        said[rule.action].append(rule)
    ranges = said[Action.PRICE]
    pinned = dict.fromkeys(one for rule in said[Action.PIN] for one in rule.products)
    weighed = [*said[Action.BOOST], *said[Action.BURY]]
    return Wishes(
        pinned=tuple(pinned)[:MOST_PICKS],
        excluded=matches(said[Action.EXCLUDE], tree),
        factors=tuple((match_of(rule, tree), rule.factor or 1.0) for rule in weighed),
        only=matches(said[Action.ONLY], tree),
        most_per_brand=least(rule.most for rule in said[Action.BRAND_CAP]),
        most_per_category=least(rule.most for rule in said[Action.CATEGORY_CAP]),
        price_from=greatest(rule.price_from for rule in ranges),
        price_to=least(rule.price_to for rule in ranges),
        margin_floor=greatest(rule.margin for rule in said[Action.MARGIN]),
    )


def matches(rules: Iterable[Rule], tree: Tree) -> tuple[Match, ...]:
    return tuple(match_of(rule, tree) for rule in rules)


def match_of(rule: Rule, tree: Tree) -> Match:
    return Match(
        products=frozenset(rule.products),
        categories=frozenset(with_those_below(rule.categories, tree)),
        brands=frozenset(brand.casefold() for brand in rule.brands),
        is_new_days=rule.new_days,
    )


def with_those_below(categories: Iterable[int], tree: Tree) -> Iterator[int]:
    for category in categories:
        # Itself too where it is gone: a rule about it must not come to mean all.
        yield category
        yield from tree.within(category)


def least(values: Iterable[Any]) -> Any:
    return min((value for value in values if value is not None), default=None)


def greatest(values: Iterable[Any]) -> Any:
    return max((value for value in values if value is not None), default=None)
