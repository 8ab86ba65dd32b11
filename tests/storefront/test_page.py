"""All that a page of the shop shows, in one answer."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from apps.accounts.models import StoreOrigin
from apps.accounts.services import customer_token, keys
from apps.core.services.memory import forget_all
from apps.decisions.models import Decision
from apps.experiments.models import Exposure
from apps.experiments.services import draft, life
from apps.recommendations.models import ShelfSettings
from apps.recommendations.services.answering import changed
from apps.shop.models import Category, Customer, Image, Product
from apps.storefront.models import Action, Banner, Placement, Rule
from apps.storefront.services.plans import forget_plans
from tests.callers import server
from tests.conftest import NOW
from tests.recommendations.goods import buy, product, shelf, version
from tests.recommendations.pages import ORIGIN
from tests.storefront.pages import URL, AtTheStorefrontDoor, WholePage, names

pytestmark = pytest.mark.django_db
SIMILAR, TOGETHER, HOME = "product-similar", "bought-together", "home-picks"


@pytest.fixture(autouse=True)
def now(time_machine, store):
    time_machine.move_to(NOW, tick=False)
    ShelfSettings.objects.create(
        store=store, variety=0, exploration_share=0, shelf_size=2
    )


@pytest.fixture
def goods(store):
    return [product(store, name, days_old=day) for day, name in enumerate("abcdef")]


@pytest.fixture
def page(store):
    StoreOrigin.objects.create(store=store, origin=ORIGIN)
    key = keys.create(store, "pk", "shop pages")[1]
    return WholePage(key, headers={"Origin": ORIGIN})


@pytest.fixture
def beside(store, goods):
    """What is like a, and what is bought with it: b and c both."""
    a, b, c, d, _, _ = goods
    similar = version(store, "recommendations.similar")
    together = version(store, "recommendations.together")
    about = f"product:{a.pk}"
    shelf(store, "similar", about, b, c, code="similar", about=a, of=similar)
    shelf(store, "together", about, c, b, d, code="together", about=a, of=together)
    return a


def test_it_fills_the_shelves_of_a_page_and_repeats_no_product(page, beside):
    answer = page.ask(SIMILAR, TOGETHER, product=beside.woo_id)
    assert names(answer, SIMILAR) == ["b", "c"]
    assert names(answer, TOGETHER) == ["d", "e"]


def test_a_makeshift_takes_nothing_from_a_shelf_with_lists(page, store, goods):
    a, b, c, *_ = goods
    similar = version(store, "recommendations.similar")
    shelf(store, "similar", f"product:{a.pk}", b, c, code="similar", of=similar)
    answer = page.ask(TOGETHER, SIMILAR, product=a.woo_id)
    assert names(answer, SIMILAR) == ["b", "c"]
    assert names(answer, TOGETHER) == ["d", "e"]
    assert [told["place"] for told in answer.json()["shelves"]] == [TOGETHER, SIMILAR]


def test_each_shelf_is_a_decision_with_what_stands_on_it(page, store, beside):
    shelves = page.ask(SIMILAR, TOGETHER, product=beside.woo_id).json()["shelves"]
    for told in shelves:
        kept = Decision.objects.of(store).get(pk=told["decision"])
        assert kept.chosen["placement"] == told["place"]
        woo = dict(Product.objects.of(store).values_list("pk", "woo_id"))
        shown = [woo[one] for one in kept.chosen["products"]]
        assert shown == [pick["product"] for pick in told["picks"]]
        assert [one["propensity"] for one in kept.chosen["places"]] == [1.0, 1.0]
        assert kept.candidates[0][0] in kept.chosen["products"]
    assert Decision.objects.of(store).count() == 2


def test_a_pick_says_what_its_card_needs(page, store, beside):
    b = Product.objects.of(store).get(name="b")
    Image.objects.create(store=store, product=b, url="https://maison.example/b.jpg")
    Product.objects.of(store).filter(pk=b.pk).update(
        permalink="https://maison.example/p/b", price=Decimal("49.9"), brand="Ada"
    )
    found = page.ask(SIMILAR, product=beside.woo_id).json()
    assert found["shelves"][0]["picks"][0] == {
        "product": b.woo_id,
        "name": "b",
        "brand": "Ada",
        "url": "https://maison.example/p/b",
        "image": "https://maison.example/b.jpg",
        "price": "49.90",
        "price_to": None,
        "regular_price": None,
        "lowest_price": None,
        "currency": "EUR",
        "sizes": ["M", "S"],
        "reason": "Similar to a",
    }
    assert (found["personal"], found["fresh_seconds"]) == (False, 300)
    assert found["made_at"] == NOW.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_what_is_the_same_for_all_is_made_once(page, store, beside):
    first = page.ask(SIMILAR, product=beside.woo_id)
    again = page.ask(SIMILAR, product=beside.woo_id)
    assert first.content == again.content
    # What-if leaves it out: one choice, any number of clicks.
    assert Decision.objects.of(store).get().policy == "sources_for_all"
    assert first.headers["Cache-Control"].startswith("public, max-age=60")
    tag = first.headers["ETag"]
    known = page.get(
        URL,
        {"places": SIMILAR, "product": beside.woo_id},
        headers={"If-None-Match": tag},
    )
    assert (known.status_code, known.content) == (304, b"")


def test_a_copy_opens_to_no_other_page(page, store, beside):
    ask = {"places": SIMILAR, "product": beside.woo_id}
    assert page.get(URL, ask).status_code == 200
    evil = page.get(URL, ask, headers={"Origin": "https://evil.example"})
    assert evil.status_code == 401
    assert page.get(URL, ask | {"key": "pk_" + 24 * "x"}).status_code == 401


def test_a_page_of_our_own_site_is_known_by_its_address(page, store, beside):
    """Browsers send no Origin where a page asks the site that it comes from."""
    ask = {"places": SIMILAR, "product": beside.woo_id, "key": page.key}
    for referer, origin, status in (
        (f"{ORIGIN}/some/page", "", 200),
        ("https://evil.example/", "", 401),
        ("https://[odd", "", 401),
        (f"{ORIGIN}/some/page", "https://evil.example", 401),
    ):
        told = {"Referer": referer, "Origin": origin}
        for client in (AtTheStorefrontDoor(), Client()):
            assert client.get(URL, ask, headers=told).status_code == status, told


def test_no_cache_keeps_what_a_header_opened(page, store, beside):
    """One address for every store: a cache between would give it to another one's."""
    ask = {"places": SIMILAR, "product": beside.woo_id}
    named = {"LuxeBrain-Key": page.key, "Origin": ORIGIN}
    for client in (AtTheStorefrontDoor(headers=named), Client(headers=named)):
        answer = client.get(URL, ask)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (
            200,
            "no-store",
        )


