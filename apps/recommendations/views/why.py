"""Why: what was worked out about one customer or one product, each with its reason."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Store
from apps.core.merchant_admin import Cell, Panel, link_cell
from apps.core.merchant_admin.pages import for_analysts, show
from apps.core.merchant_admin.show import moment
from apps.recommendations.models import Kind, Shelf, ShelfSettings
from apps.recommendations.models.shelf import of_customer, of_product
from apps.recommendations.services.answering.ask import Ask
from apps.recommendations.services.answering.reasons import sentence
from apps.recommendations.services.answering.shopper import shopper_of
from apps.recommendations.services.why_not import why_not
from apps.recommendations.views.preview import what_is_known
from apps.shop.models import Customer, Product

# Of a list: nobody reads on.
MOST = 20
FOR_ALL = (Kind.PERSONAL, Kind.TRENDING, Kind.NEW)


@for_analysts
def customer(request: HttpRequest, store: Store, pk: int) -> HttpResponse:
    person = get_object_or_404(Customer.objects.of(store).live(), pk=pk)
    settings, now = ShelfSettings.objects.for_store(store), timezone.now()
    known = shopper_of(store, Ask(customer=pk), settings, now)
    return show(
        request,
        "recommendations/why",
        f"Picks for {person}",
        try_url=f"{reverse('try_a_shelf')}?who={person.woo_id or person.email}",
        panels=[what_is_known(store, known), *lists(store, of_customer(pk))],
    )


@for_analysts
def product(request: HttpRequest, store: Store, pk: int) -> HttpResponse:
    found = get_object_or_404(Product.objects.of(store).live(), pk=pk)
    return show(
        request,
        "recommendations/why",
        f"Picks beside {found.name}",
        try_url=f"{reverse('try_a_shelf')}?kind=similar&product={found.woo_id or ''}",
        panels=[where_it_stands(store, found), *lists(store, of_product(pk))],
    )


def where_it_stands(store: Store, found: Product) -> Panel:
    """For a visitor of whom nothing is known."""
    now = timezone.now()
    rows = [
        (
            Cell(kind.label),
            Cell(why_not(store, Ask(kind=kind), found.pk, now).sentence),
        )
        for kind in FOR_ALL
    ]
    return Panel("On shelves for a new visitor", ("Shelf", "It"), rows)


def lists(store: Store, subject: str) -> Iterable[Panel]:
    shelves = list(
        Shelf.objects.of(store)
        .served()
        .about(Kind.values, [subject])
        .select_related("version")
        .defer("version__learned")
        .order_by("kind", "pk")
    )
    names = names_of(store, shelves)
    for shelf in shelves:
        yield Panel(
            Kind(shelf.kind).label,
            ("Product", "Because", "Score"),
            [
                (
                    link_cell(names[pick], why_url(pick)),
                    Cell(sentence(code, names.get(about or 0, ""))),
                    Cell(f"{score:.3f}", is_number=True),
                )
                for pick, score, code, about in shelf.picks[:MOST]
                if pick in names
            ],
            note=f"{shelf.version or 'By what the products are'}, "
            f"{moment(shelf.computed_at)}. What is sold out or was just bought is left "
            "out at the moment that a visitor looks.",
            empty="Nothing.",
        )
    if not shelves:
        yield Panel(
            "No lists yet",
            text="Lists are made at night, once there are orders to learn from. "
            "Until then shelves show what is trending and what is new.",
        )


def names_of(store: Store, shelves: Iterable[Shelf]) -> dict[int, str]:
    """Of products on them, and of those that reasons are about."""
    ids = {
        one
        for shelf in shelves
        for pick, _, _, about in shelf.picks[:MOST]
        for one in (pick, about)
        if one
    }
    rows = Product.objects.of(store).live().filter(pk__in=ids)
    return dict(rows.values_list("pk", "name"))


def why_url(pk: int) -> str:
    return reverse("why_product", args=[pk])
