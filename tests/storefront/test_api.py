from __future__ import annotations

from datetime import timedelta

import pytest

from apps.accounts.models import AuditEntry
from apps.accounts.services import keys
from apps.shop.models import Category, Product
from apps.storefront.models import Action, Banner, Place, Placement, Rule
from apps.storefront.services.hero import banner_for
from apps.storefront.services.plans import plans_of
from tests.callers import person, server
from tests.conftest import NOW
from tests.shop.conftest import make_product

pytestmark = pytest.mark.django_db
URL = "/api/v1/storefront/"


def post(client, path, body):
    return client.post(f"{URL}{path}", body, format="json")


def patch(client, path, body):
    return client.patch(f"{URL}{path}", body, format="json")


@pytest.fixture
def dress(store):
    return make_product(store)


# Places


def test_it_tells_of_every_place_before_any_was_set(store, analyst):
    rows = person(analyst).get(f"{URL}placements/").json()
    assert [row["place"] for row in rows] == Place.values
    assert rows[1] == {
        "place": "home-picks", "is_on": True, "title": "", "kinds": [], "size": None,
    }  # fmt: skip
    assert not Placement.objects.of(store).exists()


def test_a_manager_sets_a_place_and_it_counts_at_once(store, manager):
    plans_of(store, NOW)
    said = {"is_on": True, "title": "Für dich", "kinds": ["alike", "new"], "size": 4}
    answer = patch(person(manager), "placements/upsell/", said)
    assert answer.status_code == 200
    assert answer.json() == {"place": "upsell", **said}
    plan = plans_of(store, NOW)["upsell"]
    assert (plan.heading, plan.kinds, plan.limit) == ("Für dich", ("alike", "new"), 4)
    entry = AuditEntry.objects.of(store).get(action="storefront.placement.changed")
    assert (entry.actor, entry.subject) == (manager, "placement:upsell")


def test_a_part_of_it_leaves_the_rest(store, manager):
    client = person(manager)
    patch(client, "placements/upsell/", {"title": "More"})
    patch(client, "placements/upsell/", {"size": 3})
    row = Placement.objects.of(store).get()
    assert (row.title, row.size, row.is_on) == ("More", 3, True)


@pytest.mark.parametrize(
    ("place", "said", "field"),
    [
        ("upsell", {"kinds": ["content"]}, "kinds"),
        ("upsell", {"kinds": ["new", "new"]}, "kinds"),
        ("upsell", {"kinds": ["new"] * 9}, "kinds"),
        ("upsell", {"kinds": "new"}, "kinds"),
        ("price-line", {"kinds": ["new"]}, "kinds"),
        ("upsell", {"size": 0}, "size"),
        ("upsell", {"size": 25}, "size"),
        ("upsell", {"title": "x" * 121}, "title"),
        ("upsell", {"place": "trending"}, "place"),
        ("upsell", {"store": 1}, "store"),
    ],
)
def test_it_refuses_what_a_place_cannot_be(store, manager, place, said, field):
    answer = patch(person(manager), f"placements/{place}/", said)
    assert answer.status_code == 400
    assert field in str(answer.json())
    assert not Placement.objects.of(store).exists()


def test_there_are_no_other_places(manager):
    assert person(manager).get(f"{URL}placements/attic/").status_code == 404


# Rules


def test_a_server_writes_a_rule_down(store, dress):
    said = {"name": "Dresses first", "action": "pin", "products": [dress.pk]}
    answer = post(server(store), "rules/", said)
    assert answer.status_code == 201, answer.json()
    assert answer.json()["products"] == [dress.pk]
    assert plans_of(store, NOW)["trending"].wishes.pinned == (dress.pk,)
    entry = AuditEntry.objects.of(store).get(action="storefront.rule.added")
    assert entry.subject == f"rule:{answer.json()['id']}"