def test_a_personal_answer_is_kept_by_nobody(page, store, goods):
    answer = page.ask(HOME, visitor="v1")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "ETag" not in answer.headers
    page.ask(HOME, visitor="v1")
    assert Decision.objects.of(store).filter(subject="visitor:v1").count() == 2


def test_it_knows_who_is_signed_in(page, store, goods):
    ada = Customer.objects.create(store=store, email="ada@mail.example", woo_id=7)
    shelf(store, "personal", f"customer:{ada.pk}", goods[5], goods[4])
    buy(store, ada, goods[4])
    secret = keys.create(store, "sk", "plugin")[1]
    token = customer_token.mint(secret, 7, NOW + timedelta(hours=1))
    answer = page.ask(HOME, token=token)
    # The night's first pick; the second one is bought already.
    assert names(answer, HOME)[0] == "f"
    assert "e" not in names(answer, HOME)


def test_a_forged_token_is_nobody(page, store, goods):
    ada = Customer.objects.create(store=store, email="ada@mail.example", woo_id=7)
    shelf(store, "personal", f"customer:{ada.pk}", goods[5])
    token = customer_token.mint(
        f"sk_{12 * 'a'}_{32 * 'b'}", 7, NOW + timedelta(hours=1)
    )
    assert page.ask(HOME, token=token).json()["personal"] is False


def test_what_changed_in_the_shop_is_seen_within_a_second(
    page, store, goods, time_machine
):
    assert names(page.ask(HOME, visitor="v1"), HOME) == ["a", "b"]
    a = goods[0]
    a.variants.update(stock_quantity=0, updated_at=NOW)
    changed.LOOKED.drop(store.pk)
    assert names(page.ask(HOME, visitor="v1"), HOME) == ["b", "c"]


