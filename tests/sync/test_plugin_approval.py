"""The button Connect: a manager says which store the shop is, and goes back with a code."""

from __future__ import annotations

from html import unescape
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.test import Client

from apps.accounts.models import Membership, Role, Store
from apps.sync.models import Connection, PluginCode
from tests.backoffice.conftest import signed_in
from tests.sync.plugin_cast import opened, send, shop_says

SITE = "https://maison.example"
BACK = f"{SITE}/wp-admin/admin.php?page=luxebrain"
STATE = "0123456789abcdef"


@pytest.fixture(autouse=True)
def sent(monkeypatch):
    monkeypatch.setattr("celery.current_app.send_task", lambda name: None)


def page(**changed):
    return "/connect/shop/?" + urlencode(
        {"site": SITE, "back": BACK, "state": STATE, **changed}
    )


def way_back(answer):
    text = answer.content.decode()
    return unescape(text.split('class="button" href="')[1].split('"')[0])


def test_a_manager_sees_which_shop_asks(store, manager):
    text = signed_in(manager).get(page()).content.decode()
    assert f"<strong>{SITE}</strong> asks to be connected" in text
    assert '<option value="maison">Maison (EUR)</option>' in text
    assert not PluginCode.objects.of(store).exists()


@pytest.mark.parametrize(
    ("site", "back", "status"),
    [
        ("https://net.example/a", "https://net.example/a/wp-admin/admin.php", 200),
        ("https://net.example/a", "https://net.example/a/wp/wp-admin/admin.php", 200),
        ("https://net.example/a", "https://net.example/b/wp-admin/admin.php", 400),
        ("https://net.example/a", "https://net.example/ab/wp-admin/admin.php", 400),
        ("https://net.example/a", "https://net.example/a/../b/wp-admin/x.php", 400),
    ],
)
def test_the_code_goes_to_the_shop_s_own_folder(store, manager, site, back, status):
    answer = signed_in(manager).get(page(site=site, back=back))
    assert answer.status_code == status
    assert (f'<code dir="ltr">{back}</code>' in answer.content.decode()) == (
        status == 200
    )


def test_a_manager_goes_back_with_a_code(store, manager):
    answer = signed_in(manager).post(page(), {"store": "maison"})
    back = urlsplit(way_back(answer))
    query = {name: values[0] for name, values in parse_qs(back.query).items()}
    assert (back.netloc, back.path) == ("maison.example", "/wp-admin/admin.php")
    assert (query["page"], query["luxebrain_state"]) == ("luxebrain", STATE)
    code = opened(query["luxebrain_code"])["code"]
    assert send(shop_says(code)).status_code == 200
    assert Connection.objects.of(store).get().url == SITE


def test_the_code_is_good_for_that_shop_only(store, manager):
    answer = signed_in(manager).post(page(), {"store": "maison"})
    code = opened(parse_qs(urlsplit(way_back(answer)).query)["luxebrain_code"][0])
    stolen = shop_says(code["code"], home_url="https://evil.example")
    assert send(stolen).status_code == 409


def test_no_page_keeps_the_code_in_a_cache(store, manager):
    answer = signed_in(manager).post(page(), {"store": "maison"})
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_stranger_is_asked_to_sign_in_first(db):
    answer = Client().get(page())
    assert answer.status_code == 302
    assert answer.url.startswith("/admin/login/?next=/connect/shop/")


def test_an_analyst_may_connect_nothing(store, analyst):
    client = signed_in(analyst)
    assert "no store that a shop" in " ".join(
        client.get(page()).content.decode().split()
    )
    assert client.post(page(), {"store": "maison"}).status_code == 409
    assert not PluginCode.objects.of(store).exists()


def test_a_manager_connects_no_store_of_another(store, other_store, manager):
    answer = signed_in(manager).post(page(), {"store": "rivale"})
    assert answer.status_code == 409
    assert not PluginCode.objects.across_stores().exists()


def test_only_stores_that_take_a_shop_are_offered(store, manager):
    demo = Store.objects.create(slug="demo", name="Demo", platform="demo")
    closed = Store.objects.create(slug="old", name="Old", status="closed")
    for other in (demo, closed):
        Membership.objects.create(user=manager, store=other, role=Role.OWNER)
    text = signed_in(manager).get(page()).content.decode()
    assert text.count("<option") == 1


def test_the_store_with_the_shops_address_stands_first(store, manager):
    other = Store.objects.create(slug="a", name="A first", url="https://a.example")
    Membership.objects.create(user=manager, store=other, role=Role.MANAGER)
    text = signed_in(manager).get(page()).content.decode()
    assert text.index('value="maison"') < text.index('value="a"')


@pytest.mark.parametrize(
    "back",
    [
        "https://evil.example/wp-admin/admin.php",
        "https://maison.example.evil.example/wp-admin/admin.php",
        "https://maison.example@evil.example/wp-admin/admin.php",
        "https://maison.example:8443/wp-admin/admin.php",
        "https://maison.example/blog/",
        "http://maison.example/wp-admin/admin.php",
        "javascript:alert(1)//maison.example/wp-admin/",
        "//maison.example/wp-admin/admin.php",
        "https://evil.example\\@maison.example/wp-admin/",
        "",
    ],
)
def test_the_way_back_is_the_shops_own_admin(store, manager, back):
    for answer in (
        signed_in(manager).get(page(back=back)),
        signed_in(manager).post(page(back=back), {"store": "maison"}),
    ):
        assert answer.status_code == 400
        assert "does not lead to the shop that asks" in answer.content.decode()
    assert not PluginCode.objects.of(store).exists()


def test_a_shop_on_ones_own_machine_may_ask_without_https(store, manager, settings):
    settings.SHOPS_MAY_BE_PRIVATE = True
    local = "http://localhost:8080"
    answer = signed_in(manager).get(page(site=local, back=f"{local}/wp-admin/x.php"))
    assert answer.status_code == 200


@pytest.mark.parametrize("state", ["", "short", "x" * 65, "<script>alert(1)</script>"])
def test_a_state_that_is_none_is_refused(store, manager, state):
    assert signed_in(manager).get(page(state=state)).status_code == 400


def test_what_a_shop_calls_itself_is_escaped(store, manager):
    answer = signed_in(manager).get(page(site="https://maison.example/<script>"))
    assert answer.status_code == 400
    assert b"<script>" not in answer.content


# The code in the admin


def test_the_admin_shows_a_code_once(store, manager):
    client = signed_in(manager)
    address = "/admin/sync/connection/do/plugin/"
    assert "Make a code?" in client.get(address).content.decode()
    answer = client.post(address)
    text = answer.content.decode()
    code = text.split('dir="ltr">')[1].split("<")[0]
    assert "data-copy" in text
    assert "no-store" in answer.headers["Cache-Control"]
    assert send(shop_says(opened(code)["code"])).status_code == 200


def test_an_analyst_gets_no_code(store, analyst):
    answer = signed_in(analyst).post("/admin/sync/connection/do/plugin/")
    assert answer.status_code == 403
    assert not PluginCode.objects.of(store).exists()
