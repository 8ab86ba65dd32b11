"""What a product costs, and the history that the law asks for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import NamedTuple

from django.db import transaction

from apps.core.errors import InvalidInputError, UnknownError
from apps.core.money import round_money
from apps.shop.models import PriceChange, Product, Variant

DAYS = timedelta(days=30)
NEW = timedelta(hours=1)
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def change_price(
    subject: Product | Variant,
    price: Decimal,
    *,
    at: datetime,
    reason: str,
    regular_price: Decimal | None = None,
) -> bool:
    """Set what a shopper pays; tell whether that is news.

    `regular_price` stays as it is when None. A price below it is a sale price.
    """
    currency = currency_of(subject)
    new = round_money(price, currency)
    if new < 0:
        raise InvalidInputError("A price cannot be negative.")
    with transaction.atomic():
        row = lock(subject)
        regular = row.regular_price if regular_price is None else regular_price
        sale = new if regular is not None and new < regular else None
        if (row.price, row.regular_price, row.sale_price) != (new, regular, sale):
            row.price, row.regular_price, row.sale_price = new, regular, sale
            fields = ["price", "regular_price", "sale_price", "updated_at"]
            row.save(update_fields=fields)
        return note_price(row, at, reason)


def currency_of(subject: Product | Variant) -> str:
    product = subject.product if isinstance(subject, Variant) else subject
    return product.currency


def lock(subject: Product | Variant) -> Product | Variant:
    found = (
        type(subject)
        .objects.of(subject.store)
        .select_for_update(of=("self",))
        .filter(pk=subject.pk)
        .first()
    )
    if found is None:
        raise UnknownError("There is no such product.")
    return found


def note_price(subject: Product | Variant, at: datetime, reason: str) -> bool:
    """Add to the history what the row says, unless the history says so already.

    The newest entry is always what the row says: a moment before it becomes its.
    """
    if subject.price is None:
        return False
    last = PriceChange.objects.of(subject.store).about(subject).last()
    now = (subject.price, subject.regular_price)
    if last and (last.price, last.regular_price) == now:
        return False
    variant = subject if isinstance(subject, Variant) else None
    PriceChange.objects.create(
        store=subject.store,
        product_id=variant.product_id if variant else subject.pk,
        variant=variant,
        price=subject.price,
        regular_price=subject.regular_price,
        currency=currency_of(subject),
        reason=reason[:200],
        changed_at=max(at, last.changed_at) if last else at,
    )
    return True


class Step(NamedTuple):
    """From `at` on it was sold for `price`; None: not sold."""

    at: datetime
    price: Decimal | None
    regular: Decimal | None
    currency: str

    @property
    def is_reduced(self) -> bool:
        known = self.price is not None and self.regular is not None
        return known and self.price < self.regular  # type: ignore[operator]


def lowest_price(subject: Product | Variant, *, at: datetime) -> Decimal | None:
    """The prior price that a price reduction must show, as of a moment.

    While the price is reduced: the lowest of the 30 days before this reduction began.
    Otherwise: of the 30 days before `at`, which a reduction made then must show. None
    where not all of those days is known.
    """
    known = PriceChange.objects.of(subject.store).about(subject)
    rows = known.filter(changed_at__lte=at).select_related("product", "variant")
    steps, zone = life_of(list(rows)), subject.store.zone
    if not steps:
        return None
    if steps[-1].is_reduced:
        return before_reduction(steps, zone)
    return lowest_before(steps, at, steps[-1].currency, zone)


def life_of(rows: Sequence[PriceChange]) -> list[Step]:
    """Of one subject's whole history, with its product and variant, in time's order.

    Of what was copied within an hour of its making, the whole life is known. What is said
    to be made long after is older: shops move such dates to show a product first.
    """
    steps = [
        Step(row.changed_at, row.price, row.regular_price, row.currency) for row in rows
    ]
    if rows:
        made_at = rows[0].product.published_at
        copied_at = (rows[0].variant or rows[0].product).created_at
        if made_at is not None and abs(copied_at - made_at) <= NEW:
            steps.insert(0, Step(LONG_AGO, None, None, steps[0].currency))
    return steps


def before_reduction(steps: Sequence[Step], zone: tzinfo) -> Decimal | None:
    """The lowest price of the 30 days before the reduction that is on by the last step.

    Each step is a reduction of its own, so that no earlier and higher price is named:
    docs/storefront.md says why. The plugin's Lowest passes the same examples.
    """
    if not steps or not steps[-1].is_reduced:
        return None
    *before, last = steps
    return lowest_before(before, last.at, last.currency, zone)


def lowest_before(
    steps: Sequence[Step], until: datetime, currency: str, zone: tzinfo
) -> Decimal | None:
    """Days are the shop's whole ones; that of `until` is none of the 30 (regulation
    1182/71, article 3). Amounts of another currency are as good as unknown."""
    first_on = until.astimezone(zone).date() - DAYS
    since = datetime.combine(first_on, time.min, zone)
    prices: list[Decimal] = []
    for step in reversed(steps):
        if step.currency != currency:
            return None
        if step.price is not None:
            prices.append(step.price)
        if step.at <= since:
            # In force when the 30 days began: what came before was over by then.
            return min(prices, default=None)
    return None
