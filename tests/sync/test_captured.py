"""Everything that a real store said gets into the copy, and says the same there."""

from __future__ import annotations

import json

import pytest

from apps.shop.models import Customer, Image, Order, OrderLine, Product, Variant
from apps.sync.services.copiers.base import differing
from apps.sync.services.kinds import KINDS
from tests.sync.captured import FOLDER, body

KIND_OF = {
    "categories": "categories",
    "tags": "tags",
    "attributes": "attributes",
    "product": "products",
    "products": "products",
    "customer": "customers",
    "customers": "customers",
    "coupons": "coupons",
    "order": "orders",
    "orders": "orders",
    "refunds_global": "refunds",
    "variations_global": "variations",
}
SHOP = (
    ("attributes", "attributes"),
    ("categories", "categories"),
    ("tags", "tags"),
    ("products_all", "products"),
    ("variations_global", "variations"),
    ("customers_role_all", "customers"),
    ("coupons", "coupons"),
    ("orders_page1", "orders"),
    ("orders_page2", "orders"),
    ("orders_page3", "orders"),
    ("refunds_global", "refunds"),
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(copy):
    for name, kind in SHOP:
        copy(kind, *body(f"rest/{name}"))


def things(name):
    """Whole things only: lists with `_fields` and reports are something else."""
    found = body(f"rest/{name}")
    found = found if isinstance(found, list) else [found]
    return [each for each in found if isinstance(each, dict) and "_links" in each]


def kind_of(path):
    name = path.stem
    for start in sorted(KIND_OF, key=len, reverse=True):
        if name == start or name.startswith(f"{start}_"):
            return KIND_OF[start]
    return None


RECORDED = [
    (path.stem, kind)
    for path in sorted((FOLDER / "rest").glob("*.json"))
    if (kind := kind_of(path))
    if not path.stem.endswith(("_refunds", "_notes", "_statuses"))
    and isinstance(json.loads(path.read_text()), dict)
    and "response" in json.loads(path.read_text())
]


@pytest.mark.parametrize(("name", "kind"), RECORDED)
def test_a_recorded_answer_is_copied_as_it_is(name, kind, shop, store, copy):
    known = KINDS[kind]
    found = [each for each in things(name) if each.get("type") != "variation"]
    copy(kind, *found)
    copies = known.copier.prepare(store, [known.read(each) for each in found])
    rows = known.copier.rows(store, [each.woo_id for each in copies])
    assert {
        each.woo_id: differing(known.copier, each, rows.get(each.woo_id))
        for each in copies
        if each.thing.is_live and each.essence.get("status") != "checkout-draft"
    } == {each["id"]: [] for each in found if each.get("status") != "trash"}


def test_a_second_copy_changes_nothing(shop, copy):
    tallies = [copy(kind, *body(f"rest/{name}")) for name, kind in SHOP]
    assert [tally.changed for tally in tallies] == [0] * len(SHOP)


def test_an_order_says_what_the_shop_says(shop, store):
    order = Order.objects.of(store).get(woo_id=100)
    assert (order.number, order.status, order.currency) == ("100", "completed", "USD")
    assert [str(order.total), str(order.tax_total)] == ["125.0700", "9.6800"]
    assert order.coupon_codes == ["welcome10", "fiveoff"]
    assert order.attribution == {"type": "utm", "source": "google"}
    assert order.customer.woo_id == 5
    lines = OrderLine.objects.of(store).filter(order=order).order_by("woo_id")
    assert [(line.sku, line.quantity, str(line.total)) for line in lines] == [
        ("woo-album", 2, "25.3300"),
        ("woo-single", 3, "2.9100"),
        ("woo-sunglasses", 1, "80.1600"),
    ]
    assert [line.product.woo_id for line in lines] == [24, 25, 19]


def test_a_line_that_names_its_variation_alone_is_of_its_product(shop, store, copy):
    """A line whose product was unknown to the shop when it was sold."""
    order = body("rest/order_variation_lines")
    lines = [
        {**line, "product_id": 0}
        for line in order["line_items"]
        if line["variation_id"]
    ]
    copy("orders", {**order, "id": 9_001, "line_items": lines})
    line = OrderLine.objects.of(store).get(order__woo_id=9_001)
    assert (line.variant.woo_id, line.product.woo_id) == (29, 13)


def test_a_variation_has_its_size_and_color(shop, store):
    variant = Variant.objects.of(store).get(woo_id=68)
    assert (variant.color, variant.size) == ("Red", "Large")
    assert [str(variant.price), str(variant.regular_price)] == ["79.9000", "99.0000"]
    assert (variant.product.woo_id, variant.stock_quantity) == (62, 18)


def test_a_simple_product_has_one_variant_with_its_stock(shop, store):
    product = Product.objects.of(store).get(woo_id=15)
    [variant] = Variant.objects.of(store).filter(product=product)
    assert (variant.woo_id, variant.stock_quantity, variant.color) == (15, 14, "Gray")


def test_pictures_come_in_their_order(shop, store):
    rows = Image.objects.of(store).filter(product__woo_id=13).order_by("position")
    assert [row.woo_id for row in rows][:2] == [40, 41]


def test_a_guest_is_a_customer_by_email(shop, store):
    order = Order.objects.of(store).get(woo_id=78)
    assert order.customer.is_guest
    assert order.customer.email == body("rest/order_guest")["billing"]["email"].lower()


def test_letters_of_the_world_stay_as_they_are(shop, store):
    said = body("rest/order_unicode_customer")["billing"]
    person = Order.objects.of(store).get(woo_id=77).customer
    assert person.first_name in (
        said["first_name"],
        Customer.objects.of(store).get(pk=person.pk).first_name,
    )
