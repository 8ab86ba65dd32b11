"""What customers do, as conditions ask it: so often, within so many days, with what."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.accounts.models import Store
from apps.events.models import Interaction, Session
from apps.shop.models import Category, Customer, Order, OrderLine, Refund, RefundLine


@dataclass(frozen=True)
class Goods:
    """Which products; empty: any. All that is said must hold of one product."""

    products: tuple[int, ...] = ()
    categories: tuple[int, ...] = ()
    brands: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.products or self.categories or self.brands)


@dataclass(frozen=True)
class Asked:
    """In which store, up to when. What is looked up once stands here."""

    store: Store
    at: datetime

    @cached_property
    def has_merged(self) -> bool:
        """Visits stay with the row under which they were seen."""
        return Customer.objects.of(self.store).merged().exists()

    @cached_property
    def children(self) -> Mapping[int, list[int]]:
        found: dict[int, list[int]] = {}
        rows = Category.objects.of(self.store).exclude(parent=None)
        for pk, parent in rows.values_list("pk", "parent_id"):
            if parent is not None:
                found.setdefault(parent, []).append(pk)
        return found

    def with_below(self, categories: tuple[int, ...]) -> set[int]:
        """Shops put a product into its most specific category alone."""
        found: set[int] = set()
        left = list(categories)
        while left:
            one = left.pop()
            if one not in found:
                found.add(one)
                left += self.children.get(one, ())
        return found

    def person(self) -> Q:
        if not self.has_merged:
            return Q(customer=OuterRef("pk"))
        outer = OuterRef(OuterRef("pk"))
        rows = Customer.objects.of(self.store)
        same = rows.filter(Q(pk=outer) | Q(merged_into=outer))
        return Q(customer__in=same.values("pk"))

    def fitting(self, goods: Goods, path: str = "product") -> Q:
        """Rows whose `path` is such a product."""
        wanted = Q()
        if goods.products:
            wanted &= Q(**{f"{path}__in": goods.products})
        if goods.brands:
            wanted &= Q(**{f"{path}__brand__in": goods.brands})
        if goods.categories:
            # Through the table between, so that no row counts twice.
            below = self.with_below(goods.categories)
            link = Category.products.through._default_manager
            of_them = link.filter(
                category__in=sorted(below), category__store=self.store
            )
            wanted &= Q(**{f"{path}__in": of_them.values("product")})
        return wanted


Rows = Callable[[Asked, Goods], QuerySet[Any]]


@dataclass(frozen=True)
class Deed:
    """`rows` are those of the customer of the outer query; `moment` says when."""

    name: str
    label: str
    words: str
    rows: Rows
    moment: str
    takes_goods: bool = True


def interactions(kind: str) -> Rows:
    def rows(asked: Asked, goods: Goods) -> QuerySet[Any]:
        found = Interaction.objects.of(asked.store).filter(asked.person(), type=kind)
        return found.filter(asked.fitting(goods)) if goods else found

    return rows


def visits(asked: Asked, goods: Goods) -> QuerySet[Any]:
    return Session.objects.of(asked.store).of_people().filter(asked.person())


def orders(asked: Asked, goods: Goods) -> QuerySet[Any]:
    found = Order.objects.of(asked.store).earning().filter(customer=OuterRef("pk"))
    if not goods:
        return found
    lines = OrderLine.objects.of(asked.store).filter(order=OuterRef("pk"))
    return found.filter(Exists(lines.filter(asked.fitting(goods))))


def returns(asked: Asked, goods: Goods) -> QuerySet[Any]:
    """Money given back for nothing sent back is no return."""
    found = Refund.objects.of(asked.store).live()
    lines = RefundLine.objects.of(asked.store).filter(
        refund=OuterRef("pk"), quantity__gt=0
    )
    if goods:
        lines = lines.filter(asked.fitting(goods, "order_line__product"))
    return found.filter(Exists(lines), order__customer=OuterRef("pk"))


def accounts(asked: Asked, goods: Goods) -> QuerySet[Any]:
    rows = Customer.objects.of(asked.store)
    return rows.filter(pk=OuterRef("pk"), is_guest=False)


DEEDS: Mapping[str, Deed] = {
    deed.name: deed
    for deed in (
        Deed("bought", "bought", "Orders that are paid or on the way to it", orders, "placed_at"),
        Deed("returned", "sent something back", "Refunds with pieces", returns, "refunded_at"),
        Deed("viewed", "viewed a product", "Views of product pages", interactions("product_view"), "at"),
        Deed("carted", "put something in the cart", "Products put in the cart", interactions("add_to_cart"), "at"),
        Deed("uncarted", "took something out of the cart", "Products taken out", interactions("remove_from_cart"), "at"),
        Deed("wished", "wished for something", "Products put on the wish list", interactions("wishlist"), "at"),
        Deed("reviewed", "reviewed a product", "Reviews written", interactions("review"), "at"),
        Deed("clicked", "clicked a recommended product", "Picks clicked", interactions("recommendation_clicked"), "at"),
        Deed("visited", "visited the shop", "Visits, robots left out", visits, "started_at", takes_goods=False),
        Deed("registered", "opened an account", "Accounts opened", accounts, "source_created_at", takes_goods=False),
    )
}  # fmt: skip
