from __future__ import annotations

import pytest

from apps.shop.models import Category
from tests.demo.window import hang, names, stock, text


@pytest.fixture
def rail(boutique):
    """Four dresses at 10, 20, 30 and 40; the last is sold out."""
    for number, (color, size) in enumerate(
        [("Black", "S"), ("Black", "M"), ("Red", "S"), ("Red", "M")], start=1
    ):
        product = hang(boutique, f"Dress {number}", price=10 * number)
        stock(product, color, size, left=0 if number == 4 else 2)
    return boutique


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("size=S", ["Dress 3", "Dress 1"]),
        ("color=Red", ["Dress 4", "Dress 3"]),
        ("size=S&color=Red", ["Dress 3"]),
        ("size=S&size=M", ["Dress 4", "Dress 3", "Dress 2", "Dress 1"]),
        ("low=20&high=30", ["Dress 3", "Dress 2"]),
        ("stock=1&color=Red", ["Dress 3"]),
        ("sale=1", []),
        ("sort=price", ["Dress 1", "Dress 2", "Dress 3", "Dress 4"]),
        ("sort=-price", ["Dress 4", "Dress 3", "Dress 2", "Dress 1"]),
        ("sort=name&high=20", ["Dress 1", "Dress 2"]),
    ],
)
def test_it_filters_and_sorts(client, rail, query, found):
    assert names(client.get(f"/demo/c/dresses/?{query}")) == found


def test_it_wants_size_and_color_of_one_variant(client, boutique):
    product = hang(boutique, "Mixed Dress")
    stock(product, "Black", "S", 1)
    stock(product, "Red", "M", 1)
    assert names(client.get("/demo/c/dresses/?size=S&color=Red")) == []


def test_it_counts_what_each_choice_would_show(client, rail):
    response = client.get("/demo/c/dresses/?size=S")
    sizes = [(f.value, f.count, f.is_chosen) for f in response.context["sizes"]]
    colors = [(f.value, f.count) for f in response.context["colors"]]
    assert sizes == [("S", 2, True), ("M", 2, False)]
    assert colors == [("Black", 1), ("Red", 1)]


def test_it_shows_what_hangs_in_categories_below(client, rail):
    assert len(names(client.get("/demo/c/clothing/"))) == 4


def test_it_turns_pages_and_keeps_filters(client, boutique):
    for number in range(30):
        stock(hang(boutique, f"Dress {number}"), "Black", "S", 1)
    first = client.get("/demo/c/dresses/?size=S")
    assert len(names(first)) == 24
    assert 'href="?size=S&amp;page=2"' in text(first)
    assert len(names(client.get("/demo/c/dresses/?size=S&page=2"))) == 6
    assert len(names(client.get("/demo/c/dresses/?page=999"))) == 6


def test_it_finds_by_every_word(client, rail):
    hang(rail, "Silk Blouse", brand="Orsaya", description="Soft and light")
    assert names(client.get("/demo/search/?q=SILK+orsaya")) == ["Silk Blouse"]
    assert names(client.get("/demo/search/?q=soft")) == ["Silk Blouse"]
    assert names(client.get("/demo/search/?q=silk+dress")) == []


def test_it_shows_the_picture_of_the_color_asked_for(client, boutique):
    product = hang(boutique, "Two Dress")
    stock(product, "Red", "S", 1)
    product.images.create(
        store=boutique, url="https://pictures.example/red.webp", color="Red", position=9
    )
    [card] = client.get("/demo/c/dresses/?color=Red").context["cards"]
    assert card.picture == "https://pictures.example/red.webp"
    assert card.link == "/demo/p/two-dress/?color=red"


@pytest.mark.parametrize("slug", ["nowhere", "dr\x00esses", "%27%20OR%201"])
def test_it_knows_no_such_category(client, rail, slug):
    assert client.get(f"/demo/c/{slug}/").status_code == 404


def test_it_survives_a_loop_of_categories(client, rail):
    top = Category.objects.get(slug="clothing")
    Category.objects.filter(slug="clothing").update(
        parent=Category.objects.get(slug="dresses")
    )
    assert client.get(f"/demo/c/{top.slug}/").status_code == 200
