from __future__ import annotations

import re

from apps.accounts.models import ApiKey, Membership, Store, StoreOrigin
from apps.accounts.services import keys
from tests.backoffice.conftest import signed_in

NEW = "/admin/accounts/apikey/do/create/"


def verb(key, name):
    return f"/admin/accounts/apikey/{key.pk}/do/{name}/"


def test_a_key_is_shown_once(page, store):
    answer = page.post(NEW, {"name": "Plugin", "kind": "sk", "scopes": ["read"]})
    shown = re.search(r"sk_\w{12}_\w{32}", answer.content.decode())[0]
    key = ApiKey.objects.get()
    assert (key.store, key.scopes, key.digest) == (store, ["read"], keys.digest(shown))
    assert "no-store" in answer.headers["Cache-Control"]
    for url in ("/admin/accounts/apikey/", f"/admin/accounts/apikey/{key.pk}/change/"):
        assert shown not in page.get(url).content.decode()


def test_a_key_is_replaced_and_revoked(page, store):
    key, _ = keys.create(store, "pk", "Shop pages")
    assert "Go on?" in page.get(verb(key, "rotate")).content.decode()
    assert re.search(r"pk_\w{24}", page.post(verb(key, "rotate")).content.decode())
    page.post(verb(key, "revoke"))
    key.refresh_from_db()
    assert key.revoked_at


def test_looking_at_the_question_revokes_nothing(page, store):
    key, _ = keys.create(store, "sk", "Plugin")
    page.get(verb(key, "revoke"))
    key.refresh_from_db()
    assert key.revoked_at is None


def test_another_store_s_key_is_not_there(page, other_store):
    key, _ = keys.create(other_store, "sk", "Theirs")
    assert page.post(verb(key, "revoke")).status_code == 404
    key.refresh_from_db()
    assert key.revoked_at is None


def test_a_manager_makes_no_key(manager):
    assert signed_in(manager).post(NEW, {"name": "x", "kind": "sk"}).status_code == 403
    assert not ApiKey.objects.exists()


def test_an_unknown_verb_is_404(page, store):
    key, _ = keys.create(store, "sk", "Plugin")
    assert page.post(verb(key, "explode")).status_code == 404


def test_an_owner_adds_and_removes_people(page, store):
    page.post(
        "/admin/accounts/membership/do/invite/",
        {"email": "new@mail.example", "role": "analyst"},
    )
    member = Membership.objects.get(store=store, user__email="new@mail.example")
    url = f"/admin/accounts/membership/{member.pk}/do"
    page.post(f"{url}/change_role/", {"role": "manager"})
    member.refresh_from_db()
    assert member.role == "manager"
    assert page.post(f"{url}/remove/").url == "/admin/accounts/membership/"
    assert not Membership.objects.filter(pk=member.pk).exists()


def test_the_last_owner_stays(page, owner, store):
    member = Membership.objects.get(user=owner)
    answer = page.post(
        f"/admin/accounts/membership/{member.pk}/do/remove/", follow=True
    )
    assert "A store needs an owner" in answer.content.decode()
    assert Membership.objects.filter(pk=member.pk).exists()


def test_a_manager_invites_nobody(manager):
    url = "/admin/accounts/membership/do/invite/"
    assert (
        signed_in(manager)
        .post(url, {"email": "x@mail.example", "role": "owner"})
        .status_code
        == 403
    )


def test_settings_change_what_a_merchant_may_change(page, store):
    values = {
        "name": "Maison Neuve",
        "url": store.url,
        "time_zone": "Europe/Paris",
        "country": "FR",
        "language": "fr",
        "currency": "USD",
        "plan": "enterprise",
    }
    answer = page.post(f"/admin/accounts/store/{store.pk}/change/", values)
    assert answer.status_code == 302
    changed = Store.objects.get(pk=store.pk)
    assert (changed.name, changed.time_zone, changed.currency, changed.plan) == (
        "Maison Neuve",
        "Europe/Paris",
        "EUR",
        "starter",
    )


def test_another_store_s_settings_are_not_there(page, store, other_store):
    assert (
        page.get(f"/admin/accounts/store/{other_store.pk}/change/").status_code == 404
    )


def test_an_address_is_written_as_browsers_send_it(page, store):
    page.post("/admin/accounts/storeorigin/add/", {"origin": "https://Shop.Example/"})
    assert StoreOrigin.objects.get().origin == "https://shop.example"
    again = page.post(
        "/admin/accounts/storeorigin/add/", {"origin": "https://shop.example"}
    )
    assert again.status_code == 200
    assert StoreOrigin.objects.count() == 1