def test_what_changed_while_nobody_looked_is_seen_at_the_next_look(
    page, store, goods, time_machine
):
    page.ask(HOME, visitor="v1")
    goods[0].variants.update(stock_quantity=0, updated_at=NOW + timedelta(seconds=5))
    time_machine.move_to(NOW + timedelta(minutes=2), tick=False)
    changed.LOOKED.drop(store.pk)
    assert names(page.ask(HOME, visitor="v1"), HOME) == ["b", "c"]


def test_a_category_shows_only_what_lies_there(page, store, goods):
    group = Category.objects.create(store=store, name="G", slug="g", woo_id=31)
    below = Category.objects.create(
        store=store, name="H", slug="h", woo_id=32, parent=group
    )
    goods[3].categories.add(group)
    goods[4].categories.add(below)
    assert set(names(page.ask("category-top", category=31), "category-top")) == {
        "d",
        "e",
    }
    assert names(page.ask("category-top", category=999), "category-top") == []


def test_a_place_that_is_off_or_unknown_is_left_out(page, store, goods):
    Placement.objects.create(store=store, place="trending", is_on=False)
    found = page.ask("trending", "of-next-year", "new-for-you").json()
    assert [told["place"] for told in found["shelves"]] == ["new-for-you"]


def test_the_banner_is_the_segment_s_and_a_decision(page, store, goods):
    Banner.objects.create(store=store, heading="Welcome", segment="new", url="/new")
    Banner.objects.create(store=store, heading="For friends", segment="high")
    hero = page.ask("home-hero").json()["hero"]
    assert (hero["heading"], hero["url"]) == ("Welcome", "/new")
    kept = Decision.objects.of(store).get(pk=hero["decision"])
    assert kept.kind == "storefront.banner"
    assert kept.chosen["placement"] == "home-hero"


def test_lines_are_told_of_the_page_s_product(page, store):
    few = product(store, "few", sizes=("M",), pieces=2)
    found = page.ask("price-line", product=few.woo_id, visitor="v1").json()
    assert [line["code"] for line in found["lines"]] == ["few_left"]
    assert found["shelves"] == []
    assert page.ask("price-line", visitor="v1").json()["lines"] == []


def test_who_is_left_alone_sees_nothing_of_ours(page, store, goods):
    alone = draft.leave_alone(store, "", 0.5, NOW)
    life.start(alone, NOW)
    product(store, "few", sizes=("M",), pieces=2, woo_id=77)
    Banner.objects.create(store=store, heading="Welcome")
    forget_all()
    seen = {True: 0, False: 0}
    for number in range(12):
        found = page.ask(
            HOME, "home-hero", "price-line", product=77, visitor=f"v{number}"
        ).json()
        is_out = found["shelves"][0]["held_out"]
        seen[is_out] += 1
        assert is_out == (found["shelves"][0]["picks"] == [])
        assert is_out == (found["hero"] is None)
        assert is_out == (found["lines"] == [])
        assert found["hidden"] == (["home-hero", "price-line"] if is_out else [])
    assert min(seen.values()) > 0
    assert Exposure.objects.of(store).count() == 12


def test_a_variant_without_a_shelf_hides_the_copy_too(page, store, goods):
    arms = [
        draft.Branch("As today", is_control=True),
        draft.Branch("No shelf", config={"show": False}),
    ]
    fields = {"name": "None", "kind": "shelf", "place": f"shelf:{HOME}"}
    life.start(draft.create(store, fields, arms, NOW), NOW)
    forget_all()
    found = [page.ask(HOME, visitor=f"v{n}").json()["shelves"][0] for n in range(12)]
    assert {one["held_out"] for one in found} == {True, False}
    assert all(one["held_out"] == (one["picks"] == []) for one in found)


def test_only_what_was_viewed_is_recently_viewed(page, store, goods):
    a, b, *_ = goods
    assert names(page.ask("recently-viewed"), "recently-viewed") == []
    viewed = f"{a.woo_id},{b.woo_id}"
    found = page.ask("recently-viewed", visitor="v1", viewed=viewed)
    assert names(found, "recently-viewed") == ["a", "b"]


def test_a_title_is_true_of_what_stands_under_it(page, store, goods):
    # Nobody has bought anything yet, and nobody in particular is looking.
    for place in (TOGETHER, HOME, "cart-cross-sell", "category-top", "trending"):
        [told] = page.ask(place, product=goods[0].woo_id).json()["shelves"]
        assert told["picks"] != []
        assert (place, told["title"]) == (place, "You may also like")
    Placement.objects.create(store=store, place=TOGETHER, title="Wear it with")
    forget_all()
    own = page.ask(TOGETHER, product=goods[0].woo_id).json()["shelves"][0]
    assert own["title"] == "Wear it with"


