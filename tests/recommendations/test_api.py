from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import translation

from apps.accounts.models import Store, StoreOrigin
from apps.accounts.services import customer_token, keys
from apps.core.services.memory import forget_all
from apps.decisions.models import Decision
from apps.events.models import Session
from apps.recommendations.models import ShelfSettings
from apps.recommendations.services.answering import reasons
from tests import callers
from tests.conftest import NOW
from tests.recommendations.goods import buy, product, shelf
from tests.recommendations.pages import ORIGIN, AtTheDoor

pytestmark = pytest.mark.django_db
URL = "/api/v1/recommendations/"


@pytest.fixture(autouse=True)
def now(time_machine, store):
    time_machine.move_to(NOW, tick=False)
    ShelfSettings.objects.create(store=store, variety=0, exploration_share=0)


@pytest.fixture
def three(store):
    return [product(store, name, days_old=day) for day, name in enumerate("abc")]


@pytest.fixture(params=["django", "door"])
def page(store, request):
    """Both ways to the same answer."""
    StoreOrigin.objects.create(store=store, origin=ORIGIN)
    key = keys.create(store, "pk", "shop pages")[1]
    kind = Client if request.param == "django" else AtTheDoor
    return kind(headers={"LuxeBrain-Key": key, "Origin": ORIGIN})


def names(answer):
    return [pick["name"] for pick in answer.json()["picks"]]


def test_a_page_gets_a_shelf_with_its_decision(store, three, page):
    answer = page.get(URL, {"visitor": "v1", "limit": 2, "placement": "home"})
    a = three[0]
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    decision = Decision.objects.of(store).get()
    assert decision.subject == "visitor:v1"
    assert answer.json()["decision_id"] == str(decision.pk)
    assert answer.json()["picks"][0] == {
        "product": a.pk, "woo_id": a.woo_id, "name": "a", "brand": "",
        "price": "50.0000", "currency": "EUR", "permalink": "", "sizes": ["M", "S"],
    }  # fmt: skip
    assert names(answer) == ["a", "b"]


def test_a_page_s_click_counts_at_once_by_the_shop_s_ids(store, three, page):
    a, _, c = three
    shelf(store, "similar", f"product:{a.pk}", c)
    found = page.get(URL, {"viewed": str(a.woo_id), "limit": 1, "explain": "true"})
    assert names(found) == ["c"]
    assert found.json()["picks"][0]["reason"] == {
        "code": "viewed", "about": a.pk, "sentence": "Because you viewed a",
        "named_by": "session",
    }  # fmt: skip
    assert "model_version" not in found.json()


def test_a_page_may_not_name_a_customer(store, ada, three, page):
    answer = page.get(URL, {"customer": 7})
    assert answer.status_code == 403
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert not Decision.objects.of(store).exists()


@pytest.fixture
def known_ada(store, ada, three):
    ada.woo_id = 7
    ada.save(update_fields=["woo_id"])
    buy(store, ada, three[0])
    return ada


def test_a_signed_token_says_who_is_there(store, known_ada, three, page):
    secret = keys.create(store, "sk", "plugin")[1]
    token = customer_token.mint(secret, 7, NOW + timedelta(hours=1))
    assert names(page.get(URL, {"token": token})) == ["b", "c"]
    stale = customer_token.mint(secret, 7, NOW - timedelta(hours=1))
    assert names(page.get(URL, {"token": stale})) == ["a", "b", "c"]


def test_a_server_names_the_customer_by_either_id(store, known_ada, three):
    server = callers.server(store, "storefront")
    assert names(server.get(URL, {"customer": 7})) == ["b", "c"]
    own = {"customer": known_ada.pk, "ids": "own"}
    assert names(server.get(URL, own)) == ["b", "c"]


def test_a_server_s_key_needs_the_right_to_read_shelves(store, three):
    assert callers.server(store, "events").get(URL).status_code == 403


def test_who_was_merged_is_who_they_are(store, known_ada, cleo, three):
    cleo.merged_into = known_ada
    cleo.save(update_fields=["merged_into"])
    server = callers.server(store, "storefront")
    found = server.get(URL, {"customer": cleo.pk, "ids": "own"})
    assert names(found) == ["b", "c"]
    assert Decision.objects.of(store).get().subject == f"customer:{known_ada.pk}"


def test_another_store_s_ids_are_nobody_s(store, other_store, three, analyst):
    theirs = product(other_store, "theirs", woo_id=9_999)
    ask = {"ids": "own", "product": theirs.pk, "category": 10**12, "limit": 1}
    assert names(callers.person(analyst).get(URL, ask)) == []
    del ask["category"]
    found = callers.person(analyst).get(URL, {**ask, "customer": 10**12})
    assert names(found) == ["a"]
    assert Decision.objects.of(store).latest("id").subject == "nobody"


def test_a_visit_leads_to_its_visitor(store, three, page):
    Session.objects.create(
        store=store, key="s1", visitor="v9", started_at=NOW, last_at=NOW
    )
    page.get(URL, {"session": "s1"})
    assert Decision.objects.of(store).get().subject == "visitor:v9"


def test_filters_narrow_what_is_shown(store, page):
    product(store, "cheap", price=10, woo_id=1)
    product(store, "dear", price=30, woo_id=2, sizes=("L",))
    assert names(page.get(URL, {"price_to": "20"})) == ["cheap"]
    assert names(page.get(URL, {"size": "L"})) == ["dear"]
    assert names(page.get(URL, {"exclude": "2"})) == ["cheap"]


