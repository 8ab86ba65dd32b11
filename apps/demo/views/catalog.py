"""Pages to look around: home, category, search, product."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from apps.accounts.models import Store
from apps.demo import facets, luxe, shelves
from apps.demo.choices import ColorChoice, chosen, colors
from apps.demo.forms import SORTS, FilterForm, SearchForm
from apps.demo.pages import show, storefront
from apps.shop.models import Category, Image, Product, Variant
from apps.shop.models.catalog import ProductQuerySet
from apps.shop.services import prices
from apps.storefront.models import Place

PER_PAGE = 24
SHELF = 8
HERO = 3
HOME = (Place.HOME_HERO, Place.HOME_PICKS, Place.TRENDING, Place.RECENTLY_VIEWED)
# What is like it is named first, wherever it stands.
PRODUCT = (
    Place.PRICE_LINE,
    Place.PRODUCT_SIMILAR,
    Place.COMPLETE_OUTFIT,
    Place.RECENTLY_VIEWED,
)


@require_safe
@storefront
def home(request: HttpRequest, store: Store) -> HttpResponse:
    now = timezone.now()
    newest = shelves.cards(store, shelves.new_in(store, now), now, HERO + SHELF)
    context = {
        "hero": newest[:HERO],
        "new_in": newest[HERO:] or newest,
        "on_sale": shelves.cards(store, shelves.on_sale(store, now), now, SHELF),
        "tiles": shelves.tiles(store, now),
        "luxe": luxe.page_of(store, now, HOME),
    }
    return show(request, store, "demo/home.html", context)


@require_safe
@storefront
def category(request: HttpRequest, store: Store, slug: str) -> HttpResponse:
    categories = list(
        Category.objects.of(store).live().order_by("position", "name", "id")
    )
    found = next((one for one in categories if one.slug == slug), None)
    if found is None:
        raise Http404
    parent = next((one for one in categories if one.pk == found.parent_id), None)
    branch = parent or found
    context = {
        "category": found,
        "parent": parent,
        "near": [one for one in categories if one.parent_id == branch.pk],
        "branch": branch,
        "luxe": luxe.page_of(
            store, timezone.now(), [Place.CATEGORY_TOP], category=found
        ),
    }
    products = (
        Product.objects.of(store)
        .visible(timezone.now())
        .filter(
            pk__in=Product.objects.of(store)
            .filter(categories__in=shelves.below(categories, found))
            .values("pk")
        )
    )
    return shelf(request, store, "demo/category.html", products, context)


@require_safe
@storefront
def search(request: HttpRequest, store: Store) -> HttpResponse:
    form = SearchForm(request.GET)
    words = form.cleaned_data["q"] if form.is_valid() else ""
    products = shelves.matching(
        Product.objects.of(store).visible(timezone.now()), words
    )
    places = [Place.TRENDING, Place.RECENTLY_VIEWED]
    context = {
        "words": words,
        "errors": form.errors,
        "luxe": luxe.page_of(store, timezone.now(), places),
    }
    return shelf(request, store, "demo/search.html", products, context)


def shelf(
    request: HttpRequest,
    store: Store,
    template: str,
    products: ProductQuerySet,
    context: dict[str, Any],
) -> HttpResponse:
    """A page of products with filters and sorting."""
    given = FilterForm(request.GET).given()
    found = facets.order(facets.narrow(store, products, given), given.get("sort", ""))
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    rows, wanted = page.object_list, given.get("color", [])
    assert isinstance(rows, QuerySet)
    shared = {
        "page": page,
        "cards": shelves.cards(store, rows, timezone.now(), colors=wanted),
        "sizes": facets.choices_of("size", store, products, given),
        "colors": facets.choices_of("color", store, products, given),
        "given": given,
        "sorts": SORTS,
        "sort": given.get("sort", ""),
    }
    return show(request, store, template, {**shared, **context})


@require_safe
@storefront
def product(request: HttpRequest, store: Store, slug: str) -> HttpResponse:
    now = timezone.now()
    if "\x00" in slug:
        raise Http404
    found = Product.objects.of(store).visible(now).filter(slug=slug).first()
    if found is None:
        raise Http404
    palette = palette_of(store, found)
    color = chosen(palette, request.GET.get("color", "")) if palette else None
    context = {
        "product": found,
        "name": shelves.local_name(found.name, found.extra),
        "colors": palette,
        "color": color,
        "shown": color.shown if color else found,
        "categories": list(found.categories.filter(deleted_at=None).order_by("id")),
        "lowest": prices.lowest_price(found, at=now) if found.is_on_sale else None,
        "luxe": luxe.page_of(store, now, PRODUCT, product=found),
    }
    return show(request, store, "demo/product.html", context)


def palette_of(store: Store, product: Product) -> list[ColorChoice]:
    variants = Variant.objects.of(store).live().filter(product=product)
    images = Image.objects.of(store).live().filter(product=product)
    return colors(
        product,
        list(variants.select_related("product").order_by("position", "id")),
        list(images.order_by("position", "id")),
    )
