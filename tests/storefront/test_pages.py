from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from apps.accounts.models import AuditEntry
from apps.decisions.services.log import log
from apps.decisions.services.outcomes import join
from apps.decisions.services.sentence import because
from apps.recommendations.models import ShelfSettings
from apps.shop.models import Category, Product
from apps.shop.services.prices import change_price
from apps.storefront.models import Banner, LineSettings, Place, Placement, Rule
from apps.storefront.services.defaults import WITHOUT_PICKS
from apps.storefront.services.plans import plans_of
from tests.backoffice.conftest import signed_in
from tests.conftest import NOW
from tests.recommendations.goods import product, shelf
from tests.shop.conftest import make_variant, money

pytestmark = pytest.mark.django_db
RULES = "/admin/storefront/rule/"
PLACES = "/admin/storefront/placement/"
BANNERS = "/admin/storefront/banner/"
LINES = "/admin/storefront/linesettings/"
PREVIEW = "/admin/shop-pages/preview/"
TIMES = {"starts_at_0": "", "starts_at_1": "", "ends_at_0": "", "ends_at_1": ""}
RULE = {"name": "Rule", "is_on": "on", "position": "0", **TIMES}
HOME = {"preview-place": "home-picks"}


def text(answer):
    """What a person reads, without markup and twofold spaces."""
    body = re.sub(
        r"<(script|style).*?</\1>", " ", answer.content.decode(), flags=re.DOTALL
    )
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


@pytest.fixture
def goods(store):
    """Five products, one list of them for everybody; their order is the list's."""
    ShelfSettings.objects.create(store=store, variety=0)
    made = [
        product(store, name, brand=brand, sku=f"SKU-{name}")
        for name, brand in (
            ("Alba", "Ada"), ("Bea", "Ada"), ("Cora", "Bix"), ("Dora", "Bix"), ("Edda", "Cox"),
        )
    ]  # fmt: skip
    shelf(store, "trending", "", *made, code="trending")
    return made


def named(answer, title):
    """Products of one of the two shelves, in order."""
    part = answer.content.decode().split(f"<h3>{title}</h3>")[1].split("</section>")[0]
    return re.findall(r'<span class="lb-name">\s*<span>([^<]+)</span>', part)


# Rules


def test_one_is_asked_first_what_a_rule_is_to_do(store, manager):
    said = text(signed_in(manager).get(f"{RULES}add/"))
    assert "What is the rule to do?" in said
    assert "Show first" in said
    assert "Ask for a margin" in said


def test_a_form_asks_what_its_action_takes_and_no_more(store, manager):
    body = signed_in(manager).get(f"{RULES}add/?action=margin").content.decode()
    assert 'name="margin"' in body
    assert 'name="products"' not in body
    assert 'name="most"' not in body


def test_a_manager_pins_in_the_order_that_was_chosen(store, manager, goods):
    ids = [str(goods[n].pk) for n in (3, 0, 4)]
    answer = signed_in(manager).post(
        f"{RULES}add/?action=pin", {**RULE, "products": ids, "places": ["trending"]}
    )
    assert answer.status_code == 302, text(answer)
    row = Rule.objects.of(store).get()
    assert (row.action, row.places) == ("pin", ["trending"])
    assert plans_of(store, NOW)["trending"].wishes.pinned == tuple(map(int, ids))
    assert AuditEntry.objects.of(store).filter(action="storefront.rule.added").exists()
    listed = text(signed_in(manager).get(RULES))
    assert "Show first: 3 products" in listed
    assert "In force" in listed


def test_the_form_shows_again_what_was_chosen_in_its_order(store, manager, goods):
    ids = [goods[3].pk, goods[0].pk]
    row = Rule.objects.create(store=store, name="R", action="pin", products=ids)
    body = signed_in(manager).get(f"{RULES}{row.pk}/change/").content.decode()
    assert re.findall(r'<option value="(\d+)" selected', body)[:2] == [*map(str, ids)]


@pytest.mark.parametrize(
    ("action", "said", "problem"),
    [
        ("pin", {}, "Say which products."),
        ("pin", {"products": ["999999"]}, "no longer in your shop"),
        ("pin", {"products": ["x"]}, "no such thing"),
        ("pin", {"products": ["9" * 40]}, "no such thing"),
        ("exclude", {}, "Say which products"),
        ("boost", {"factor": "2.0"}, "Say which products"),
        ("boost", {"factor": "99", "brands": ["Ada"]}, "Select a valid choice"),
        ("brand_cap", {"most": ""}, "This is needed."),
        ("price", {"price_from": "9", "price_to": "1"}, "below the lower end"),
        ("margin", {"margin": "100"}, "less than or equal to 99"),
        ("margin", {"margin": "nan"}, "Enter a number."),
        ("exclude", {"brands": ["Nobody"]}, "Select a valid choice"),
        ("exclude", {"brands": ["Ada"], "places": ["price-line"]}, "Select a valid choice"),
    ],
)  # fmt: skip
def test_a_form_says_what_is_missing(store, manager, goods, action, said, problem):
    answer = signed_in(manager).post(f"{RULES}add/?action={action}", {**RULE, **said})
    assert answer.status_code == 200
    assert problem in text(answer)
    assert not Rule.objects.of(store).exists()


