"""Sell from our own shop pages: never more than there is, each cent accounted for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F

from apps.accounts.models import Store
from apps.core.errors import ConflictError, InvalidInputError
from apps.core.money import round_money
from apps.shop.models import (
    Address,
    Customer,
    Order,
    OrderLine,
    Product,
    StockStatus,
    Variant,
)
from apps.shop.services import coupons
from apps.shop.services.recount import recount
from apps.shop.services.stock import follow_variants, note_stock

MOST_PIECES = 1_000
SOLD = "sold"


def place(
    store: Store,
    *,
    customer: Customer,
    lines: Sequence[tuple[Variant, int]],
    at: datetime,
    coupon_code: str = "",
    shipping_address: Address | None = None,
) -> Order:
    """Place an order at the prices of now: all of it, or none and nothing is changed."""
    pieces = add_up(lines)
    with transaction.atomic():
        taken = [take(store, pk, quantity, at) for pk, quantity in pieces.items()]
        rows = [as_line(variant, pieces[variant.pk]) for variant in taken]
        subtotal = sum((row.subtotal for row in rows), Decimal(0))
        currency = taken[0].product.currency
        codes, off = [], Decimal(0)
        if coupon_code.strip():
            coupon = coupons.redeem(
                store, coupon_code, customer, subtotal=subtotal, at=at
            )
            off = coupons.discount(coupon, rows, currency)
            codes = [coupon.code]
        order = Order(
            store=store,
            customer=customer,
            shipping_address=shipping_address,
            status=Order.Status.PROCESSING,
            currency=currency,
            total=subtotal - off,
            discount_total=off,
            coupon_codes=codes,
            created_via="luxebrain",
            placed_at=at,
            paid_at=at,
        )
        write(order, rows)
        recount(customer)
    return order


def add_up(lines: Sequence[tuple[Variant, int]]) -> dict[int, int]:
    """Pieces by variant, in the order of ids: two buyers never wait for each other."""
    pieces: dict[int, int] = {}
    for variant, quantity in sorted(lines, key=lambda line: line[0].pk):
        if quantity < 1:
            raise InvalidInputError("Order at least one piece.")
        pieces[variant.pk] = pieces.get(variant.pk, 0) + quantity
    if not pieces:
        raise InvalidInputError("An order needs at least one line.")
    if max(pieces.values()) > MOST_PIECES:
        raise InvalidInputError(f"Order at most {MOST_PIECES} pieces of one product.")
    return pieces


def take(store: Store, variant_id: int, quantity: int, at: datetime) -> Variant:
    """Take pieces off the shelf. Of two buyers of the last one, one is refused."""
    shown = Variant.objects.of(store).live().filter(pk=variant_id)
    shown = shown.filter(product__in=Product.objects.of(store).visible(at))
    counted = shown.filter(manages_stock=True, stock_quantity__gte=quantity)
    is_taken = counted.update(
        stock_quantity=F("stock_quantity") - quantity, updated_at=at
    )
    variant = shown.select_related("product").first()
    if variant is None:
        raise ConflictError("This product is no longer sold.")
    if is_taken:
        if variant.stock_quantity == 0:
            variant.stock_status = StockStatus.OUT_OF_STOCK
            variant.save(update_fields=["stock_status"])
            follow_variants(variant)
        note_stock(variant, at, SOLD)
    elif variant.pieces_left is not None:
        raise ConflictError(refusal(variant, variant.pieces_left))
    return variant


def refusal(variant: Variant, left: int) -> str:
    name = f"{variant.product.name} ({variant})"
    return f"Only {left} left of {name}." if left else f"{name} is sold out."


def as_line(variant: Variant, quantity: int) -> OrderLine:
    product, price = variant.product, variant.selling_price
    if price is None or price < 0:
        raise ConflictError("This product has no price.")
    subtotal = round_money(price, product.currency) * quantity
    return OrderLine(
        store=variant.store,
        product=product,
        variant=variant,
        name=product.name,
        sku=variant.sku or product.sku,
        quantity=quantity,
        subtotal=subtotal,
        total=subtotal,
        unit_cost=product.cost if variant.cost is None else variant.cost,
    )


def write(order: Order, lines: Sequence[OrderLine]) -> None:
    order.save()
    order.number = str(order.pk)
    order.save(update_fields=["number"])
    for line in lines:
        line.order = order
    OrderLine.objects.bulk_create(lines)
