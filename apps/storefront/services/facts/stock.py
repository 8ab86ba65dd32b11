"""How many pieces are left, where the shop counts them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from django.utils.translation import gettext, ngettext

from apps.shop.models import StockStatus, Variant
from apps.storefront.services.facts.line import About, Line

# More sizes than a line has room for say less.
MOST_SIZES = 4
Pieces = dict[str, int | None]


def few_left(about: About) -> Iterator[Line]:
    sizes = pieces_of(about)
    counted = {size: left for size, left in sizes.items() if left is not None}
    few = about.settings.few_left
    left = sum(counted.values())
    if len(counted) == len(sizes) and 0 < left <= few:
        said = {size: n for size, n in counted.items() if size and n}
        text = ngettext("Only {count} left", "Only {count} left", left)
        facts = {"left": left, "sizes": said}
        yield Line("few_left", put(text, count=left), facts, about.until())
        return
    scarce = {size: n for size, n in counted.items() if size and 0 < n <= few}
    if 0 < len(scarce) <= MOST_SIZES:
        named = ", ".join(f"{size} ({n})" for size, n in scarce.items())
        text = put(gettext("Few left: {sizes}"), sizes=named)
        yield Line("few_left_sizes", text, {"sizes": scarce}, about.until())


def pieces_of(about: About) -> Pieces:
    """By size, in the shop's order. None: it can be had, but nobody counts it."""
    found: Pieces = {}
    pooled: dict[str, bool] = defaultdict(bool)
    rows = Variant.objects.of(about.store).live().filter(product=about.product)
    for row in rows.order_by("position", "pk"):
        if row.stock_status == StockStatus.OUT_OF_STOCK:
            # Also one that is switched off: its pieces cannot be bought.
            left: int | None = 0
        elif not row.manages_stock and about.pool is not None:
            pooled[row.size], left = True, 0
        else:
            left = row.pieces_left
        known = found.get(row.size, 0)
        found[row.size] = None if known is None or left is None else known + left
    if any(pooled.values()):
        return with_pool(found, pooled, about.pool or 0)
    return found


def with_pool(found: Pieces, pooled: dict[str, bool], pool: int) -> Pieces:
    """Sizes that share their pieces are told of together, never each."""
    own: Pieces = {
        size: n for size, n in found.items() if not pooled[size] or n is None
    }
    shared = sum(n or 0 for size, n in found.items() if pooled[size])
    return {**own, "": (own.get("") or 0) + shared + pool}


def put(text: str, **facts: object) -> str:
    """Not str.format: what is put in may hold braces of its own."""
    for name, fact in facts.items():
        text = text.replace(f"{{{name}}}", str(fact))
    return text