def test_percent_is_kept_as_a_share(store, manager):
    signed_in(manager).post(f"{RULES}add/?action=margin", {**RULE, "margin": "40"})
    row = Rule.objects.of(store).get()
    assert row.margin == 0.4
    body = signed_in(manager).get(f"{RULES}{row.pk}/change/").content.decode()
    assert 'name="margin" value="40"' in body


def test_an_analyst_reads_rules_and_changes_none(store, analyst, goods):
    row = Rule.objects.create(store=store, name="R", action="exclude", brands=["Ada"])
    client = signed_in(analyst)
    said = text(client.get(f"{RULES}{row.pk}/change/"))
    assert "Never show: Ada" in said
    assert "What it changes" not in said
    assert client.post(f"{RULES}{row.pk}/change/", RULE).status_code == 403
    assert client.get(f"{RULES}add/").status_code == 403
    assert client.post(f"{PREVIEW}rule/?action=pin", RULE).status_code == 403
    row.refresh_from_db()
    assert row.name == "R"


def test_another_stores_rule_is_not_there(other_store, manager, store):
    row = Rule.objects.create(store=other_store, name="Theirs", action="pin")
    client = signed_in(manager)
    assert client.get(f"{RULES}{row.pk}/change/").status_code == 404
    assert client.post(f"{PREVIEW}rule/?pk={row.pk}", RULE).status_code == 404
    assert client.post(f"{PREVIEW}rule/?pk=x", RULE).status_code == 404
    assert client.post(f"{PREVIEW}banner/", RULE).status_code == 404
    assert client.get(f"{PREVIEW}rule/").status_code == 405


# What it changes


def look(client, what="rule", **said):
    query = said.pop("query", "action=pin")
    return client.post(f"{PREVIEW}{what}/?{query}", {**RULE, **HOME, **said})


def test_a_rule_under_way_is_seen_before_it_is_saved(store, manager, goods):
    answer = look(signed_in(manager), products=[goods[4].pk, goods[2].pk])
    assert named(answer, "Now") == ["Alba", "Bea", "Cora", "Dora", "Edda"]
    assert named(answer, "With this change") == ["Edda", "Cora", "Alba", "Bea", "Dora"]
    said = text(answer)
    assert "4 forward" in said
    assert "2 back" in said
    assert not Rule.objects.of(store).exists()


def test_it_tells_who_goes_and_why(store, manager, goods):
    answer = look(signed_in(manager), query="action=exclude", brands=["Ada"])
    assert named(answer, "With this change") == ["Cora", "Dora", "Edda"]
    assert "Alba: A rule of yours says never to show it here." in text(answer)


def test_it_tells_why_a_pinned_product_is_not_there(store, manager, goods):
    Product.objects.of(store).filter(pk=goods[0].pk).update(stock_status="outofstock")
    answer = look(signed_in(manager), products=[goods[0].pk])
    assert "Alba: It is sold out in every size." in text(answer)
    assert "Nothing changes here." in text(answer)


def test_beside_a_saved_rule_stands_the_shelf_without_it(store, manager, goods):
    row = Rule.objects.create(
        store=store, name="Rule", action="bury", factor=0.2, brands=["Ada"]
    )
    said = {"factor": "0.2", "brands": ["Ada"], "query": f"pk={row.pk}"}
    answer = look(signed_in(manager), **said)
    assert named(answer, "Without this rule")[:2] == ["Alba", "Bea"]
    assert named(answer, "With it") == ["Cora", "Dora", "Edda", "Alba", "Bea"]
    changed = look(signed_in(manager), **{**said, "brands": ["Bix"]})
    assert named(changed, "Now") == ["Cora", "Dora", "Edda", "Alba", "Bea"]
    assert named(changed, "With this change")[:2] == ["Alba", "Bea"]
    row.refresh_from_db()
    assert row.brands == ["Ada"]


def test_new_products_can_be_moved_forward(store, manager, goods):
    fia = product(store, "Fia")
    fia.published_at = timezone.now() - timedelta(days=3)
    fia.save()
    said = {"query": "action=boost", "factor": "5.0", "new_days": "30"}
    answer = look(signed_in(manager), **said)
    assert named(answer, "With this change")[0] == "Fia"


