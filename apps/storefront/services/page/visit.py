"""A page of the shop as somebody opens it."""

from __future__ import annotations

from dataclasses import dataclass

from apps.recommendations.services.answering.ask import Ask
from apps.storefront.services.defaults import STRICT, claims_of
from apps.storefront.services.plans import Plan


@dataclass(frozen=True, slots=True)
class Visit:
    """Ids are our own. `viewed`: what the page knows was just looked at, newest first.
    `sizes`: how many the page's maker wants in some of its places."""

    places: tuple[str, ...]
    customer: int | None = None
    visitor: str = ""
    product: int | None = None
    category: int | None = None
    basket: tuple[int, ...] = ()
    viewed: tuple[int, ...] = ()
    exclude: frozenset[int] = frozenset()
    limit: int | None = None
    sizes: tuple[tuple[str, int], ...] = ()
    language: str = ""

    @property
    def is_personal(self) -> bool:
        """Otherwise everybody who opens this page sees the same."""
        return bool(
            self.visitor or self.customer is not None or self.viewed or self.basket
        )

    def ask(self, plan: Plan) -> Ask:
        """For the shelf that the plan means. What was asked for this very place counts;
        the whole page's limit cannot widen the merchant's."""
        own = dict(self.sizes).get(plan.place)
        known = (own,) if own else (plan.limit, self.limit)
        sizes = [size for size in known if size is not None]
        return Ask(
            kind=plan.kinds[0],
            kinds=plan.kinds,
            customer=self.customer,
            visitor=self.visitor,
            product=self.product,
            basket=self.basket,
            viewed=self.viewed,
            exclude=self.exclude,
            category=self.category,
            limit=min(sizes, default=None),
            placement=plan.place,
            wishes=plan.wishes,
            claims=claims_of(plan.place, self.is_personal),
            is_strict=plan.place in STRICT,
            is_for_all=not self.is_personal,
        )
