"""The demo simulator's world as a WooCommerce: the same goods, people and orders."""

from __future__ import annotations

import numpy as np

from apps.demo.fake_shop import till
from apps.demo.fake_shop.fill import in_history, set_clock
from apps.demo.fake_shop.moments import seconds
from apps.demo.fake_shop.money import CENT, text
from apps.demo.fake_shop.rows import Line, Order, Voucher
from apps.demo.fake_shop.shop import FakeShop
from apps.demo.simulator import orders as books_of
from apps.demo.simulator.assortment import KINDS
from apps.demo.simulator.palette import PALETTE
from apps.demo.simulator.places import CHANNELS, PLACES
from apps.demo.simulator.world import World

SOLD_OUT_STATUSES = (books_of.PENDING, books_of.CANCELLED, books_of.FAILED)


def pour(shop: FakeShop, world: World) -> None:
    """Ids rise with time: goods, coupons, then people and orders as they came."""
    with shop.lock, in_history(shop):
        set_clock(shop, seconds(world.plan.midnight))
        variants = pour_goods(shop, world)
        for code, percent in books_of.COUPON_LIST:
            shop.add_coupon(code, str(percent))
        people = pour_people(shop, world)
        pour_orders(shop, world, variants, people)


def pour_goods(shop: FakeShop, world: World) -> list[int]:
    """Variation ids by the simulator's variant numbers."""
    goods, today = world.catalogue, world.plan.days - 1
    parents = {
        name: shop.add_category(name) for name in dict.fromkeys(k.parent for k in KINDS)
    }
    shelves = [shop.add_category(kind.name, parents[kind.parent]) for kind in KINDS]
    shop.add_attribute("Color", [shade.name for shade in PALETTE])
    shop.add_attribute(
        "Size", sorted({size for look in goods.looks for size in look.sizes})
    )
    products = [
        shop.add_product(
            name=look.name, type="variable", sku=look.sku, slug=look.slug,
            categories=[shelves[goods.category[number]]], images=2,
            description=f"<p>{look.description}</p>\n", short_description=look.short,
        )
        for number, look in enumerate(goods.looks)
    ]  # fmt: skip
    made = []
    for number, product in enumerate(goods.variant_product):
        look = goods.looks[product]
        color = int(goods.variant_color[number])
        size = look.sizes[goods.variant_size[number]]
        regular = int(world.prices.regular[product, today]) * CENT
        price = int(world.prices.price[product, today]) * CENT
        made.append(shop.add_variation(
            products[product], attributes={"Color": PALETTE[color].name, "Size": size},
            regular_price=text(regular), sale_price=text(price) if price < regular else "",
            stock=int(world.shelves.final[number]), sku=f"{look.sku}-{color}-{size}",
        ))  # fmt: skip
    return made


def pour_people(shop: FakeShop, world: World) -> list[tuple[int, dict[str, str]]]:
    """(customer id or 0 for a guest, address) by the simulator's numbers."""
    people, made = world.people, []
    for number, (first, last, email) in enumerate(people.names):
        home = PLACES[people.place[number]]
        city, region, postcode = home.cities[people.city[number] % len(home.cities)]
        where = {
            "first_name": first, "last_name": last, "city": city, "state": region,
            "postcode": f"{postcode}{number % 1000:03d}", "country": home.country,
            "address_1": f"{number % 90 + 1} Main Street", "email": email,
        }  # fmt: skip
        id_ = 0
        if not people.is_guest[number]:
            names = {"first_name": first, "last_name": last}
            id_ = shop.add_customer(email, **names, billing=where, shipping=where)
        made.append((id_, where))
    return made


def pour_orders(
    shop: FakeShop, world: World, variants: list[int],
    people: list[tuple[int, dict[str, str]]],
) -> None:  # fmt: skip
    books = world.books
    first = np.searchsorted(books.line_order, np.arange(len(books.wish) + 1))
    refunds = {int(order): at for at, order in enumerate(books.refund_order)}
    for number in np.argsort(books.second, kind="stable"):
        moment = seconds(world.plan.at(int(books.second[number])))
        set_clock(shop, moment)
        customer, where = people[books.customer[number]]
        wanted = [
            (shop.variations[variants[books.line_variant[at]]].parent,
             variants[books.line_variant[at]], int(books.line_quantity[at]))
            for at in range(first[number], first[number + 1])
        ]  # fmt: skip
        order = shop.draw_up(wanted, customer, "", {
            "billing": where, "shipping": where,
            "carriage": text(int(books.shipping[number]) * CENT),
            "method": books_of.PAYMENTS[books.payment[number]],
            "source": CHANNELS[world.people.channel[books.customer[number]]],
        })  # fmt: skip
        reprice(shop, world, order, int(number), int(first[number]))
        order.id = shop.next_id("post")
        date_order(order, int(books.status[number]), moment, int(number))
        shop.orders.add(order)
        if int(number) in refunds:
            give_back(shop, world, order, int(number), refunds[int(number)])


def reprice(
    shop: FakeShop, world: World, order: Order, number: int, first: int
) -> None:
    """What was paid then, not what the goods cost today."""
    books = world.books
    place = (order.shipping[8], order.shipping[6])
    for at, line in enumerate(order.lines, first):
        line.subtotal = int(books.line_subtotal[at]) * CENT
        line.total = int(books.line_total[at]) * CENT
        till.tax_line(line, place)
    coupon = int(books.coupon[number])
    saved = sum(line.subtotal - line.total for line in order.lines)
    if coupon >= 0 and saved:
        row = shop.coupon_of(books_of.COUPON_LIST[coupon][0])
        if row is not None:
            row.usage_count += 1
            order.vouchers = (Voucher(shop.next_id("item"), row.id, row.code,
                                      row.discount_type, row.amount, saved, 0),)  # fmt: skip


def date_order(order: Order, status: int, moment: int, number: int) -> None:
    order.status = books_of.STATUSES[status]
    if status not in SOLD_OUT_STATUSES:
        order.paid = order.modified = moment + 90
        order.is_reduced = True
        for line in order.lines:
            line.reduced = line.quantity
    if status in (books_of.DONE, books_of.REFUNDED):
        order.completed = order.modified = moment + 3600 * (28 + number % 60)


def give_back(shop: FakeShop, world: World, order: Order, number: int, at: int) -> None:
    books = world.books
    moment = seconds(world.plan.at(int(books.refund_second[at])))
    set_clock(shop, moment)
    start = int(np.searchsorted(books.line_order, number))
    lines: list[Line] = [
        shop.returned(order, line.id, line.quantity, text(line.total))
        for place, line in enumerate(order.lines, start)
        if books.refund_line[place] == at
    ]
    asked = -sum(line.total - sum(-tax[1] for tax in line.taxes) for line in lines)
    size = min(asked or int(books.refund_amount[at]) * CENT, shop.left_of(order))
    if size > 0:
        shop.book(order, size, books_of.REASONS[books.refund_reason[at]], tuple(lines))
        order.modified = max(order.modified, moment)
