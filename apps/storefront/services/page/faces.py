"""What a shopper sees of a pick beside its name: a picture and prices.

Remembered by each process until it changes: most pages show the same few hundred products.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from apps.accounts.models import Store
from apps.core.services.memory import Memory
from apps.core.services.plain_sql import dialect, fetch, listed
from apps.recommendations.services.answering.ask import Card
from apps.recommendations.services.answering.changed import fresh_changes
from apps.recommendations.services.answering.reading import CARDS
from apps.storefront.services.hero import address_of
from apps.storefront.services.prices import Prices, prices_of

# The first picture of each product.
PICTURES = """
    SELECT product_id, url, file FROM (
        SELECT product_id, url, file, ROW_NUMBER() OVER (
            PARTITION BY product_id ORDER BY position, id
        ) AS turn
        FROM shop_image
        WHERE store_id = %s AND deleted_at IS NULL AND product_id {among}
    ) AS pictures WHERE turn = 1
"""


Body = dict[str, Any]


@dataclass(slots=True)
class Face:
    picture: str
    prices: Prices | None
    # What was made of the card last, which is the same until the product changes.
    card: Card | None = None
    body: Body = field(default_factory=dict)

    @property
    def has_end(self) -> bool:
        return self.prices is not None and self.prices.has_end

    def told(self, card: Card, currency: str) -> Body:
        """All of a pick that is the same for everybody."""
        if self.card is not card:
            # First the body: another thread may read in between.
            self.body, self.card = body(self, card, currency), card
        return self.body


def body(face: Face, card: Card, currency: str) -> Body:
    prices = face.prices
    return {
        # One that lives in no shop, only in files, goes by our own number.
        "product": card.woo_id or card.product,
        "name": card.name,
        "brand": card.brand,
        "url": card.permalink,
        "image": face.picture,
        "price": amount(prices.price if prices else card.price),
        "price_to": amount(prices.price_to) if prices else None,
        "regular_price": amount(prices.regular_price) if prices else None,
        "lowest_price": amount(prices.lowest_price) if prices else None,
        "currency": prices.currency if prices else currency,
        "sizes": sorted(card.sizes - {""}),
    }


def amount(value: Decimal | None) -> str | None:
    """Two decimals at least, and no more than there are: 49.90, 0.125."""
    if value is None:
        return None
    whole, _, rest = str(value).partition(".")
    return f"{whole}.{rest.rstrip('0').ljust(2, '0')}"


FACES: Memory[tuple[int, int], Face] = Memory(300.0, most=50_000)
# A price that is over is told no longer than this.
ENDING: Memory[tuple[int, int], Face] = Memory(10.0, most=50_000)


def forget_changed(store: Store, at: datetime) -> None:
    """What has changed in the shop within the last seconds; asked once a second."""
    changed = fresh_changes(store, at)
    for memory in (CARDS, FACES, ENDING):
        if changed is None:
            gone = [name for name in list(memory.found) if name[0] == store.pk]
        else:
            gone = [(store.pk, product) for product in changed]
        memory.drop_all(gone)


def faces_of(store: Store, products: Collection[int], at: datetime) -> dict[int, Face]:
    names = [(store.pk, pk) for pk in products]
    known = FACES.get_all(names)
    if len(known) < len(names):
        known |= ENDING.get_all(name for name in names if name not in known)
    found = {pk: face for (_, pk), face in known.items()}
    missing = [pk for pk in products if pk not in found]
    if missing:
        pictures, prices = (
            pictures_of(store, missing),
            prices_of(store, missing, at),
        )
        fresh = {
            (store.pk, pk): Face(pictures.get(pk, ""), prices.get(pk)) for pk in missing
        }
        for memory, has_end in ((FACES, False), (ENDING, True)):
            memory.put_all(
                {name: one for name, one in fresh.items() if one.has_end == has_end}
            )
        found.update({pk: face for (_, pk), face in fresh.items()})
    return found


def pictures_of(store: Store, products: Collection[int]) -> dict[int, str]:
    """The shop's own address first: its page loads nothing from elsewhere."""
    statement = PICTURES.format(among=dialect()["among"])
    rows = fetch(statement, [store.pk, listed(products)])
    return {pk: url or (address_of(file) if file else "") for pk, url, file in rows}