@pytest.mark.parametrize(
    "wrong",
    [{"kind": "content"}, {"limit": 51}, {"limit": 0}, {"basket": "1,x"},
     {"basket": "0"}, {"price_from": "-1"}, {"product": 2**63}, {"ids": "theirs"}],
    ids=str,
)  # fmt: skip
def test_what_makes_no_sense_is_refused(store, page, wrong):
    answer = page.get(URL, wrong)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, list(wrong))
    assert not Decision.objects.of(store).exists()


def test_servers_and_people_read_which_model_it_was(store, known_ada, three, analyst):
    shelf(store, "personal", f"customer:{known_ada.pk}", three[2])
    ask = {"customer": 7, "explain": "true"}
    found = callers.person(analyst).get(URL, ask).json()
    assert found["model_version"] == "recommendations.personal#1"


def test_the_merchant_reads_why_a_product_is_missing(store, known_ada, three, analyst):
    client, a = callers.person(analyst), three[0]
    ask = {"missing": a.woo_id, "customer": 7}
    found = client.get(URL + "why-not/", ask).json()
    assert found == {
        "rule": "bought", "sentence": "It was bought less than 30 days ago.",
        "place": None,
    }  # fmt: skip
    there = client.get(URL + "why-not/", {"missing": a.woo_id}).json()
    assert (there["rule"], there["place"]) == ("", 1)
    assert client.get(URL + "why-not/", {"missing": 1}).json()["rule"] == "unknown"
    assert not Decision.objects.of(store).exists()


def test_a_page_may_not_ask_why(page):
    assert page.get(URL + "why-not/", {"missing": 1}).status_code == 403


def test_the_merchant_sets_how_shelves_are_filled(store, manager, analyst):
    url = URL + "settings/"
    change = {"exploration_share": 0.2, "shelf_size": 4}
    assert callers.person(analyst).patch(url, change).status_code == 403
    found = callers.person(manager).patch(url, change, format="json").json()
    assert found == {
        "exploration_share": 0.2, "shelf_size": 4, "bought_days": 30,
        "fatigue_days": 14, "variety": 0.0,
    }  # fmt: skip
    assert callers.person(analyst).get(url).json() == found


@pytest.mark.parametrize(
    "wrong", [{"exploration_share": 0.6}, {"shelf_size": 0}, {"variety": 2}, {"x": 1}]
)
def test_settings_out_of_bounds_change_nothing(store, manager, wrong):
    url = URL + "settings/"
    answer = callers.person(manager).patch(url, wrong, format="json")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, list(wrong))
    assert ShelfSettings.objects.of(store).get().exploration_share == 0


@pytest.mark.parametrize(
    ("spoken", "said", "told"),
    [("en", {}, "New in the shop"),
     ("ar", {}, "جديد في المتجر"),
     ("en", {"language": "ar-AE"}, "جديد في المتجر"),
     ("ar", {"language": "en"}, "New in the shop"),
     ("ar", {"language": "../../x"}, "جديد في المتجر"),
     ("de", {}, "New in the shop"),
     ("zz", {"language": "zz"}, "New in the shop")],
)  # fmt: skip
def test_reasons_are_told_in_the_page_s_language(
    store, three, page, spoken, said, told
):
    Store.objects.filter(pk=store.pk).update(language=spoken)
    answer = page.get(URL, {"kind": "new", "explain": "true", "limit": 1, **said})
    assert answer.json()["picks"][0]["reason"]["sentence"] == told


def test_a_product_is_named_in_any_language(store, three, page):
    asked = {"viewed": str(three[0].woo_id), "limit": 1, "explain": "true"}
    shelf(store, "similar", f"product:{three[0].pk}", three[2])
    found = page.get(URL, {**asked, "language": "ar"}).json()["picks"][0]
    assert found["reason"]["sentence"] == "لأنك شاهدت a"


def test_each_reason_is_known_in_arabic():
    pairs = [*reasons.SENTENCES.values(), reasons.OTHERWISE]
    english = {one for pair in pairs for one in pair}
    with translation.override("ar"):
        arabic = {one: translation.gettext(one) for one in english}
    assert [one for one in english if arabic[one] == one] == []
    assert [o for o in english if ("{about}" in o) != ("{about}" in arabic[o])] == []


@pytest.fixture
def many(store):
    return [product(store, f"dress {number}") for number in range(30)]


def test_a_page_gets_no_more_than_a_screen_holds(store, many, page):
    answer = page.get(URL, {"limit": 25})
    assert answer.status_code == 400
    assert answer.json()["errors"] == {"limit": ["A page gets up to 24 picks."]}
    assert not Decision.objects.of(store).exists()
    assert len(names(page.get(URL, {"limit": 24}))) == 24
    ShelfSettings.objects.of(store).update(shelf_size=28)
    forget_all()
    assert len(names(page.get(URL))) == 24
    server = callers.server(store, "storefront")
    assert len(names(server.get(URL))) == 28
    assert len(names(server.get(URL, {"limit": 29}))) == 29


def test_shelves_for_pages_have_a_limit_of_their_own(store, three, page, settings):
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "shelf_page": "2/min"}
    found = [page.get(URL).status_code for _ in range(3)]
    assert found == [200, 200, 429]
    assert Decision.objects.of(store).count() == 2
    assert page.get(URL, headers={"X-Forwarded-For": "9.9.9.9"}).status_code == 429
    server = callers.server(store, "storefront")
    assert [server.get(URL).status_code for _ in range(3)] == [200, 200, 200]


def test_the_number_of_queries_is_known(
    store, known_ada, three, django_assert_num_queries
):
    server = callers.server(store, "storefront")
    ask = {"customer": 7, "visitor": "v1", "viewed": three[0].woo_id, "limit": 2}
    # One of them asks for tests, once in five seconds.
    with django_assert_num_queries(10):
        server.get(URL, ask)