def test_a_few_that_were_bought_together_need_no_makeshift(page, store, goods):
    a, _, c, d, e, _ = goods
    together = version(store, "recommendations.together")
    shelf(store, "together", f"product:{a.pk}", e, d, c, code="together", of=together)
    ShelfSettings.objects.of(store).update(shelf_size=5)
    forget_all()
    found = page.ask(TOGETHER, product=a.woo_id)
    assert names(found, TOGETHER) == ["e", "d", "c"]
    assert found.json()["shelves"][0]["title"] == "Often bought together"
    kept = Decision.objects.of(store).get()
    assert kept.chosen["products"] == [e.pk, d.pk, c.pk]


def test_a_banner_takes_no_product_from_the_shelves(page, store, goods):
    assert [told["place"] for told in page.ask("home-hero").json()["shelves"]] == [
        "home-hero"
    ]
    Banner.objects.create(store=store, heading="Welcome")
    forget_all()
    found = page.ask("home-hero", HOME)
    assert [told["place"] for told in found.json()["shelves"]] == [HOME]
    assert names(found, HOME) == ["a", "b"]


def test_a_cap_leaves_no_shelf_short_that_could_be_full(page, store):
    ShelfSettings.objects.of(store).update(shelf_size=4)
    for number in range(40):
        product(store, f"ada {number}", brand="Ada", days_old=number)
    for number in range(2):
        product(store, f"bea {number}", brand="Bea", days_old=90)
    rule = Rule.objects.create(store=store, name="Two", action=Action.BRAND_CAP, most=2)
    forget_all()
    found = names(page.ask("new-for-you", visitor="v1"), "new-for-you")
    assert sorted(name.split()[0] for name in found) == ["ada", "ada", "bea", "bea"]
    rule.action, rule.most, rule.brands = Action.ONLY, None, ["BEA"]
    rule.save()
    forget_all()
    found = names(page.ask("new-for-you", visitor="v1"), "new-for-you")
    assert sorted(found) == ["bea 0", "bea 1"]


def test_a_rule_changes_copies_at_once(page, store, beside):
    assert names(page.ask(SIMILAR, product=beside.woo_id), SIMILAR) == ["b", "c"]
    b = Product.objects.of(store).get(name="b")
    Rule.objects.create(
        store=store, name="No b", action=Action.EXCLUDE, products=[b.pk]
    )
    forget_plans(store)
    assert "b" not in names(page.ask(SIMILAR, product=beside.woo_id), SIMILAR)


def test_the_number_asked_for_a_place_counts_more_than_its_setting(page, store, goods):
    Placement.objects.create(store=store, place="trending", size=3)
    Placement.objects.create(store=store, place=HOME, size=1)

    def counted(*places, **said):
        told = page.ask(*places, **said).json()["shelves"]
        return {one["place"]: len(one["picks"]) for one in told}

    assert counted("trending") == {"trending": 3}
    # Of a page as a whole it cannot widen it.
    assert counted("trending", limit=5) == {"trending": 3}
    assert counted("trending:5") == {"trending": 5}
    assert counted("trending:1") == {"trending": 1}
    # Twice on one page: as many as the larger one needs.
    assert counted("trending", "trending:4", HOME, limit=8) == {"trending": 4, HOME: 1}


def test_a_shelf_says_how_much_room_its_setting_wants(page, store, goods):
    Placement.objects.create(store=store, place="trending", size=3)

    told = page.ask("trending:5", HOME).json()["shelves"]

    assert [one["limit"] for one in told] == [3, None]


def test_it_names_what_is_switched_off(page, store, goods):
    for place in ("price-line", "trending"):
        Placement.objects.create(store=store, place=place, is_on=False)

    found = page.ask("price-line", "trending", HOME).json()

    assert found["off"] == ["price-line", "trending"]
    assert [one["place"] for one in found["shelves"]] == [HOME]
    assert page.ask(HOME).json()["off"] == []


def test_titles_and_reasons_are_in_the_language_of_the_page(page, beside):
    told = page.ask(SIMILAR, product=beside.woo_id, language="ar").json()["shelves"][0]
    assert told["picks"][0]["reason"] == "يشبه a"
    english = page.ask(SIMILAR, product=beside.woo_id, language="xx").json()
    assert english["shelves"][0]["title"] == "You may also like"


