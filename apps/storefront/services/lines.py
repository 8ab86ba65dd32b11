"""Lines under a price: facts of this moment, with the numbers that they rest on.

Nothing is said that was not looked up now, and nothing that the merchant wrote: they
choose which facts are told, and from which number on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from apps.accounts.models import Store
from apps.core.services.memory import Memory
from apps.shop.models import Product
from apps.storefront.models import LineSettings
from apps.storefront.services.facts.back import back
from apps.storefront.services.facts.line import About, Line
from apps.storefront.services.facts.looked import looked
from apps.storefront.services.facts.lowered import lowered
from apps.storefront.services.facts.sold import sold
from apps.storefront.services.facts.stock import few_left

Fact = Callable[[About], Iterator[Line]]
# Which setting switches each on; what helps a shopper most comes first.
FACTS: tuple[tuple[str, Fact], ...] = (
    ("shows_stock", few_left),
    ("shows_lowered", lowered),
    ("shows_sold", sold),
    ("shows_back", back),
    ("shows_viewers", looked),
)
SETTINGS: Memory[int, LineSettings] = Memory()


def settings_of(store: Store) -> LineSettings:
    """Believed for five seconds by each process."""
    return SETTINGS.ask(store.pk, lambda: LineSettings.objects.for_store(store))


def forget_settings(store: Store) -> None:
    SETTINGS.drop(store.pk)


def lines_for(
    store: Store, product: int, at: datetime, settings: LineSettings | None = None
) -> list[Line]:
    """`product` is our own id. None where it cannot be bought now. Other `settings` than
    the store's: to see what they would do."""
    said = settings or settings_of(store)
    there = Product.objects.of(store).visible(at).in_stock().filter(pk=product)
    row = there.values_list("manages_stock", "stock_quantity").first()
    if row is None:
        return []
    counts, pieces = row
    pool = max(pieces or 0, 0) if counts else None
    about = About(store, product, at, said, pool)
    found: list[Line] = []
    for switch, fact in FACTS:
        if getattr(said, switch) and len(found) < said.most:
            found.extend(fact(about))
    return found[: said.most]
