"""What LuxeBrain shows on a page of the shop, as the plugin prints it in a real one.

The page carries what everybody sees. The plugin's script, taken over as it is, asks for
the visitor's own after consent: once a page, and puts each pick in the place of another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
from django.utils.translation import get_language

from apps.accounts.models import Store
from apps.demo.shelves import local_name
from apps.shop.models import Category, Product
from apps.storefront.models import Place
from apps.storefront.services.page.answer import answer
from apps.storefront.services.page.visit import Visit
from apps.storefront.services.plans import plans_of

# Only the visitor's own can stand there: the place waits, empty.
WAITING = frozenset({Place.RECENTLY_VIEWED.value})
SIZE = 8


@dataclass(frozen=True)
class Pick:
    woo_id: int
    name: str
    url: str
    image: str
    price: Decimal | None
    price_to: Decimal | None
    regular_price: Decimal | None
    lowest_price: Decimal | None
    reason: str

    @property
    def is_reduced(self) -> bool:
        return self.regular_price is not None and self.regular_price != self.price


@dataclass(frozen=True)
class Shelf:
    place: str
    title: str
    picks: Sequence[Pick] = ()
    decision: str = ""
    # Empty places for picks to come.
    blanks: Sequence[int] = ()

    @property
    def is_fixed(self) -> bool:
        """Favorites in the place of a banner: a script would write a banner over them."""
        return self.place == Place.HOME_HERO


@dataclass(frozen=True)
class Page:
    """`says` is what the plugin's script reads on its tag."""

    shelves: Mapping[str, Shelf] = field(default_factory=dict)
    hero: Mapping[str, Any] | None = None
    # Whether there is room for lines under the price.
    has_lines: bool = False
    says: Mapping[str, Any] = field(default_factory=dict)


def page_of(
    store: Store,
    now: datetime,
    places: Iterable[str],
    *,
    product: Product | None = None,
    category: Category | None = None,
    basket: Iterable[Product] = (),
) -> Page:
    """Places that the merchant switched off are left out."""
    plans = plans_of(store, now)
    wanted = [place for place in places if plans[place].is_on]
    lies = list(dict.fromkeys(basket))
    visit = Visit(
        places=tuple(place for place in wanted if place not in WAITING),
        product=product.pk if product else None,
        category=category.pk if category else None,
        basket=tuple(one.pk for one in lies),
        limit=SIZE,
        language=get_language() or "",
    )
    told = msgspec.json.decode(answer(store, visit, now).body)
    names = names_of(store, told)
    shelves: dict[str, Shelf] = {}
    titles: set[str] = set()
    for shelf in told["shelves"]:
        # A place that cannot keep what its title says takes another one; once is enough.
        if shelf["title"] not in titles and any(p["url"] for p in shelf["picks"]):
            shelves[shelf["place"]] = shelf_of(shelf, names)
            titles.add(shelf["title"])
    for place in WAITING.intersection(wanted):
        shelves[place] = Shelf(place, plans[place].heading, blanks=range(SIZE))
    return Page(
        shelves=shelves,
        hero=told["hero"],
        has_lines=Place.PRICE_LINE in wanted,
        says={
            "product": product.woo_id if product else None,
            "category": category.woo_id if category else None,
            "basket": ",".join(str(one.woo_id) for one in lies if one.woo_id),
            "viewed": "yes" if product else "",
        },
    )


def names_of(store: Store, told: Mapping[str, Any]) -> Mapping[int, str]:
    """In the visitor's language, where it is not the one of the answer."""
    if get_language() == store.language:
        return {}
    woo_ids = {pick["product"] for shelf in told["shelves"] for pick in shelf["picks"]}
    rows = Product.objects.of(store).filter(woo_id__in=woo_ids)
    return {
        woo_id: local_name(name, extra)
        for woo_id, name, extra in rows.values_list("woo_id", "name", "extra")
        if woo_id
    }


def shelf_of(told: Mapping[str, Any], names: Mapping[int, str]) -> Shelf:
    picks = [
        Pick(
            woo_id=pick["product"],
            name=names.get(pick["product"], pick["name"]),
            url=pick["url"],
            image=pick["image"],
            price=amount(pick["price"]),
            price_to=amount(pick["price_to"]),
            regular_price=amount(pick["regular_price"]),
            lowest_price=amount(pick["lowest_price"]),
            reason=pick["reason"],
        )
        for pick in told["picks"]
        if pick["url"]
    ]
    return Shelf(told["place"], told["title"], picks, told["decision"])


def amount(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
