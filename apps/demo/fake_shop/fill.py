"""A believable big shop, fast: rows straight into the tables, the same for a seed."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from apps.demo.fake_shop.orders import SOLD, TAKES_STOCK, Wanted
from apps.demo.fake_shop.rows import Address, Customer, Order

if TYPE_CHECKING:
    from apps.demo.fake_shop.shop import FakeShop

CUTS = ("Wrap", "Slip", "Shirt", "Midi", "Pleated", "Linen", "Silk", "Denim", "Wool")
GOODS = (
    "Dress",
    "Blouse",
    "Skirt",
    "Coat",
    "Trousers",
    "Cardigan",
    "Jumpsuit",
    "Scarf",
)
FIRST = ("Ada", "Ben", "Cleo", "Dov", "Eva", "Finn", "Grete", "Hana", "Íris", "Jón")
LAST = ("Lopez", "Carter", "O'Brien", "Müller", "Okafor", "Sato", "Novák", "Haddad")
PLACES = (
    ("San Francisco", "CA", "94103", "US"), ("New York", "NY", "10001", "US"),
    ("Austin", "TX", "73301", "US"), ("Berlin", "DE-BE", "10115", "DE"),
    ("London", "", "SW1A 1AA", "GB"),
)  # fmt: skip
COLORS = ("Black", "Ivory", "Red", "Navy", "Olive", "Camel")
SIZES = ("XS", "S", "M", "L", "XL")
# Shares of a fashion shop's orders, in percent.
STATUSES = (
    ("completed", 78), ("processing", 7), ("cancelled", 5), ("refunded", 3),
    ("failed", 3), ("on-hold", 2), ("pending", 1), ("checkout-draft", 1),
)  # fmt: skip
FATES = [status for status, share in STATUSES for _ in range(share)]
SOURCES = ("(direct)", "google", "newsletter", "instagram", "")
DAY = 86_400


@contextmanager
def in_history(shop: FakeShop) -> Iterator[None]:
    """Collecting garbage among rows that all stay took a third of the time."""
    clock = shop.clock
    gc.disable()
    try:
        yield
    finally:
        shop.clock = clock
        gc.enable()


def fill(
    shop: FakeShop, *, products: int, variations_per_product: int, customers: int,
    orders: int, years: float,
) -> None:  # fmt: skip
    """Ids rise with time, as in a real shop: goods first, then orders day by day."""
    draw = Random(shop.seed)  # noqa: S311 repeatable on purpose
    end = shop.moment()
    start = end - int(years * 365 * DAY)
    with shop.lock, in_history(shop):
        add_goods(shop, draw, products, variations_per_product, start)
        people = add_people(shop, draw, customers, start, end)
        wanted = choices(shop)
        step = (end - start - DAY) / max(orders, 1)
        for at in range(orders):
            moment = start + DAY + int(at * step)
            set_clock(shop, moment)
            add_order(shop, draw, people, wanted, end)
        shop.orders.version += 1


def set_clock(shop: FakeShop, moment: int) -> None:
    then = datetime.fromtimestamp(moment, UTC)
    shop.clock = lambda: then


def add_goods(
    shop: FakeShop, draw: Random, products: int, variations: int, start: int
) -> None:
    set_clock(shop, start)
    shelves = [shop.add_category(name) for name in GOODS] if products else []
    tags = (
        [shop.add_tag(name) for name in ("New", "Bestseller", "Sale")]
        if products
        else []
    )
    if products:
        shop.add_attribute("Color", list(COLORS))
        shop.add_attribute("Size", list(SIZES))
        shop.add_coupon("welcome10", "10")
        shop.add_coupon("fiveoff", "5", "fixed_cart")
    then = datetime.fromtimestamp(start, UTC)
    for at in range(products):
        now = then + timedelta(seconds=at * 7)
        shop.clock = lambda now=now: now  # type: ignore[misc]
        kind = at % len(GOODS)
        price = f"{draw.randrange(18, 240)}.{draw.choice(('00', '90', '95'))}"
        sale = f"{float(price) * 0.8:.2f}" if draw.random() < 0.15 else ""
        is_variable = variations > 0 and draw.random() < 0.8
        number = shop.add_product(
            name=f"{CUTS[at // len(GOODS) % len(CUTS)]} {GOODS[kind]} {at + 1}",
            type="variable" if is_variable else "simple", sku=f"LX-{at + 1:05d}",
            categories=[shelves[kind]], tags=[draw.choice(tags)], images=1 + at % 3,
            description=f"<p>Made to be worn. Style {at + 1}.</p>\n",
            regular_price=price, sale_price=sale,
            stock=None if is_variable else draw.randrange(0, 200),
        )  # fmt: skip
        if is_variable:
            add_variations(shop, draw, number, variations, price, sale)


def add_variations(
    shop: FakeShop, draw: Random, parent: int, count: int, price: str, sale: str
) -> None:
    sku = shop.products[parent].sku
    for at in range(count):
        color = COLORS[(parent + at // len(SIZES)) % len(COLORS)]
        shop.add_variation(
            parent, attributes={"Color": color, "Size": SIZES[at % len(SIZES)]},
            regular_price=price, sale_price=sale, sku=f"{sku}-{at + 1}",
            stock=draw.randrange(0, 60),
        )  # fmt: skip


def add_people(
    shop: FakeShop, draw: Random, count: int, start: int, end: int
) -> list[Customer]:
    """Straight rows: the check for a used e-mail would walk them all each time."""
    made = []
    for at in range(count):
        first, last = draw.choice(FIRST), draw.choice(LAST)
        email = f"{first}.{last}{at}@example.test".lower().replace("'", "")
        city, state, postcode, country = draw.choice(PLACES)
        home: Address = (first, last, "", f"{at % 90 + 1} Mission St", "", city, state,
                         postcode, country, email, "555-0110")  # fmt: skip
        moment = start + int((end - start) * at / count)
        row = Customer(
            shop.next_id("user"), email, first, last, f"{email.split('@')[0]}", moment,
            moment, billing=home, shipping=(*home[:9], "", home[10]),
        )  # fmt: skip
        made.append(shop.customers.add(row))
    return made


def choices(shop: FakeShop) -> list[tuple[int, int]]:
    """(product, variation or 0) of all that can be bought."""
    simple = [(row.id, 0) for row in shop.products if row.type == "simple"]
    return simple + [(row.parent, row.id) for row in shop.variations]


def add_order(
    shop: FakeShop, draw: Random, people: list[Customer],
    wanted: list[tuple[int, int]], end: int,
) -> None:  # fmt: skip
    lines: list[Wanted] = [
        (*wanted[int(draw.random() ** 2 * len(wanted))], draw.choice((1, 1, 1, 2)))
        for _ in range(draw.choice((1, 1, 2, 2, 3, 4)))
    ]
    is_guest = not people or draw.random() < 0.35
    person = draw.choice(people) if people else None
    details: dict[str, Any] = {
        "coupons": ["welcome10"] if draw.random() < 0.1 else [],
        "method": draw.choice(("bacs", "cod")), "source": draw.choice(SOURCES),
    }  # fmt: skip
    if is_guest:
        first, last = draw.choice(FIRST), draw.choice(LAST)
        city, state, postcode, country = draw.choice(PLACES)
        # One guest in four is a customer who did not sign in.
        email = person.email.title() if person and draw.random() < 0.25 else f"guest{shop.last['post']}@example.test"  # fmt: skip
        details["billing"] = {
            "first_name": first, "last_name": last, "address_1": "3 Elm St", "city": city,
            "state": state, "postcode": postcode, "country": country, "email": email,
        }  # fmt: skip
    order = shop.draw_up(lines, 0 if is_guest or not person else person.id, "", details)
    order.id = shop.next_id("post")
    settle(shop, draw, order, end)
    shop.orders.add(order)
    if (order.status in ("completed", "refunded") and draw.random() < 0.04) or order.status == "refunded":  # fmt: skip
        give_back(shop, draw, order)


def settle(shop: FakeShop, draw: Random, order: Order, end: int) -> None:
    """A past order: the stock of today knows of it already, and nobody is told."""
    order.status = draw.choice(FATES)
    later = min(order.created + draw.randrange(60, 5 * DAY), end)
    order.modified = later
    if order.status in SOLD or order.status == "refunded":
        order.paid = order.created
    if order.status == "completed":
        order.completed = later
    order.is_reduced = order.status in TAKES_STOCK
    for line in order.lines:
        row = shop.product(line.variation or line.product)
        if row is not None and order.is_reduced:
            line.reduced = line.quantity if row.is_managed else 0
            (shop.products.get(row.parent) or row).total_sales += line.quantity
    customer = shop.customers.get(order.customer)
    if customer is not None and order.status == "completed":
        customer.is_paying = True


def give_back(shop: FakeShop, draw: Random, order: Order) -> None:
    if order.status == "refunded":
        lines = tuple(shop.returned(order, one.id, one.quantity, one.total / 1_000_000) for one in order.lines)  # fmt: skip
        shop.book(order, shop.left_of(order), "Returned", lines)
    else:
        line = order.lines[0]
        part = shop.returned(order, line.id, 1, f"{line.total / line.quantity / 1_000_000:.2f}")  # fmt: skip
        size = -(part.total + sum(tax[1] for tax in part.taxes))
        if 0 < size <= shop.left_of(order):
            shop.book(order, size, "Too small", (part,))