def test_it_changes_and_throws_away(store, manager, dress):
    client = person(manager)
    body = {"name": "First", "action": "pin", "products": [dress.pk]}
    pk = post(client, "rules/", body).json()["id"]
    assert plans_of(store, NOW)["upsell"].wishes.pinned == (dress.pk,)
    answer = patch(client, f"rules/{pk}/", {"places": ["trending", "trending"]})
    assert answer.json()["places"] == ["trending"]
    assert plans_of(store, NOW)["upsell"].wishes.pinned == ()
    assert client.delete(f"{URL}rules/{pk}/").status_code == 204
    assert plans_of(store, NOW)["trending"].wishes.pinned == ()
    actions = AuditEntry.objects.of(store).values_list("action", flat=True)
    assert {f"storefront.rule.{verb}" for verb in ("added", "changed", "deleted")} <= {
        *actions
    }


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"action": "pin"}, "products"),
        ({"action": "pin", "products": [10**15]}, "products"),
        ({"action": "pin", "products": [0]}, "products"),
        ({"action": "pin", "products": "all"}, "products"),
        ({"action": "pin", "products": list(range(1, 300))}, "products"),
        ({"action": "exclude"}, "products"),
        ({"action": "only", "categories": [10**15]}, "categories"),
        ({"action": "boost", "brands": ["Ada"]}, "factor"),
        ({"action": "boost", "brands": ["Ada"], "factor": 0.5}, "factor"),
        ({"action": "bury", "brands": ["Ada"], "factor": 2}, "factor"),
        ({"action": "boost", "brands": ["Ada"], "factor": 1e9}, "factor"),
        ({"action": "brand_cap"}, "most"),
        ({"action": "brand_cap", "most": 0}, "most"),
        ({"action": "price"}, "price_from"),
        ({"action": "price", "price_from": "-1"}, "price_from"),
        ({"action": "price", "price_from": "9", "price_to": "8"}, "price_to"),
        ({"action": "price", "price_from": "NaN"}, "price_from"),
        ({"action": "margin"}, "margin"),
        ({"action": "margin", "margin": 1}, "margin"),
        ({"action": "margin", "margin": 0.3, "products": [1]}, "products"),
        ({"action": "sing", "brands": ["Ada"]}, "action"),
        ({"action": "exclude", "brands": ["Ada"], "places": ["price-line"]}, "places"),
        ({"action": "exclude", "brands": ["Ada"], "starts_at": "9999-12-31T23:59:59Z"}, "starts_at"),
        ({"action": "exclude", "brands": ["Ada"], "position": -1}, "position"),
        ({"action": "exclude", "brands": ["Ada"], "owner": "me"}, "owner"),
    ],
)  # fmt: skip
def test_it_refuses_what_means_nothing(store, manager, said, field):
    answer = post(person(manager), "rules/", {"name": "Rule", **said})
    assert answer.status_code == 400, answer.json()
    assert field in str(answer.json())
    assert not Rule.objects.of(store).exists()


@pytest.mark.parametrize("body", [[], "rule", 7])
def test_a_body_is_an_object(manager, body):
    client = person(manager)
    assert post(client, "rules/", body).status_code == 400
    assert patch(client, "placements/upsell/", body).status_code == 400


def test_a_period_that_ends_before_it_begins_is_refused(store, manager):
    body = {
        "name": "Sale", "action": "exclude", "brands": ["Ada"],
        "starts_at": NOW.isoformat(), "ends_at": NOW.isoformat(),
    }  # fmt: skip
    assert "ends_at" in str(post(person(manager), "rules/", body).json())
    body["ends_at"] = (NOW + timedelta(hours=1)).isoformat()
    pk = post(person(manager), "rules/", body).json()["id"]
    late = {"starts_at": (NOW + timedelta(days=1)).isoformat()}
    assert patch(person(manager), f"rules/{pk}/", late).status_code == 400


def test_another_stores_products_are_no_products_here(store, other_store, manager):
    theirs = make_product(other_store)
    below = Category.objects.create(store=other_store, name="Hats", slug="hats")
    client = person(manager)
    pinned = {"name": "Theirs", "action": "pin", "products": [theirs.pk]}
    assert "products" in str(post(client, "rules/", pinned).json())
    only = {"name": "Theirs", "action": "only", "categories": [below.pk]}
    assert "categories" in str(post(client, "rules/", only).json())
    banner = {"heading": "Theirs", "product": theirs.pk}
    assert "product" in str(post(client, "banners/", banner).json())
    assert not Rule.objects.of(store).exists()
    assert not Banner.objects.of(store).exists()


def test_a_product_that_went_does_not_keep_a_rule_from_being_switched_off(
    store, manager, dress
):
    row = Rule.objects.create(store=store, name="R", action="pin", products=[dress.pk])
    Product.objects.of(store).update(deleted_at=NOW)
    answer = patch(person(manager), f"rules/{row.pk}/", {"is_on": False})
    assert answer.status_code == 200, answer.json()


def test_what_a_rule_does_stays_what_it_does(store, manager):
    row = Rule.objects.create(store=store, name="R", action="exclude", brands=["Ada"])
    answer = patch(person(manager), f"rules/{row.pk}/", {"action": "only"})
    assert answer.status_code == 400
    row.refresh_from_db()
    assert row.action == Action.EXCLUDE