@pytest.mark.parametrize(
    "wrong",
    [
        {"places": ""},
        {"places": HOME, "product": "0"},
        {"places": HOME, "product": "1e3"},
        {"places": HOME, "product": 2**63},
        {"places": HOME, "limit": 25},
        {"places": f"{HOME}:25"},
        {"places": f"{HOME}:x"},
        {"places": HOME, "basket": "1,x"},
        {"places": HOME, "viewed": ",".join(map(str, range(1, 102)))},
        {"places": HOME, "visitor": 65 * "v"},
        {"places": HOME, "visitor": "v\0"},
        {"places": HOME, "token": 301 * "t"},
    ],
)
def test_what_is_wrong_is_said(page, store, wrong):
    answer = page.get(URL, wrong)
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert not Decision.objects.of(store).exists()


def test_the_door_and_django_say_the_same(page, beside):
    ask = {"places": f"{SIMILAR},{TOGETHER}", "product": beside.woo_id, "visitor": "v1"}
    by_django = Client(**page.defaults).get(URL, ask | {"key": page.key})
    first, second = page.get(URL, ask).json(), by_django.json()
    for found in (first, second):
        for told in found["shelves"]:
            told["decision"] = ""
    assert first == second


def test_a_personal_page_takes_few_queries(
    page, store, beside, django_assert_num_queries, monkeypatch
):
    # What has changed is asked once a second: not in this one.
    monkeypatch.setattr(changed.LOOKED, "seconds", 60.0)
    ask = {"places": f"{SIMILAR},{TOGETHER}", "product": beside.woo_id, "visitor": "v1"}
    page.get(URL, ask)
    # The shopper, and the two decisions: all else is remembered.
    with django_assert_num_queries(2):
        page.get(URL, ask)


def test_a_copy_takes_no_query(page, beside, django_assert_num_queries):
    page.ask(SIMILAR, TOGETHER, product=beside.woo_id)
    with django_assert_num_queries(0):
        page.ask(SIMILAR, TOGETHER, product=beside.woo_id)


def test_another_store_s_products_are_nowhere(page, store, other_store, goods):
    theirs = product(other_store, "theirs", woo_id=9_999)
    found = page.ask(SIMILAR, HOME, product=9_999, viewed="9999")
    assert "theirs" not in str(found.json())
    shelf(store, "personal", "", theirs)
    forget_all()
    assert "theirs" not in str(page.ask(HOME).json())


def test_the_shop_s_server_gets_copies_of_many_pages(store, beside, goods):
    body = {
        "pages": [
            {"places": [SIMILAR], "product": beside.woo_id},
            {"places": [HOME, "price-line"], "visitor": "v1"},
        ],
        "language": "en",
    }
    plugin = server(store, "storefront")
    answer = plugin.post("/api/v1/storefront/pages", body, format="json")
    first, second = answer.json()["pages"]
    assert [pick["name"] for pick in first["shelves"][0]["picks"]] == ["b", "c"]
    # Nothing of a person is in a copy, whatever was asked.
    assert (first["personal"], second["personal"]) == (False, False)
    assert not Decision.objects.of(store).exclude(subject="nobody").exists()


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"pages": []},
        {"pages": [{}] * 26},
        {"pages": "home-picks"},
    ],
)
def test_a_wrong_list_of_pages_is_refused(store, body):
    plugin = server(store, "storefront")
    answer = plugin.post("/api/v1/storefront/pages", body, format="json")
    assert answer.status_code == 400


def test_one_wrong_page_spoils_no_other(store, goods):
    right, wrong = (
        {"places": [HOME]},
        [
            "home-picks",
            {"places": [1]},
            {"places": [HOME], "product": "x"},
        ],
    )
    plugin = server(store, "storefront")
    body = {"pages": [*wrong, right]}
    answer = plugin.post("/api/v1/storefront/pages", body, format="json")
    *bad, good = answer.json()["pages"]
    assert bad == [None, None, None]
    assert good["shelves"][0]["place"] == HOME


def test_a_page_s_key_gets_no_copies(page):
    answer = page.post(
        "/api/v1/storefront/pages",
        json.dumps({"pages": [{"places": [HOME]}]}),
        content_type="application/json",
        headers={"LuxeBrain-Key": page.key},
    )
    assert answer.status_code == 403
