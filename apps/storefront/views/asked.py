"""For whom, and beside what, a preview is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils import timezone

from apps.accounts.models import Store
from apps.shop.models import Customer, Product
from apps.storefront.models import Place
from apps.storefront.services.defaults import AFTER, BESIDE
from apps.storefront.services.page.visit import Visit
from apps.storefront.services.preview import well_known

MOST_LETTERS = 200


@dataclass
class Asked:
    place: str
    customer: Customer | None
    product: Product | None
    problems: list[str] = field(default_factory=list)

    def visit(self, place: str) -> Visit:
        product = self.product.pk if self.product else None
        category = None
        if place == Place.CATEGORY_TOP and self.product:
            held = self.product.categories.order_by("pk")
            category = held.values_list("pk", flat=True).first()
        return Visit(
            places=(place,),
            customer=self.customer.pk if self.customer else None,
            product=product if place in BESIDE else None,
            category=category,
            basket=(product,) if place in AFTER and product else (),
        )


def asked_of(store: Store, said: Mapping[str, str]) -> Asked:
    texts = {
        name: str(said.get(f"preview-{name}", ""))
        .replace("\0", "")
        .strip()[:MOST_LETTERS]
        for name in ("place", "who", "product")
    }
    customer = customer_of(store, texts["who"])
    product = product_of(store, texts["product"])
    place = texts["place"] if texts["place"] in Place.values else ""
    asked = Asked(place, customer, product)
    if texts["who"] and customer is None:
        asked.problems.append("No customer has this e-mail address or number.")
    if texts["product"] and product is None:
        asked.problems.append("No product has this name, SKU or number.")
    if product is None:
        asked.product = well_known(store, timezone.now())
    return asked


def customer_of(store: Store, said: str) -> Customer | None:
    """By e-mail address, or by the shop's number."""
    rows = Customer.objects.of(store).live()
    if is_number(said):
        return rows.filter(woo_id=int(said)).first()
    return rows.by_email(said).first() if said else None


def product_of(store: Store, said: str) -> Product | None:
    """By the shop's number or SKU, else the first whose name holds the words."""
    rows = Product.objects.of(store).live().order_by("pk")
    if not said:
        return None
    if is_number(said):
        return rows.filter(Q(woo_id=int(said)) | Q(sku=said)).first()
    return rows.filter(Q(sku__iexact=said) | Q(name__icontains=said)).first()


def is_number(said: str) -> bool:
    return said.isascii() and said.isdecimal() and len(said) < 19
