"""Products from a file: what becomes of each row."""

from __future__ import annotations

from decimal import Decimal

from apps.shop.models import Category, PriceChange, Product, StockChange, Variant
from tests.sync.files.conftest import problems, take

SIMPLE = "id,name,price,stock_quantity,size,color\n7,Silk scarf,14.50,3,One size,Rose\n"
DRESS = (
    "id,name,categories,variant_id,size,color,variant_price,variant_stock_quantity\n"
    "8,Linen dress,Women > Dresses | New in,81,S,Sand,59.90,0\n"
    "8,Linen dress,Women > Dresses | New in,82,M,Sand,49.90,-2\n"
)


def test_it_makes_a_product_without_choices_its_own_variant(atelier):
    row = take(atelier, "products", SIMPLE)
    variant = Variant.objects.of(atelier).get()
    assert row.counts == {"created": 1}
    assert (variant.woo_id, variant.product.woo_id, variant.product.kind) == (
        7,
        7,
        "simple",
    )
    assert (variant.price, variant.stock_quantity) == (Decimal("14.5"), 3)
    assert (variant.size, variant.color, variant.manages_stock) == (
        "One size",
        "Rose",
        True,
    )
    assert variant.product.slug == "silk-scarf"
    assert variant.product.currency == "EUR"


def test_it_puts_the_variants_of_a_product_together(atelier):
    row = take(atelier, "products", DRESS)
    product = Product.objects.of(atelier).get()
    variants = Variant.objects.of(atelier).order_by("woo_id")
    assert row.counts == {"created": 1}
    assert (product.kind, product.price, product.stock_status) == (
        "variable",
        Decimal("49.9"),
        "instock",
    )
    assert [(v.woo_id, v.size, v.stock_quantity, v.stock_status) for v in variants] == [
        (81, "S", 0, "outofstock"), (82, "M", -2, "onbackorder"),
    ]  # fmt: skip


def test_it_makes_categories_of_their_names(atelier):
    take(atelier, "products", DRESS)
    linked = Product.objects.of(atelier).get().categories.order_by("name")
    found = [(c.name, c.parent and c.parent.name) for c in linked]
    assert found == [("Dresses", "Women"), ("New in", None)]
    assert Category.objects.of(atelier).count() == 3


def test_it_notes_prices_and_stock_in_the_history(atelier):
    take(atelier, "products", SIMPLE)
    assert PriceChange.objects.of(atelier).count() == 2
    assert [c.quantity for c in StockChange.objects.of(atelier)] == [3]


def test_it_leaves_everything_as_it_is_the_second_time(atelier):
    for text in (SIMPLE, DRESS):
        take(atelier, "products", text)
        assert take(atelier, "products", text).counts == {"unchanged": 1}
    assert PriceChange.objects.of(atelier).count() == 5
    assert Category.objects.of(atelier).count() == 3


def test_it_changes_only_what_the_file_speaks_of(atelier):
    take(atelier, "products", SIMPLE)
    row = take(atelier, "products", "id,name\n7,Silk shawl\n")
    product = Product.objects.of(atelier).get()
    assert row.counts == {"updated": 1}
    assert (product.name, product.price, product.slug) == (
        "Silk shawl",
        Decimal("14.5"),
        "silk-scarf",
    )
    assert Variant.objects.of(atelier).get().size == "One size"


def test_it_makes_no_variant_of_its_own_for_a_product_with_variants(atelier):
    take(atelier, "products", DRESS)
    take(atelier, "products", "id,name\n8,Dress\n")
    assert Variant.objects.of(atelier).count() == 2


def test_it_refuses_a_bad_variant_and_takes_the_others(atelier):
    row = take(atelier, "products", DRESS.replace(",49.90,", ",forty,"))
    assert row.counts == {"created": 1, "refused": 1}
    assert problems(row) == [(3, "variant_price", "“forty” is no amount.")]
    assert Variant.objects.of(atelier).get().woo_id == 81


def test_it_lets_the_last_of_two_equal_ids_count_and_says_so(atelier):
    text = "id,name,price\n7,First,10\n8,Other,11\n7,Last,12\n"
    row = take(atelier, "products", text)
    assert row.counts == {"created": 2, "refused": 1}
    assert problems(row) == [
        (2, "id", "The same comes again in line 4, and that one counts.")
    ]
    assert Product.objects.of(atelier).get(woo_id=7).name == "Last"
    assert take(atelier, "products", text).counts == {"unchanged": 2, "refused": 1}


def test_it_says_where_what_is_known_is_newer(atelier):
    head = "id,name,modified_at\n"
    take(atelier, "products", head + "7,New,2026-05-02T00:00:00Z\n")
    row = take(atelier, "products", head + "7,Old,2026-05-01T00:00:00Z\n")
    assert row.counts == {"older": 1}
    assert Product.objects.of(atelier).get().name == "New"


def test_it_keeps_pictures_in_their_order_and_drops_those_not_listed(atelier):
    head = "id,name,image_urls\n"
    take(
        atelier,
        "products",
        head + "7,Scarf,https://a.example/1.jpg | https://a.example/2.jpg\n",
    )
    row = take(atelier, "products", head + "7,Scarf,https://a.example/2.jpg\n")
    product = Product.objects.of(atelier).get()
    assert row.counts == {"updated": 1}
    assert [(i.url, i.position) for i in product.images.filter(deleted_at=None)] == [
        ("https://a.example/2.jpg", 0)
    ]