def test_a_rule_of_another_place_changes_nothing_here(store, manager, goods):
    answer = look(signed_in(manager), products=[goods[4].pk], places=["upsell"])
    assert "The rule does not hold in this place." in text(answer)
    assert "Nothing changes here." in text(answer)


def test_an_unfinished_form_says_what_is_missing(store, manager, goods):
    assert "Products: Say which products." in text(look(signed_in(manager), name=""))


def test_a_preview_for_nobody_known_says_so(store, manager, goods):
    said = {"preview-who": "zoe@nowhere.example", "preview-product": "Nothing like it"}
    answer = look(signed_in(manager), products=[goods[4].pk], **said)
    assert "No customer has this e-mail address" in text(answer)
    assert "No product has this name" in text(answer)


def test_a_preview_escapes_what_the_shop_wrote(store, manager, goods):
    Product.objects.of(store).filter(pk=goods[0].pk).update(
        name="<img src=x onerror=1>"
    )
    body = look(signed_in(manager), products=[goods[4].pk]).content.decode()
    assert "<img src=x" not in body
    assert "&lt;img src=x onerror=1&gt;" in body


# Places


def test_every_place_is_listed_from_the_first_day(store, analyst):
    said = text(signed_in(analyst).get(PLACES))
    for _, label in Place.choices:
        assert label in said
    assert Placement.objects.of(store).count() == len(Place.values)
    signed_in(analyst).get(PLACES)
    assert Placement.objects.of(store).count() == len(Place.values)


def place(store, client, name):
    client.get(PLACES)
    return Placement.objects.of(store).get(place=name)


def test_a_manager_says_what_stands_in_a_place(store, manager):
    client = signed_in(manager)
    row = place(store, client, "upsell")
    said = {"is_on": "on", "title": "More", "first": "alike", "second": "new", "third": "", "size": "4"}  # fmt: skip
    answer = client.post(f"{PLACES}{row.pk}/change/", said)
    assert answer.status_code == 302, text(answer)
    plan = plans_of(store, NOW)["upsell"]
    assert (plan.heading, plan.kinds, plan.limit) == ("More", ("alike", "new"), 4)


def test_the_default_is_not_written_down(store, manager):
    client = signed_in(manager)
    row = place(store, client, "home-picks")
    said = {"is_on": "on", "title": "", "first": "personal", "second": "trending", "third": "", "size": ""}  # fmt: skip
    client.post(f"{PLACES}{row.pk}/change/", said)
    row.refresh_from_db()
    assert row.kinds == []
    twice = client.post(f"{PLACES}{row.pk}/change/", {**said, "second": "personal"})
    assert "Name each kind of shelf once." in text(twice)


def test_a_place_without_picks_asks_for_none(store, manager):
    client = signed_in(manager)
    for name in WITHOUT_PICKS:
        row = place(store, client, name)
        body = client.get(f"{PLACES}{row.pk}/change/").content.decode()
        assert 'name="first"' not in body
        assert client.post(f"{PLACES}{row.pk}/change/", {}).status_code == 302
        assert not plans_of(store, NOW)[name].is_on


def test_a_place_under_way_is_seen_before_it_is_saved(store, manager, goods):
    client = signed_in(manager)
    row = place(store, client, "home-picks")
    said = {"is_on": "on", "title": "", "first": "trending", "second": "", "third": "", "size": "2"}  # fmt: skip
    answer = client.post(f"{PREVIEW}placement/?pk={row.pk}", said)
    assert named(answer, "With this change") == ["Alba", "Bea"]
    off = client.post(f"{PREVIEW}placement/?pk={row.pk}", {**said, "is_on": ""})
    assert "Nothing stands here any more." in text(off)
    row.refresh_from_db()
    assert (row.is_on, row.size) == (True, None)


# Lines


def test_lines_are_seen_before_they_are_saved(store, manager, goods):
    make_variant(goods[0], "XL", 0)
    Product.objects.of(store).exclude(pk=goods[0].pk).update(stock_status="outofstock")
    client = signed_in(manager)
    client.get(LINES)
    row = LineSettings.objects.of(store).get()
    said = {
        "shows_stock": "on", "few_left": "10", "sold_day": "5", "sold_week": "10",
        "back_days": "7", "viewers": "5", "most": "2",
    }  # fmt: skip
    answer = client.post(f"{PREVIEW}linesettings/?pk={row.pk}", said)
    assert "Only 10 left" in text(answer)
    row.refresh_from_db()
    assert row.few_left == 5
    answer = client.post(f"{LINES}{row.pk}/change/", {**said, "viewers": "2"})
    assert "greater than or equal to 3" in text(answer)


