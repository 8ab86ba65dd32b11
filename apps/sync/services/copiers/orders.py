"""Orders with their lines and buyers, and refunds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from apps.accounts.models import Store
from apps.shop.models import (
    Customer,
    CustomerMerge,
    Order,
    OrderLine,
    Product,
    Refund,
    RefundLine,
    Variant,
)
from apps.shop.models.source import SourceQuerySet
from apps.shop.services import addresses, forgotten, guests, refunds
from apps.shop.services.record_orders import OrderCopy, record_many
from apps.shop.services.remove import remove
from apps.shop.services.upsert import Outcome, cleaned
from apps.sync.services.copiers.base import Copier, Copy
from apps.sync.woo.things import Line, ParsedOrder, ParsedRefund


@dataclass(frozen=True)
class Sold:
    """Rows that lines of a page point at, by the shop's ids."""

    products: dict[int, Product]
    variants: dict[int, Variant]

    def values(self, line: Line) -> dict[str, Any]:
        """A product without choices has one variant, under the product's own id."""
        variant = self.variants.get(line.variation_id or line.product_id)
        product = self.products.get(line.product_id)
        if product is None and variant is not None:
            product = variant.product
        return {**line.values, "product": product, "variant": variant}


def sold(store: Store, things: Sequence[ParsedOrder]) -> Sold:
    lines = [line for thing in things for line in thing.lines]
    products = Product.objects.of(store).filter(
        woo_id__in={line.product_id for line in lines}
    )
    variants = Variant.objects.of(store).filter(
        woo_id__in={line.variation_id or line.product_id for line in lines}
    )
    variants = variants.select_related("product")
    return Sold(
        {cast("int", row.woo_id): row for row in products},
        {cast("int", row.woo_id): row for row in variants},
    )


@dataclass(frozen=True)
class Buyers:
    registered: dict[int, Customer]
    by_email: dict[str, Customer]
    parted: dict[tuple[int, int], Customer]
    past: forgotten.Past

    def of(self, thing: ParsedOrder) -> Customer | None:
        """A registered customer by id, else whoever has the address.

        Unless a merchant has said that this order was somebody else's, or the person
        was erased since.
        """
        person = thing.person
        if person is None:
            return None
        if (nobody := self.forgotten(thing)) is not None:
            return nobody
        found = self.registered.get(person.customer_id) or self.by_email.get(
            person.email
        )
        return self.parted.get((thing.woo_id, found.pk), found) if found else None

    def forgotten(self, thing: ParsedOrder) -> Customer | None:
        return past_of(self.past, thing)

    def place(self, thing: ParsedOrder) -> dict[str, str]:
        """Of who was erased, no finer than the country."""
        assert thing.person is not None
        place = thing.person.place
        if self.forgotten(thing) is None:
            return place
        return {name: place[name] if name == "country" else "" for name in place}


def past_of(past: forgotten.Past, thing: ParsedOrder) -> Customer | None:
    if thing.person is None:
        return None
    who = (thing.person.customer_id, thing.person.email)
    return past.of(who, thing.values["placed_at"])


def buyers(store: Store, things: Sequence[ParsedOrder], *, may_meet: bool) -> Buyers:
    """`may_meet` makes rows for guests who are new; a comparison changes nothing."""
    people = [thing.person for thing in things if thing.person]
    past = forgotten.find(store, [(one.customer_id, one.email) for one in people])
    people = [
        thing.person for thing in things if thing.person and not past_of(past, thing)
    ]
    ids = {person.customer_id for person in people if person.customer_id}
    rows = Customer.objects.of(store).filter(woo_id__in=ids)
    registered = {
        cast("int", row.woo_id): row.merged_into or row
        for row in rows.select_related("merged_into")
    }
    unknown = {
        person.email: person.values
        for person in people
        if person.email and person.customer_id not in registered
    }
    found = (
        guests.meet(store, unknown) if may_meet else guests.known(store, set(unknown))
    )
    return Buyers(registered, found, parted(store, things), past)


def parted(
    store: Store, things: Sequence[ParsedOrder]
) -> dict[tuple[int, int], Customer]:
    """Whose an order stays, by its id and by whom it would go to: one whom a merchant
    parted from that person, though the address is now theirs."""
    undone = CustomerMerge.objects.of(store).exclude(reverted_at=None)
    pairs = set(undone.values_list("absorbed", "kept"))
    if not pairs:
        return {}
    rows = Order.objects.of(store).filter(
        woo_id__in=[thing.woo_id for thing in things],
        customer__in={absorbed for absorbed, _ in pairs},
    )
    return {
        (cast("int", row.woo_id), kept): cast("Customer", row.customer)
        for row in rows.select_related("customer")
        for absorbed, kept in pairs
        if absorbed == row.customer_id
    }


