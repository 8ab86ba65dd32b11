"""From what a page writes into the address to a visit, in our own ids.

Read by hand: a form of Django REST framework costs more than finding the products. What
is not this store's is left out, as if it had not been said.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from apps.accounts.models import Store
from apps.accounts.services import customer_token
from apps.core.errors import InvalidInputError
from apps.core.services.memory import Memory
from apps.core.store_views import LARGEST_ID
from apps.recommendations.services.answering import rows
from apps.recommendations.services.answering.ask import MOST_TO_PAGES
from apps.shop.models import Category
from apps.storefront.models import Place
from apps.storefront.services.page.visit import Visit

LONGEST = 2_000
MOST_IDS = 100
NAMES = frozenset(Place.values)
# Ids never change hands; a product that is gone is found out when its card is read.
PRODUCTS: Memory[tuple[int, int], int] = Memory(600.0, most=100_000)
CATEGORIES: Memory[tuple[int, int], int] = Memory(60.0)
# Long enough for the pages that somebody opens one after another.
CUSTOMERS: Memory[tuple[int, int], int] = Memory(60.0)
Said = Mapping[str, Any]


def visit_of(store: Store, said: Said, at: datetime) -> Visit:
    lists = {name: ids(said, name) for name in ("basket", "viewed", "exclude")}
    product = whole(said, "product")
    wanted = {one for given in lists.values() for one in given}
    ours = products_of(store, wanted | ({product} if product else set()))
    meant = {
        name: tuple(ours[one] for one in given if one in ours)
        for name, given in lists.items()
    }
    named = places(said)
    return Visit(
        places=tuple(named),
        customer=customer_of(store, text(said, "token", 300), at),
        visitor=text(said, "visitor", 64),
        product=ours.get(product) if product else None,
        category=category_of(store, whole(said, "category")),
        basket=meant["basket"],
        viewed=meant["viewed"],
        exclude=frozenset(meant["exclude"]),
        limit=whole(said, "limit", MOST_TO_PAGES),
        sizes=tuple((place, size) for place, size in named.items() if size),
        language=text(said, "language", 20),
    )


def places(said: Said) -> dict[str, int]:
    """In the page's order, each with the size that is wanted there, or 0; a newer plugin
    may name places that are not known here."""
    named = text(said, "places", LONGEST).split(",")
    if not any(named):
        raise InvalidInputError("Say which places the page has: places=home-picks.")
    found: dict[str, int] = {}
    for one in named:
        place, _, size = one.partition(":")
        if place in NAMES:
            found[place] = max(found.get(place, 0), size_of(size))
    return found


def size_of(size: str) -> int:
    found = number(size) if size else 0
    if found is None or found > MOST_TO_PAGES:
        raise InvalidInputError(
            f"places: like trending, or trending:12 with 1 to {MOST_TO_PAGES} picks."
        )
    return found


def text(said: Said, name: str, longest: int) -> str:
    value = said.get(name, "")
    if not isinstance(value, str) or len(value) > longest or "\0" in value:
        raise InvalidInputError(f"{name}: a text of up to {longest} letters.")
    return value


def whole(said: Said, name: str, most: int = LARGEST_ID) -> int | None:
    value = said.get(name, "")
    if value in ("", None):
        return None
    found = number(value)
    if found is None or not 1 <= found <= most:
        raise InvalidInputError(f"{name}: a whole number from 1 to {most}.")
    return found


def number(value: Any) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    is_number = isinstance(value, str) and value.isdecimal() and value.isascii()
    return int(value) if is_number and len(value) < 20 else None


def ids(said: Said, name: str) -> tuple[int, ...]:
    """With commas between them, or a list from a server."""
    value = said.get(name, "")
    parts = value if isinstance(value, list) else text(said, name, LONGEST).split(",")
    found = [number(part) for part in parts if part != ""]
    if len(found) > MOST_IDS:
        raise InvalidInputError(f"{name}: up to {MOST_IDS} ids.")
    known = tuple(dict.fromkeys(one for one in found if one))
    if None in found or any(one > LARGEST_ID for one in known):
        raise InvalidInputError(f"{name}: ids with commas between them.")
    return known


def products_of(store: Store, given: Collection[int]) -> dict[int, int]:
    """Our ids by the shop's."""
    known = PRODUCTS.get_all([(store.pk, one) for one in given])
    found = {one: pk for (_, one), pk in known.items()}
    if missing := [one for one in given if one not in found]:
        fresh = rows.ours(store, "woo_id", missing)
        PRODUCTS.put_all({(store.pk, one): pk for one, pk in fresh.items()})
        found.update(fresh)
    return found


def customer_of(store: Store, token: str, at: datetime) -> int | None:
    by_shop = customer_token.verify(store, token, at) if token else None
    if by_shop is None:
        return None
    known = CUSTOMERS.get((store.pk, by_shop))
    if known is None and (known := rows.customer(store, "woo_id", by_shop)):
        CUSTOMERS.put((store.pk, by_shop), known)
    return known


def category_of(store: Store, category: int | None) -> int | None:
    """0 where there is none such: then nothing is in it."""
    if category is None:
        return None
    known = CATEGORIES.get((store.pk, category))
    if known is None:
        found = Category.objects.of(store).live().filter(woo_id=category)
        known = found.values_list("pk", flat=True).first() or 0
        CATEGORIES.put((store.pk, category), known)
    return known