def test_the_merchant_reads_of_reductions_without_a_lowest_price(store, manager, goods):
    client = signed_in(manager)
    client.get(LINES)
    page = f"{LINES}{LineSettings.objects.of(store).get().pk}/change/"
    assert "not all of the 30 days" not in text(client.get(page))
    one = Product.objects.of(store).get(pk=goods[0].pk)
    change_price(one, money("5"), at=NOW, reason="test", regular_price=money("1000.00"))
    assert "1 product: not all of the 30 days" in text(client.get(page))


# Banners


BANNER = {"heading": "Hello", "segment": "", "is_on": "on", "position": "0", **TIMES}


def picture(kind="PNG", size=(60, 40), name="summer sale.png"):
    out = BytesIO()
    Image.new("RGB", size, "red").save(out, kind)
    return SimpleUploadedFile(name, out.getvalue(), "image/png")


def test_a_picture_is_drawn_anew(store, manager):
    answer = signed_in(manager).post(
        f"{BANNERS}add/", {**BANNER, "picture": picture(size=(4_000, 40))}
    )
    assert answer.status_code == 302, text(answer)
    row = Banner.objects.of(store).get()
    assert re.fullmatch(r"banners/summersale\w*\.webp", row.picture.name)
    with Image.open(row.picture) as drawn:
        assert (drawn.format, drawn.size) == ("WEBP", (2_000, 20))
    row.picture.delete()


@pytest.mark.parametrize(
    "sent",
    [
        SimpleUploadedFile("a.png", b"<svg onload=alert(1)>", "image/png"),
        SimpleUploadedFile("a.png", b"\x89PNG\r\n\x1a\n" + b"0" * 50, "image/png"),
        SimpleUploadedFile("a.png", b"0" * (5 * 1024 * 1024 + 1), "image/png"),
    ],
    ids=["svg", "broken", "huge"],
)
def test_what_is_no_picture_is_refused(store, manager, sent):
    answer = signed_in(manager).post(f"{BANNERS}add/", {**BANNER, "picture": sent})
    assert answer.status_code == 200
    assert not Banner.objects.of(store).exists()


def test_a_picture_of_a_billion_points_is_refused(store, manager):
    wide = picture(size=(9_000, 9_000))
    answer = signed_in(manager).post(f"{BANNERS}add/", {**BANNER, "picture": wide})
    assert "This picture has too many pixels." in text(answer)


def test_a_banner_tells_who_sees_what(store, manager):
    client = signed_in(manager)
    client.post(f"{BANNERS}add/", BANNER)
    client.post(f"{BANNERS}add/", {**BANNER, "heading": "Dear", "segment": "high"})
    row = Banner.objects.of(store).get(segment="high")
    said = text(client.get(f"{BANNERS}{row.pk}/change/"))
    assert "Everybody Hello" in said
    assert "Spent 1,000 or more Dear" in said
    wrong = client.post(f"{BANNERS}add/", {**BANNER, "url": "javascript:1"})
    assert "An address like" in text(wrong)
    assert Banner.objects.of(store).count() == 2


def test_a_banner_tells_how_often_it_was_shown_and_clicked(store, manager):
    client = signed_in(manager)
    client.post(f"{BANNERS}add/", BANNER)
    row = Banner.objects.of(store).get()
    page = f"{BANNERS}{row.pk}/change/"
    assert "Nobody known was shown it" in text(client.get(page))
    made = [
        log(
            store, "storefront.banner", subject, chosen={"banner": row.pk},
            reason=because("banner_of_segment", segment="high"), at=timezone.now(),
        )
        for subject in ("visitor:a", "visitor:b", "nobody")
    ]  # fmt: skip
    for decision in (made[0], made[2]):
        source = f"banner:{row.pk}:{decision.pk}"
        join((store, decision.pk), "click", source, timezone.now())

    said = text(client.get(page))

    assert "Spent 1,000 or more 2 1 50.0 %" in said
    assert "which are the same for all: 1." in said


# Names while one types


def test_names_are_looked_up_in_ones_own_store(store, other_store, analyst, goods):
    product(other_store, "Albatros")
    Category.objects.create(store=store, name="Dresses", slug="dresses")
    client = signed_in(analyst)
    found = client.get("/admin/shop-pages/pick/products/", {"term": "al"}).json()
    assert found == {
        "results": [{"id": str(goods[0].pk), "text": "Alba"}],
        "pagination": {"more": False},
    }
    by_sku = client.get("/admin/shop-pages/pick/products/", {"term": "sku-bea"}).json()
    assert [one["text"] for one in by_sku["results"]] == ["Bea"]
    inside = client.get("/admin/shop-pages/pick/categories/", {"term": "dress"}).json()
    assert [one["text"] for one in inside["results"]] == ["Dresses"]
    assert client.get("/admin/shop-pages/pick/orders/").status_code == 404
    for page in ("x", "-1", "0", "9" * 30, "٣"):
        said = {"term": "a\0", "page": page}
        assert client.get("/admin/shop-pages/pick/products/", said).status_code == 200
