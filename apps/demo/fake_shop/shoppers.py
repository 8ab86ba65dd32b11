"""Life in the fake shop: now and then somebody buys, and somebody in the shop works."""

from __future__ import annotations

from random import Random

from apps.demo.fake_shop.errors import RestError
from apps.demo.fake_shop.rows import Order
from apps.demo.fake_shop.shop import FakeShop

NEXT = {"pending": "processing", "on-hold": "processing", "processing": "completed"}


class Shoppers:
    def __init__(self, shop: FakeShop, seed: int = 1) -> None:
        self.shop = shop
        self.random = Random(seed)  # noqa: S311 a believable day, not a secret

    def act(self) -> str:
        """One small thing; the sentence says what was done."""
        acts = (self.buy, self.buy, self.buy, self.move_on, self.restock, self.reprice)
        try:
            return self.random.choice(acts)()
        except RestError as error:
            return error.message

    def buy(self) -> str:
        shop = self.shop
        wanted = [
            row for row in shop.variations if row.stock and row.status == "publish"
        ]
        simple = [row for row in shop.products if row.type == "simple" and row.price]
        chosen = self.random.choices(wanted or simple, k=self.random.choice((1, 1, 2)))
        lines = [
            (row.parent or row.id, row.id if row.parent else 0, 1) for row in chosen
        ]
        buyer = self.random.choice(shop.customers.ids)
        number = shop.open_checkout(lines, 0 if buyer == 1 else buyer, "visitor@example.test" if buyer == 1 else "")  # fmt: skip
        shop.finish_checkout(number)
        return f"Order {number} was placed: {shop.total(number)} {shop.currency}."

    def move_on(self) -> str:
        order = self.recent()
        if order is None:
            return self.buy()
        if order.status == "completed":
            line = order.lines[0]
            amount = f"{line.total / 1_000_000 / line.quantity:.2f}"
            self.shop.refund(
                order.id, lines=[(line.id, 1, amount)], reason="Does not fit"
            )
            return f"One piece of order {order.id} came back."
        self.shop.set_order_status(order.id, NEXT[order.status])
        return f"Order {order.id} is {order.status} now."

    def recent(self) -> Order | None:
        last = [self.shop.orders[pk] for pk in self.shop.orders.ids[-50:]]
        fit = [one for one in last if one.status in NEXT or (one.status == "completed" and not one.refunds)]  # fmt: skip
        return self.random.choice(fit) if fit else None

    def restock(self) -> str:
        row = self.random.choice(list(self.shop.variations) or list(self.shop.products))
        stock = (row.stock or 0) + self.random.randrange(5, 30)
        self.shop.edit_product(row.id, manage_stock=True, stock_quantity=stock)
        return f"{row.name}: {stock} pieces now."

    def reprice(self) -> str:
        priced = [
            row for row in (*self.shop.variations, *self.shop.products) if row.regular
        ]
        row = self.random.choice(priced)
        sale = "" if row.sale else f"{float(row.regular) * 0.8:.2f}"
        self.shop.edit_product(row.id, sale_price=sale)
        return f"{row.name} costs {row.price} now."
