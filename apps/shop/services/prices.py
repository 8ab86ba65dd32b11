"""What a product costs, and the history that the law asks for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction

from apps.core.errors import InvalidInputError, UnknownError
from apps.core.money import round_money
from apps.shop.models import PriceChange, Product, Variant


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


def lowest_price(
    subject: Product | Variant, *, at: datetime, days: int = 30
) -> Decimal | None:
    """The prior price that a price reduction must show, as of a moment.

    While the price is reduced: the lowest of the `days` before this reduction began.
    Otherwise: the lowest of the `days` before `at`, which a reduction made then must
    show. A product younger than that answers for its whole life; None if it was never
    sold before the reduction. Each further cut counts as a reduction of its own: that
    shows the lower figure where countries differ (Directive 98/6/EC, article 6a).
    """
    known = PriceChange.objects.of(subject.store).about(subject)
    return lowest_in(list(known.filter(changed_at__lte=at)), at, days)


def lowest_in(
    known: Sequence[PriceChange], at: datetime, days: int = 30
) -> Decimal | None:
    """Of one subject's whole history until `at`, in time's order: see lowest_price."""
    history, until = list(known), at
    if history and history[-1].is_reduced:
        # Back over entries that kept the price and only moved the regular one.
        current = history[-1].price
        while history and history[-1].price == current and history[-1].is_reduced:
            until = history.pop().changed_at
    since = until - timedelta(days=days)
    inside = [change for change in history if change.changed_at > since]
    before = [change for change in history if change.changed_at <= since]
    return min((change.price for change in [*before[-1:], *inside]), default=None)
