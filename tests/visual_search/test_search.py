"""What is found by a picture, and how it is told."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

from apps.accounts.models import StoreOrigin
from apps.accounts.services import keys
from apps.core.services.memory import forget_all
from apps.decisions.models import Decision, Outcome
from apps.experiments.models import Exposure
from apps.experiments.services import draft, life
from apps.recommendations.services.credit import credit
from apps.shop.models import Product, Variant
from apps.storefront.models import Action, Placement, Rule
from apps.visual_search.models import Look
from apps.visual_search.services import search, words
from apps.visual_search.services.index import index
from tests.callers import server
from tests.conftest import NOW
from tests.events.rollups.conftest import at_ms, bring, roll_all
from tests.recommendations.goods import product
from tests.recommendations.pages import ORIGIN
from tests.visual_search.drawn import BLACK, BLUE, RED, WHITE, jpeg

pytestmark = [pytest.mark.django_db, pytest.mark.enable_socket]
SEARCH, SIMILAR = "/api/v1/visual-search/search", "/api/v1/visual-search/similar/{}"
RED_DRESS = jpeg(RED, "dress", size=(260, 340))


@pytest.fixture(autouse=True)
def now(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def shop(rack):
    return rack(
        red_dress=jpeg(RED, "dress"),
        red_shirt=jpeg(RED, "shirt"),
        red_striped=jpeg(RED, "dress", stripes=WHITE),
        blue_dress=jpeg(BLUE, "dress"),
        black_trousers=jpeg(BLACK, "trousers"),
    )


@pytest.fixture
def key(store):
    StoreOrigin.objects.create(store=store, origin=ORIGIN)
    return keys.create(store, "pk", "shop pages")[1]


@pytest.fixture
def page(key):
    """Sends a picture as the plugin's form does."""

    def send(sent=RED_DRESS, origin=ORIGIN, **said):
        file = SimpleUploadedFile("x.jpg", sent, "image/jpeg")
        return Client(headers={"Origin": origin}).post(
            f"{SEARCH}?key={key}", {"picture": file, **said}
        )

    return send


def names(answer):
    return [pick["name"] for pick in answer.json()["picks"]]


def test_a_red_dress_finds_the_red_dress_and_red_before_blue(page, shop):
    answer = page()
    assert answer.status_code == 200
    assert names(answer)[:2] == ["red_dress", "red_striped"]
    assert names(answer).index("red_shirt") < names(answer).index("blue_dress")


def test_a_card_says_what_a_shelf_s_does_and_how_much_alike_it_is(page, shop, host):
    told = page().json()
    first = told["picks"][0]
    score = first.pop("score")
    assert 0.95 < score <= 1
    assert first == {
        "product": shop["red_dress"].woo_id,
        "name": "red_dress",
        "brand": "",
        "url": "",
        "image": f"{host.url}/maison/red_dress.jpg",
        "price": "50.00",
        "price_to": None,
        "regular_price": None,
        "lowest_price": None,
        "currency": "EUR",
        "sizes": ["M", "S"],
        "reason": "Similar color, pattern and shape",
    }
    assert (told["place"], told["kind"], told["title"]) == (
        "picture-search",
        "picture",
        "Search by picture",
    )


def test_each_answer_is_a_decision_without_the_picture(page, store, shop):
    told = page(visitor="v1").json()
    kept = Decision.objects.of(store).get()
    assert str(kept.pk) == told["decision"]
    assert (kept.kind, kept.subject, kept.policy) == (
        "visual_search.answered",
        "visitor:v1",
        "pixels-1",
    )
    woo = dict(Product.objects.of(store).values_list("pk", "woo_id"))
    shown = [woo[one] for one in kept.chosen["products"]]
    assert shown == [pick["product"] for pick in told["picks"]]
    assert kept.candidate_count == 5
    assert kept.candidates[0] == [
        kept.chosen["products"][0], told["picks"][0]["score"], "picture",
    ]  # fmt: skip
    assert kept.reason == {"code": "looks_alike", "facts": {"colors": ["red"]}}
    assert len(json.dumps(kept.chosen)) < 2_000


