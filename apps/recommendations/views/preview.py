"""Any shelf for anybody, as it would be now, and why a product does not stand on it."""

from __future__ import annotations

from typing import Any

from django.core.files.storage import default_storage
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from apps.accounts.models import Store
from apps.core.merchant_admin import Cell, Panel
from apps.core.merchant_admin.pages import for_analysts, show
from apps.core.merchant_admin.show import money
from apps.recommendations.models import Kind
from apps.recommendations.services.answering.ask import Ask, Place
from apps.recommendations.services.preview import preview
from apps.recommendations.services.why_not import why_not
from apps.shop.models import Customer, Image, Product

# Shelves beside a product need one.
BESIDE = (Kind.SIMILAR, Kind.TOGETHER, Kind.UPSELL, Kind.OUTFIT)
OFFERED = [kind for kind in Kind if kind != Kind.CONTENT]
MOST_LETTERS = 200
SIZE = 12


@for_analysts
def page(request: HttpRequest, store: Store) -> HttpResponse:
    now = timezone.now()
    said = {
        name: request.GET.get(name, "").strip()[:MOST_LETTERS]
        for name in ("kind", "who", "product", "missing")
    }
    kind = said["kind"] if said["kind"] in OFFERED else Kind.PERSONAL
    customer, product = (
        customer_of(store, said["who"]),
        product_of(store, said["product"]),
    )
    ask = Ask(
        kind=kind,
        customer=customer.pk if customer else None,
        product=product.pk if product else None,
        limit=SIZE,
        placement="preview",
    )
    found = preview(store, ask, now)
    missing = product_of(store, said["missing"])
    return show(
        request,
        "recommendations/preview",
        "Try a shelf",
        said=said,
        kinds=[(one.value, one.label, one == kind) for one in OFFERED],
        problems=problems(said, kind, customer, product, missing),
        customer=customer,
        product=product,
        cards=cards(store, found.places),
        candidates=found.candidates,
        models=found.models,
        missing=missing,
        why=why_not(store, ask, missing.pk, now) if missing else None,
        knows=what_is_known(store, found.shopper) if customer else None,
    )


def problems(
    said: dict[str, str],
    kind: str,
    customer: Customer | None,
    product: Product | None,
    missing: Product | None,
) -> list[str]:
    found = []
    if said["who"] and customer is None:
        found.append("No customer has this e-mail address or number.")
    if (said["product"] and product is None) or (said["missing"] and missing is None):
        found.append("No product has this name, SKU or number.")
    if kind in BESIDE and not said["product"]:
        found.append("This shelf stands beside a product: say which one.")
    return found


def customer_of(store: Store, said: str) -> Customer | None:
    """By e-mail address, or by the shop's number."""
    rows = Customer.objects.of(store).live()
    if said.isdecimal() and len(said) < 19:
        return rows.filter(woo_id=int(said)).first()
    return rows.by_email(said).first() if said else None


def product_of(store: Store, said: str) -> Product | None:
    """By the shop's number or SKU, else the first whose name holds the words."""
    rows = Product.objects.of(store).live().order_by("pk")
    if not said:
        return None
    if said.isdecimal() and len(said) < 19:
        return rows.filter(Q(woo_id=int(said)) | Q(sku=said)).first()
    return rows.filter(Q(sku__iexact=said) | Q(name__icontains=said)).first()


def cards(store: Store, places: list[Place]) -> list[dict[str, Any]]:
    pictures = pictures_of(store, [place.card.product for place in places])
    return [
        {
            "product": place.card.product,
            "name": place.card.name,
            "brand": place.card.brand,
            "price": money(place.card.price, store.currency),
            "picture": pictures.get(place.card.product, ""),
            "sentence": place.sentence,
            "source": Kind(place.candidate.source).label
            if place.candidate.source in Kind.values
            else SOURCES.get(place.candidate.source, place.candidate.source),
        }
        for place in places
    ]


SOURCES = {"session": "The last clicks", "context": "The category"}


def pictures_of(store: Store, products: list[int]) -> dict[int, str]:
    """The first one of each."""
    rows = Image.objects.of(store).live().filter(product__in=products)
    found: dict[int, str] = {}
    for product, file, url in rows.order_by("position", "pk").values_list(
        "product_id", "file", "url"
    ):
        found.setdefault(product, default_storage.url(file) if file else url or "")
    return found


def what_is_known(store: Store, shopper: Any) -> Panel:
    """What the shelf rests on, beside lists that were made at night."""
    names = dict(
        Product.objects.of(store)
        .filter(pk__in=[*shopper.viewed[:SIZE], *shopper.bought, *shopper.shown])
        .values_list("pk", "name")
    )
    sizes = sorted({size for own in shopper.sizes.values() for size in own})
    rows = [
        ("Looked at of late", listed(names, shopper.viewed[:SIZE])),
        ("Bought of late, not shown again yet", listed(names, shopper.bought)),
        ("Seen again and again without a click", listed(names, shopper.shown)),
        ("Sizes that were kept", ", ".join(sizes)),
    ]
    return Panel(
        "What is known of this customer now",
        ("", "Products"),
        [(Cell(name), Cell(text or "Nothing")) for name, text in rows],
    )


def listed(names: dict[int, str], products: Any) -> str:
    return ", ".join(names[one] for one in products if one in names)