def test_rules_are_listed_by_what_they_do(store, analyst):
    for action in ("exclude", "only"):
        Rule.objects.create(store=store, name=action, action=action, brands=["Ada"])
    rows = person(analyst).get(f"{URL}rules/", {"action": "only"}).json()["results"]
    assert [row["name"] for row in rows] == ["only"]


def test_a_list_is_written_to_and_one_row_is_changed(store, manager):
    row = Rule.objects.create(store=store, name="R", action="exclude", brands=["Ada"])
    client = person(manager)
    assert post(client, f"rules/{row.pk}/", {}).status_code == 405
    assert client.delete(f"{URL}rules/").status_code == 405
    assert patch(client, "rules/", {}).status_code == 405
    assert client.put(f"{URL}rules/{row.pk}/", {}, format="json").status_code == 405


# Banners


def test_a_banner_is_shown_as_soon_as_it_is_written(store, manager, dress):
    assert banner_for(store, "high", NOW) is None
    body = {"heading": "Hello", "segment": "high", "url": "/sale", "label": "Look"}
    answer = post(person(manager), "banners/", body)
    assert answer.status_code == 201, answer.json()
    assert banner_for(store, "high", NOW).heading == "Hello"
    pk = answer.json()["id"]
    patch(person(manager), f"banners/{pk}/", {"product": dress.pk, "is_on": False})
    assert banner_for(store, "high", NOW) is None
    assert Banner.objects.of(store).get().product == dress


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "data:text/html,x", "//evil.example", "/\\evil.example",
     "sale", "http://", "https://a b", "https://[", "\tjavascript:x"],
)  # fmt: skip
def test_a_banner_leads_only_to_pages(store, manager, url):
    answer = post(person(manager), "banners/", {"heading": "Hello", "url": url})
    assert answer.status_code == 400
    assert "url" in str(answer.json())


@pytest.mark.parametrize(
    "said",
    [{"heading": ""}, {"heading": "x" * 121}, {"heading": "H", "segment": "rich"},
     {"heading": "H", "picture": "https://a.example/1.jpg"}, {"heading": "H", "product": 10**30}],
)  # fmt: skip
def test_it_refuses_a_banner_that_is_none(store, manager, said):
    assert post(person(manager), "banners/", said).status_code == 400
    assert not Banner.objects.of(store).exists()


# Who may


ROWS = ("rules/", "banners/")


def test_an_analyst_reads_and_writes_nothing(store, analyst):
    rule = Rule.objects.create(store=store, name="R", action="exclude", brands=["Ada"])
    client = person(analyst)
    for path in ("placements/", "placements/upsell/", *ROWS, f"rules/{rule.pk}/"):
        assert client.get(f"{URL}{path}").status_code == 200
    body = {"name": "R", "action": "exclude", "brands": ["Ada"]}
    refused = [
        post(client, "rules/", body), post(client, "banners/", {"heading": "H"}),
        patch(client, "placements/upsell/", {"size": 3}),
        patch(client, f"rules/{rule.pk}/", {"is_on": False}),
        client.delete(f"{URL}rules/{rule.pk}/"),
    ]  # fmt: skip
    assert [answer.status_code for answer in refused] == [403] * 5
    rule.refresh_from_db()
    assert rule.is_on
    assert Rule.objects.of(store).count() == 1
    assert not Placement.objects.of(store).exists()


def test_a_key_that_may_only_read_writes_nothing(store):
    client = server(store, "read")
    assert client.get(f"{URL}rules/").status_code == 200
    body = {"name": "R", "action": "exclude", "brands": ["Ada"]}
    assert post(client, "rules/", body).status_code == 403
    assert not Rule.objects.of(store).exists()


def test_a_page_reads_no_rules(store, client):
    key = keys.create(store, "pk", "page")[1]
    for path in ("placements/", *ROWS):
        answer = client.get(f"{URL}{path}", headers={"LuxeBrain-Key": key})
        assert answer.status_code in (401, 403)


def test_another_stores_rows_are_not_there(store, other_store, manager):
    rule = Rule.objects.create(store=other_store, name="Theirs", action="pin")
    banner = Banner.objects.create(store=other_store, heading="Theirs")
    client = person(manager)
    for path in (f"rules/{rule.pk}/", f"banners/{banner.pk}/"):
        assert client.get(f"{URL}{path}").status_code == 404
        assert patch(client, path, {"is_on": False}).status_code == 404
        assert client.delete(f"{URL}{path}").status_code == 404
    assert client.get(f"{URL}rules/").json()["results"] == []
    assert Rule.objects.of(other_store).get().is_on