def test_a_click_on_what_was_found_joins_it(page, store, shop):
    told = page(visitor="v1").json()
    said = {
        "type": "recommendation_clicked", "id": "c1", "visitor": "v1", "session": "s1",
        "placement": "picture-search", "product": shop["red_dress"].woo_id,
        "decision": told["decision"], "at": at_ms(NOW),
    }  # fmt: skip
    bring(store, [said])
    roll_all()
    credit(store, NOW - timedelta(hours=1), NOW + timedelta(hours=1))
    assert str(Outcome.objects.of(store).get().decision_id) == told["decision"]


def test_the_body_may_be_the_picture_itself(store, shop):
    client = server(store, "storefront")
    answer = client.generic("POST", f"{SEARCH}?limit=1", RED_DRESS, "image/jpeg")
    assert names(answer) == ["red_dress"]


def test_it_is_sent_twice_and_answered_alike(page, store, shop):
    assert names(page()) == names(page())
    assert Decision.objects.of(store).count() == 2
    assert Look.objects.of(store).count() == 5


def test_another_store_s_products_are_never_found(page, store, other_store, rack):
    rack(of=other_store, red_dress=jpeg(RED, "dress"))
    rack(black_trousers=jpeg(BLACK, "trousers"))
    assert names(page()) == ["black_trousers"]


def test_what_cannot_be_bought_is_not_found(page, store, shop):
    Variant.objects.of(store).filter(product=shop["red_dress"]).update(stock_quantity=0)
    Product.objects.of(store).filter(pk=shop["red_striped"].pk).update(status="draft")
    Product.objects.of(store).filter(pk=shop["red_shirt"].pk).update(stock_status="outofstock")  # fmt: skip
    assert set(names(page())) == {"blue_dress", "black_trousers"}


def test_rules_leave_out_and_the_placement_has_its_size_and_title(page, store, shop):
    Rule.objects.create(
        store=store, action=Action.EXCLUDE, products=[shop["red_dress"].pk]
    )
    Placement.objects.create(store=store, place="picture-search", size=2, title="Alike")
    forget_all()
    answer = page()
    assert names(answer) == ["red_striped", "red_shirt"]
    assert answer.json()["title"] == "Alike"


def test_it_can_be_switched_off(page, store, shop):
    Placement.objects.create(store=store, place="picture-search", is_on=False)
    forget_all()
    assert page().status_code == 404
    assert not Decision.objects.of(store).exists()


def test_who_is_left_alone_is_shown_nothing_and_logged(page, store, shop):
    life.start(draft.leave_alone(store, "", 0.5, NOW), NOW)
    forget_all()
    told = [page(visitor=f"v{number}").json() for number in range(8)]
    assert {one["held_out"] for one in told} == {True, False}
    assert all(one["held_out"] == (one["picks"] == []) for one in told)
    kept = dict(Decision.objects.of(store).values_list("pk", "arm"))
    for one in told:
        assert (kept[UUID(one["decision"])] == "held_out") == one["held_out"]
    assert Exposure.objects.of(store).count() == 8


def test_a_shop_without_described_pictures_has_nothing_to_show(page, store):
    product(store, "dress")
    answer = page()
    assert (answer.status_code, answer.json()["picks"]) == (200, [])


def test_a_product_counts_once_with_its_most_alike_picture(page, store, shop, hang):
    from_behind = hang(shop["blue_dress"], RED_DRESS, path="/behind.jpg", position=1)
    assert from_behind.pk
    index(store, lambda: NOW, NOW + timedelta(days=1))
    found = names(page())
    assert sorted(found[:2]) == ["blue_dress", "red_dress"]
    assert len(found) == len(set(found)) == 5


def test_with_enough_of_a_color_others_are_not_compared(page, store, shop, monkeypatch):
    monkeypatch.setattr(search, "FEW", 3)
    assert set(names(page())) == {"red_dress", "red_shirt", "red_striped"}


