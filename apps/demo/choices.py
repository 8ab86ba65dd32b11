"""The colors and sizes of one product, and the pictures of each color."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from apps.demo.basket import left_of
from apps.demo.shelves import color_slug, picture
from apps.shop.models import Image, Product, Variant

FEW = 3
LETTERS = ("XXS", "XS", "S", "M", "L", "XL", "XXL", "3XL", "4XL", "5XL")


@dataclass(frozen=True)
class SizeChoice:
    variant: Variant
    label: str
    price: Decimal
    regular_price: Decimal
    left: int

    @property
    def is_sold_out(self) -> bool:
        return self.left == 0

    @property
    def is_low(self) -> bool:
        return 0 < self.left <= FEW

    @property
    def hint(self) -> str:
        if self.is_sold_out:
            return _("Sold out")
        return _("Only %d left") % self.left if self.is_low else _("In stock")


@dataclass(frozen=True)
class Picture:
    url: str
    alt: str


@dataclass(frozen=True)
class ColorChoice:
    name: str
    slug: str
    sizes: Sequence[SizeChoice]
    pictures: Sequence[Picture]

    @property
    def is_sold_out(self) -> bool:
        return all(size.is_sold_out for size in self.sizes)

    @property
    def is_single(self) -> bool:
        """One size fits all: nothing is left to choose."""
        return len(self.sizes) == 1

    @property
    def shown(self) -> SizeChoice:
        """Whose price stands on the page before a size is chosen."""
        return next(
            (size for size in self.sizes if not size.is_sold_out), self.sizes[0]
        )


def size_key(size: str) -> tuple[int, float, str]:
    """Letters from small to large, then numbers, then words."""
    if size.upper() in LETTERS:
        return 0, LETTERS.index(size.upper()), ""
    number = size.replace(",", ".").split("/")[0]
    if number.replace(".", "", 1).isdecimal():
        return 1, float(number), ""
    return 2, 0, size


def colors(
    product: Product, variants: Sequence[Variant], images: Sequence[Image]
) -> list[ColorChoice]:
    names = list(dict.fromkeys(variant.color for variant in variants))
    return [
        ColorChoice(
            name=name,
            slug=color_slug(name),
            sizes=sizes(variant for variant in variants if variant.color == name),
            pictures=pictures(product, name, images),
        )
        for name in names
    ]


def sizes(variants: Iterable[Variant]) -> list[SizeChoice]:
    choices = [as_size(variant) for variant in variants]
    return sorted(choices, key=lambda choice: size_key(choice.variant.size))


def as_size(variant: Variant) -> SizeChoice:
    price = variant.selling_price or Decimal(0)
    regular = variant.regular_price
    if variant.price is None:
        regular = variant.product.regular_price
    label = " ".join([variant.size, *map(str, variant.options.values())]).strip()
    return SizeChoice(variant, label, price, regular or price, left_of(variant))


def pictures(product: Product, color: str, images: Sequence[Image]) -> list[Picture]:
    """Those of the color and those of no color; all, where none fits."""
    fitting = [image for image in images if image.color in (color, "")]
    return [
        Picture(picture(image.file.name, image.url), image.alt or product.name)
        for image in fitting or images
    ]


def chosen(choices: Sequence[ColorChoice], slug: str) -> ColorChoice:
    """The color asked for, else the first that can be bought."""
    named = [choice for choice in choices if choice.slug == slug]
    buyable = [choice for choice in choices if not choice.is_sold_out]
    return [*named, *buyable, *choices][0]
