"""A place before and after a change of the merchant's, for somebody: nothing is saved,
nobody is shown anything, and chance has no part in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from apps.accounts.models import Store
from apps.features.models import ProductFeatures
from apps.recommendations.services.answering.ask import Ask
from apps.recommendations.services.answering.ask import Place as Stands
from apps.recommendations.services.answering.cards import Tree
from apps.recommendations.services.preview import preview
from apps.recommendations.services.why_not import why_not
from apps.shop.models import Product
from apps.storefront.models import Placement, Rule
from apps.storefront.services.page.visit import Visit
from apps.storefront.services.plans import Plan, plan_of

SIZE = 8


@dataclass(frozen=True, slots=True)
class Moved:
    """A product of one of the two shelves: `was` and `becomes` count from 1; None: it
    does not stand there. `why` where it is new or gone."""

    stands: Stands
    was: int | None
    becomes: int | None
    why: str = ""

    @property
    def by(self) -> int:
        """So many places forward; back where negative."""
        return self.was - self.becomes if self.was and self.becomes else 0


@dataclass(frozen=True, slots=True)
class Comparison:
    before: list[Moved]
    after: list[Moved]
    gone: list[Moved]
    # Pinned, and yet not there: names and why.
    kept_off: list[tuple[str, str]]

    @property
    def is_same(self) -> bool:
        return not self.gone and all(one.was and not one.by for one in self.after)


@dataclass(frozen=True, slots=True)
class Change:
    """A rule or a placement under way, saved or not; a rule is taken as if it were its
    time. `is_whole`: what would be without the rule stands beside it, in place of what is
    now."""

    rule: Rule | None = None
    placement: Placement | None = None
    is_whole: bool = False


def plans_with(
    store: Store, place: str, at: datetime, change: Change
) -> tuple[Plan, Plan]:
    """The place before the change and after it."""
    rule, placement = change.rule, change.placement
    tree = Tree(store)
    saved = Placement.objects.of(store).filter(place=place).first()
    rules = [
        row
        for row in Rule.objects.of(store).on().order_by("position", "pk")
        if row.is_in_force(at)
    ]
    changed = list(rules) if rule is None else with_rule(rules, rule)
    if rule is not None and change.is_whole:
        rules = [row for row in rules if row.pk != rule.pk]
    return (
        plan_of(place, saved, rules, tree),
        plan_of(place, placement or saved, changed, tree),
    )


def with_rule(rules: Sequence[Rule], rule: Rule) -> list[Rule]:
    others = [row for row in rules if row.pk != rule.pk]
    mine = [rule] if rule.is_on else []
    # A new one is the youngest of its position.
    last = 1 + max((row.pk for row in others), default=0)
    return sorted([*others, *mine], key=lambda row: (row.position, row.pk or last))


def compare(
    store: Store, visit: Visit, plans: tuple[Plan, Plan], at: datetime
) -> Comparison:
    asks = [asked(visit, plan) for plan in plans]
    before, after = (preview(store, ask, at).places if ask else [] for ask in asks)
    was = {one.card.product: n for n, one in enumerate(before, start=1)}
    becomes = {one.card.product: n for n, one in enumerate(after, start=1)}

    def moved(stands: Stands, why: str = "") -> Moved:
        product = stands.card.product
        return Moved(stands, was.get(product), becomes.get(product), why)

    fresh = [
        moved(one, "" if one.card.product in was else why_there(one, plans[1]))
        for one in after
    ]
    gone = [
        moved(one, why_gone(store, asks[1], one.card.product, at))
        for one in before
        if one.card.product not in becomes
    ]
    absent = [pk for pk in plans[1].wishes.pinned if pk not in becomes]
    reasons = kept_off(store, asks[1], absent[:SIZE], at)
    return Comparison([moved(one) for one in before], fresh, gone, reasons)


def kept_off(
    store: Store, ask: Ask | None, products: Sequence[int], at: datetime
) -> list[tuple[str, str]]:
    if ask is None or not products:
        return []
    names = dict(
        Product.objects.of(store).filter(pk__in=products).values_list("pk", "name")
    )
    return [
        (names[pk], why_not(store, ask, pk, at).sentence)
        for pk in products
        if pk in names
    ]


def asked(visit: Visit, plan: Plan) -> Ask | None:
    if not plan.is_on or not plan.kinds:
        return None
    ask = visit.ask(plan)
    return replace(ask, limit=ask.limit or SIZE)


def why_there(stands: Stands, plan: Plan) -> str:
    if stands.card.product in plan.wishes.pinned:
        return "A rule of yours shows it first."
    return stands.sentence


def why_gone(store: Store, ask: Ask | None, product: int, at: datetime) -> str:
    if ask is None:
        return "Nothing stands here any more."
    return why_not(store, ask, product, at).sentence


def well_known(store: Store, at: datetime) -> Product | None:
    """What to stand beside where the merchant named no product: what sells best."""
    there = Product.objects.of(store).visible(at).in_stock()
    best = ProductFeatures.objects.of(store).filter(product__in=there)
    found = best.order_by("-units_28", "-views_28", "product_id").select_related(
        "product"
    )
    row = found.first()
    return row.product if row else first_of(there.order_by("pk"))


def first_of(rows: Iterable[Product]) -> Product | None:
    return next(iter(rows), None)