def test_similar_to_a_product_leaves_it_out(key, store, shop):
    client = Client(headers={"Origin": ORIGIN})
    woo_id = shop["red_dress"].woo_id
    answer = client.get(SIMILAR.format(woo_id), {"key": key, "limit": 2})
    assert names(answer) == ["red_striped", "red_shirt"]
    assert Decision.objects.of(store).get().chosen["products"]


def test_a_stranger_s_product_is_unknown(key, store, other_store, rack):
    theirs = product(other_store, "coat", woo_id=77)
    client = Client(headers={"Origin": ORIGIN})
    assert client.get(SIMILAR.format(theirs.woo_id), {"key": key}).status_code == 404


def test_it_tells_reasons_in_the_page_s_language(page, shop):
    told = page(language="ar").json()
    assert told["picks"][0]["reason"] == "لون ونقش وشكل متشابهة"


def test_every_reason_is_told_in_arabic():
    with translation.override("ar"):
        arabic = {one: words.sentence(one) for one in words.SENTENCES}
    assert not set(arabic.values()) & set(words.SENTENCES.values())


REFUSED = {
    "no picture": (b"%PDF-1.7", 400, "picture_unreadable"),
    "nothing": (b"", 400, "picture_unreadable"),
    "a dot": (jpeg(size=(8, 8)), 400, "picture_too_small"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_says_why_a_picture_is_refused(page, store, shop, name):
    sent, status, code = REFUSED[name]
    answer = page(sent)
    assert answer.status_code == status
    assert answer.json()["type"] == f"urn:luxebrain:{code}"
    assert not Decision.objects.of(store).exists()


def test_more_bytes_than_any_call_may_have_are_refused(page, shop):
    assert page(b"\xff\xd8\xff" + b"0" * 2_100_000).status_code == 413


@pytest.mark.parametrize("body", [b"", b"--x\r\n", b"--x--\r\n", b"\0" * 99])
def test_a_broken_form_is_a_bad_request(key, shop, body):
    answer = Client(headers={"Origin": ORIGIN}).generic(
        "POST", f"{SEARCH}?key={key}", body, "multipart/form-data; boundary=x"
    )
    assert answer.status_code == 400


@pytest.mark.parametrize("kind", ["application/json", "text/plain", ""])
def test_another_kind_of_body_is_refused(key, shop, kind):
    answer = Client(headers={"Origin": ORIGIN}).generic(
        "POST", f"{SEARCH}?key={key}", b"{}", kind
    )
    assert answer.status_code == 415 or (kind == "" and answer.status_code == 400)


def test_a_text_in_the_picture_s_place_is_refused(key, shop):
    client = Client(headers={"Origin": ORIGIN})
    assert client.post(f"{SEARCH}?key={key}", {"picture": "x"}).status_code == 400


def test_only_pages_of_the_shop_may_ask(page, key, shop):
    assert page(origin="https://evil.example").status_code == 401
    assert page().headers["Access-Control-Allow-Origin"] == ORIGIN
    assert Client().post(SEARCH, {"picture": "x"}).status_code == 401


def test_a_key_without_the_scope_may_not(store, shop):
    answer = server(store, "read").generic("POST", SEARCH, RED_DRESS, "image/jpeg")
    assert answer.status_code == 403


def test_an_address_may_not_send_pictures_without_end(page, shop, settings):
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "picture_page": "2/min"}
    assert [page().status_code for _ in range(3)] == [200, 200, 429]


def test_nothing_of_the_picture_is_kept(page, store, shop, settings, tmp_path):
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "not there")
    assert page().status_code == 200
    assert page().headers["Cache-Control"] == "no-store"


def test_its_queries_are_counted(page, shop, django_assert_num_queries):
    """Key and origin, and that once more for its headers; looks of these colors, and of
    all since there are few; which of them may be shown; the decision."""
    page()
    with django_assert_num_queries(7):
        page()
