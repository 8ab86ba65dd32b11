from __future__ import annotations

import pytest

from apps.features.services.frame import frame
from tests.conftest import NOW

pytestmark = pytest.mark.django_db


def test_it_tells_what_someone_did_with_a_product(shop, ada):
    dress = shop.product()
    shop.price(dress, "40", days=100)
    shop.price(dress, "30", days=2)
    for days in (50, 12):
        shop.touch("product_view", dress, days=days, customer=ada, price=40)
    shop.touch("add_to_cart", dress, days=11, customer=ada)
    order = shop.order(ada, (dress, 2, "80"), days=11)
    shop.refund(order, "40", (order.lines.get(), 1, "40"))
    row = shop.numbers("pair", customer=ada.pk, product=dress.pk)
    assert (row["views"], row["views_30"], row["carts"]) == (2, 1, 1)
    assert (row["view_days"], row["cart_days"], row["bought_days"]) == (12, 11, 11)
    assert (row["price_seen"], row["price_change"]) == (40.0, -0.25)
    assert (row["orders"], row["units"], row["returned_units"]) == (1, 1, 1)


def test_it_asks_for_the_size_that_they_keep(shop, ada, cleo):
    tops = shop.category("Tops")
    shirt = shop.product("Shirt", tops, sizes=("M",))
    dress = shop.product("Dress", tops, sizes=("S", "M"))
    scarf = shop.product("Scarf", tops, sizes=("",))
    shop.order(ada, (shirt, 2, "40"))
    for product in (dress, scarf):
        shop.touch("product_view", product, days=1, customer=ada)
        shop.touch("product_view", product, days=1, customer=cleo)
    small, medium = dress.variants.order_by("pk")
    shop.stock(small, 9, days=20)
    shop.stock(medium, 0, days=20)
    shop.stock(scarf.variants.get(), 5, days=20)
    rows = frame(shop.store, "pair", NOW)
    fits = {(r["customer"], r["product"]): r["has_size"] for r in rows.to_dicts()}
    assert fits[ada.pk, dress.pk] is False
    assert fits[ada.pk, scarf.pk] is None
    assert fits[cleo.pk, dress.pk] is None
    shop.stock(medium, 1, days=3)
    row = shop.numbers("pair", customer=ada.pk, product=dress.pk)
    assert row["has_size"] is True