class OrderCopier(Copier[Order, ParsedOrder]):
    model = Order

    def live(self, store: Store) -> SourceQuerySet[Any]:
        return super().live(store).exclude(status__in=Order.NOT_PLACED)

    def prepare(
        self, store: Store, things: Sequence[ParsedOrder]
    ) -> list[Copy[ParsedOrder]]:
        goods = sold(store, things)
        who = buyers(store, things, may_meet=False)
        return [self.prepare_one(thing, goods, who) for thing in things]

    def prepare_one(
        self, thing: ParsedOrder, goods: Sold, who: Buyers
    ) -> Copy[ParsedOrder]:
        lines = [(line.woo_id, goods.values(line)) for line in thing.lines]
        buyer = who.of(thing)
        parts = {
            "lines": sorted(
                [woo_id, *cleaned(OrderLine, without_sku(said)).values()]
                for woo_id, said in lines
            ),
            "customer": buyer.pk if buyer else None,
        }
        values = self.clean(thing.values)
        return Copy(thing, values, parts, found=lines, currency=values["currency"])

    def write(
        self, store: Store, copy: Copy[ParsedOrder], seen_at: datetime | None
    ) -> Outcome:
        return self.write_many(store, [copy], seen_at)[copy.woo_id]

    def write_many(
        self,
        store: Store,
        copies: Sequence[Copy[ParsedOrder]],
        seen_at: datetime | None,
    ) -> dict[int, Outcome]:
        # An open checkout page is no reason to know somebody.
        placed = [c for c in copies if c.values["status"] not in Order.DRAFTS]
        things = [c.thing for c in placed]
        who = buyers(store, things, may_meet=True)
        places = addresses.find(
            store,
            [
                (row, who.place(each))
                for each in things
                if each.person and (row := who.of(each)) is not None
            ],
        )
        return record_many(
            store, [order_copy(copy, who, places) for copy in copies], seen_at
        )

    def with_parts(self, rows: SourceQuerySet[Any]) -> SourceQuerySet[Any]:
        return rows.prefetch_related("lines")

    def parts(self, row: Order) -> dict[str, Any]:
        names = ("name", "quantity", "subtotal", "total", "tax")
        return {
            "lines": sorted(
                [
                    line.woo_id,
                    *(getattr(line, name) for name in names),
                    line.product_id,
                    line.variant_id,
                ]
                for line in row.lines.all()
            ),
            "customer": row.customer_id,
        }

    def currency(self, row: Order) -> str:
        return row.currency


def without_sku(said: dict[str, Any]) -> dict[str, Any]:
    """The shop shows the product's number of today in each line; our copy keeps that of
    when the order was read, and neither is a fault."""
    return {name: value for name, value in said.items() if name != "sku"}


def order_copy(
    copy: Copy[ParsedOrder],
    who: Buyers,
    places: dict[tuple[int, addresses.Place], Any],
) -> OrderCopy:
    thing = copy.thing
    buyer = who.of(thing)
    where = None
    if buyer is not None and thing.person is not None:
        where = places.get((buyer.pk, addresses.place_of(who.place(thing))))
    values = {**thing.values, "customer": buyer, "shipping_address": where}
    moment = cast("datetime", thing.modified_at)
    return OrderCopy(thing.woo_id, moment, values, copy.found)


class RefundCopier(Copier[Refund, ParsedRefund]):
    model = Refund

    def live(self, store: Store) -> SourceQuerySet[Any]:
        """Refunds of an order in the bin are there too."""
        placed = super().live(store).filter(order__deleted_at=None)
        return placed.exclude(order__status__in=Order.NOT_PLACED)

    def prepare(
        self, store: Store, things: Sequence[ParsedRefund]
    ) -> list[Copy[ParsedRefund]]:
        ids = {thing.parent_id for thing in things}
        orders = {
            row.woo_id: row
            for row in Order.objects.of(store)
            .placed()
            .filter(woo_id__in=ids)
            .prefetch_related("lines")
        }
        return [
            self.prepare_one(thing, orders[thing.parent_id])
            for thing in things
            if thing.parent_id in orders
        ]

    def prepare_one(self, thing: ParsedRefund, order: Order) -> Copy[ParsedRefund]:
        known = {line.woo_id: line for line in order.lines.all()}
        lines = [
            (line.woo_id, {**line.values, "order_line": known.get(line.line_id)})
            for line in thing.lines
        ]
        parts = {
            "lines": sorted(
                [woo_id, *cleaned(RefundLine, said).values()] for woo_id, said in lines
            )
        }
        values = self.clean({**thing.values, "order": order})
        return Copy(thing, values, parts, found=(order, lines), currency=order.currency)

    def write(
        self, store: Store, copy: Copy[ParsedRefund], seen_at: datetime | None
    ) -> Outcome:
        order, lines = copy.found
        return refunds.record(order, copy.woo_id, copy.thing.values, lines, seen_at)[1]

    def with_parts(self, rows: SourceQuerySet[Any]) -> SourceQuerySet[Any]:
        return rows.select_related("order").prefetch_related("lines")

    def parts(self, row: Refund) -> dict[str, Any]:
        return {
            "lines": sorted(
                [line.woo_id, line.quantity, line.total, line.tax, line.order_line_id]
                for line in row.lines.all()
            )
        }

    def currency(self, row: Refund) -> str:
        return row.order.currency


def drop_refunds(
    store: Store, things: Sequence[ParsedOrder], seen_at: datetime | None
) -> set[int]:
    """Remove refunds that their orders no longer name: deleting one changes nothing
    else in the shop. Return the orders that name some which are not here."""
    wanted = {thing.woo_id: set(thing.refund_ids) for thing in things}
    at = {thing.woo_id: seen_at or thing.modified_at for thing in things}
    rows = Refund.objects.of(store).live().filter(order__woo_id__in=wanted)
    pairs = rows.exclude(woo_id=None).values_list("order__woo_id", "woo_id")
    for order_id, woo_id in cast("list[tuple[int, int]]", list(pairs)):
        if woo_id in wanted[order_id]:
            wanted[order_id].discard(woo_id)
        elif (moment := at[order_id]) is not None:
            remove(Refund, store, woo_id, moment)
    return {order_id for order_id, missing in wanted.items() if missing}
