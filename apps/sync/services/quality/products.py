"""Products that shoppers cannot buy, and that nothing can be learned from."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Count, Exists, F, OuterRef, Q
from django.db.models.functions import Lower

from apps.accounts.models import Store
from apps.shop.models import Image, Product, Variant
from apps.shop.models.catalog import ProductQuerySet
from apps.sync.services.quality.check import Check, Oddity, counted, day, sum_of
from apps.sync.services.quality.stock import named

SLACK = timedelta(hours=1)


def published(store: Store) -> ProductQuerySet:
    rows = Product.objects.of(store).live().order_by("pk")
    return rows.filter(status=Product.Status.PUBLISHED)


def told(rows: ProductQuerySet, what: str) -> Iterator[Oddity]:
    for pk, name in rows.values_list("pk", "name").iterator():
        yield Oddity(f"product:{pk}", f"{name[:120]} {what}")


def without_price(store: Store, at: datetime) -> Iterator[Oddity]:
    """A grouped product shows the prices of its members."""
    rows = published(store).filter(price=None).exclude(kind=Product.Kind.GROUPED)
    return told(rows, "is published without a price: nobody can buy it.")


def without_image(store: Store, at: datetime) -> Iterator[Oddity]:
    images = Image.objects.of(store).live().filter(product=OuterRef("pk"))
    rows = published(store).filter(~Exists(images))
    return told(rows, "is published without a picture.")


def without_category(store: Store, at: datetime) -> Iterator[Oddity]:
    rows = published(store).filter(categories=None)
    return told(rows, "is in no category.")


def without_cost(store: Store, at: datetime) -> Iterator[Oddity]:
    costs = Variant.objects.of(store).live().filter(product=OuterRef("pk"))
    rows = published(store).filter(cost=None)
    rows = rows.filter(~Exists(costs.exclude(cost=None)))
    return told(rows, "has no cost: its margin is not known.")


def wrong_sale(store: Store, at: datetime) -> Iterator[Oddity]:
    """Asked of variants: a product without choices has one, too."""
    negative = Q(sale_price__lt=0) | Q(price__lt=0)
    rows = Variant.objects.of(store).live().filter(product__deleted_at=None)
    rows = rows.filter(negative | Q(sale_price__gte=F("regular_price")))
    names = (
        "pk", "product__name", "color", "size", "product__currency",
        "sale_price", "price", "regular_price",
    )  # fmt: skip
    for pk, name, color, size, currency, *prices in rows.order_by("pk").values_list(
        *names
    ):
        sale, price, regular = prices
        asked = sale if sale is not None else price
        text = (
            f"{named(name, color, size)} has a sale price of {sum_of(asked, currency)} "
            f"and a regular price of {sum_of(regular, currency)}."
        )
        yield Oddity(f"variant:{pk}", text)


def same_sku(store: Store, at: datetime) -> Iterator[Oddity]:
    """Variations without a SKU of their own show their product's: these are left out."""
    rows = Variant.objects.of(store).live().filter(product__deleted_at=None)
    coded = rows.exclude(sku="").annotate(code=Lower("sku"))
    across = coded.values("code").annotate(n=Count("product", distinct=True))
    for row in across.filter(n__gt=1).order_by("code").iterator():
        text = f"{row['n']:,} products have the SKU {row['code']}."
        yield Oddity(f"sku:{row['code'][:70]}", text)
    own = coded.exclude(code=Lower("product__sku"))
    inside = own.values("code", "product_id", "product__name").annotate(n=Count("pk"))
    for row in inside.filter(n__gt=1).order_by("product_id", "code").iterator():
        name = row["product__name"][:120]
        text = f"{row['n']:,} variants of {name} have the SKU {row['code']}."
        yield Oddity(f"product:{row['product_id']}", text)


def without_choices(store: Store, at: datetime) -> Iterator[Oddity]:
    """One finding for each product, however many variants are bare."""
    rows = Variant.objects.of(store).live().filter(size="", color="", options={})
    rows = rows.filter(product__deleted_at=None, product__kind=Product.Kind.VARIABLE)
    groups = rows.values("product_id", "product__name").annotate(n=Count("pk"))
    for row in groups.order_by("product_id").iterator():
        bare, name = counted(row["n"], "variant"), row["product__name"][:120]
        yield Oddity(
            f"product:{row['product_id']}", f"{bare} of {name} without size and color."
        )


def in_the_future(store: Store, at: datetime) -> Iterator[Oddity]:
    rows = published(store).filter(published_at__gt=at + SLACK)
    for pk, name, moment in rows.values_list("pk", "name", "published_at"):
        since = day(moment, store) if moment else ""
        text = f"{name[:120]} is published, but only from {since} on."
        yield Oddity(f"product:{pk}", text)


CHECKS = (
    Check(
        "products.no_price",
        "Products without a price",
        "Open the product in your shop and set its regular price.",
        without_price,
    ),
    Check(
        "products.no_image",
        "Products without a picture",
        "Open the product in your shop and set a product image.",
        without_image,
    ),
    Check(
        "products.no_category",
        "Products without a category",
        "Open the product in your shop and tick a category.",
        without_category,
    ),
    Check(
        "products.no_cost",
        "Products without a cost",
        "Enter what you pay for it on the product's page here, or upload a list of "
        "costs. Without it, suggestions for prices cannot guard your margin.",
        without_cost,
    ),
    Check(
        "prices.wrong_sale",
        "Sale prices that are none",
        "Open the product in your shop and set a sale price below the regular price.",
        wrong_sale,
    ),
    Check(
        "products.same_sku",
        "SKUs used more than once",
        "Give each product and each variant a SKU of its own in your shop.",
        same_sku,
    ),
    Check(
        "variants.no_choice",
        "Variants without size and color",
        "Open the product in your shop and choose the attributes of its variations.",
        without_choices,
    ),
    Check(
        "products.in_the_future",
        "Published products of the future",
        "Open the product in your shop and correct the day of its publication.",
        in_the_future,
    ),
)
