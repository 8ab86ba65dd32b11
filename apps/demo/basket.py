"""What a visitor means to buy, kept in the session until it is ordered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.contrib.sessions.backends.base import SessionBase
from django.utils.translation import gettext as _

from apps.accounts.models import Store
from apps.core.errors import InvalidInputError
from apps.demo.shelves import local_name, picture
from apps.shop.models import Image, Product, Variant

KEY = "demo_basket"
MOST_PIECES = 10
MOST_LINES = 30
PLENTY = 999


@dataclass(frozen=True)
class BasketLine:
    variant: Variant
    quantity: int
    price: Decimal
    left: int
    picture: str

    @property
    def name(self) -> str:
        product = self.variant.product
        return local_name(product.name, product.extra)

    @property
    def total(self) -> Decimal:
        return self.price * self.quantity

    @property
    def most(self) -> int:
        return min(self.left, MOST_PIECES)

    @property
    def is_short(self) -> bool:
        """Less is left than the visitor wants."""
        return self.quantity > self.left


class Basket:
    def __init__(self, session: SessionBase) -> None:
        self.session = session
        self.pieces: dict[str, int] = dict(session.get(KEY, {}))

    def __len__(self) -> int:
        return sum(self.pieces.values())

    def add(self, variant: Variant, quantity: int) -> None:
        """Refuses what the shop does not have."""
        self.put(variant, self.pieces.get(str(variant.pk), 0) + quantity)

    def put(self, variant: Variant, quantity: int) -> None:
        """Set a line's quantity; zero takes it out."""
        left = left_of(variant)
        if quantity > left:
            raise InvalidInputError(refusal(variant, left))
        if quantity > MOST_PIECES:
            raise InvalidInputError(
                _("At most %(count)d pieces of one product go into one order.")
                % {"count": MOST_PIECES}
            )
        if str(variant.pk) not in self.pieces and len(self.pieces) >= MOST_LINES:
            raise InvalidInputError(_("The bag is full. Please order first."))
        self.pieces[str(variant.pk)] = quantity
        self.keep()

    def remove(self, variant_id: int) -> None:
        self.pieces.pop(str(variant_id), None)
        self.keep()

    def clear(self) -> None:
        self.pieces = {}
        self.keep()

    def keep(self) -> None:
        self.pieces = {key: count for key, count in self.pieces.items() if count > 0}
        self.session[KEY] = self.pieces

    def lines(self, store: Store, now: datetime) -> list[BasketLine]:
        """In the order they were put in; what the shop stopped showing is left out."""
        found = {
            variant.pk: variant
            for variant in Variant.objects.of(store)
            .live()
            .filter(pk__in=[int(key) for key in self.pieces])
            .filter(product__in=Product.objects.of(store).visible(now))
            .select_related("product")
        }
        pictures = first_pictures(store, list(found.values()))
        return [
            BasketLine(
                variant=found[int(key)],
                quantity=quantity,
                price=found[int(key)].selling_price or Decimal(0),
                left=left_of(found[int(key)]),
                picture=pictures.get(int(key), ""),
            )
            for key, quantity in self.pieces.items()
            if int(key) in found
        ]


def left_of(variant: Variant) -> int:
    """How many can be ordered; plenty where the shop does not count."""
    return PLENTY if variant.pieces_left is None else variant.pieces_left


def refusal(variant: Variant, left: int) -> str:
    name = f"{variant.product.name} ({variant})"
    if left == 0:
        return _("%(name)s is sold out.") % {"name": name}
    return _("Only %(count)d left of %(name)s.") % {"count": left, "name": name}


def first_pictures(store: Store, variants: list[Variant]) -> dict[int, str]:
    """A picture of each variant's color, or else of its product."""
    shown: dict[tuple[int, str], str] = {}
    images = Image.objects.of(store).live().order_by("position", "id")
    for image in images.filter(product__in={v.product_id for v in variants}):
        url = picture(image.file.name, image.url)
        shown.setdefault((image.product_id, image.color), url)
        shown.setdefault((image.product_id, ""), url)
    return {
        v.pk: shown.get((v.product_id, v.color)) or shown.get((v.product_id, ""), "")
        for v in variants
    }
