from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import make_password
from django.core import mail
from django.db import connection
from django.test import Client, RequestFactory
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from apps.accounts.models import AuditEntry, Membership, Role, Store, User
from apps.accounts.services import teams
from apps.core.errors import ConflictError, InvalidInputError
from tests.accounts.conftest import person
from tests.conftest import member

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"
WHOAMI = "/api/v1/auth/whoami"


def post(path, data, **headers):
    return Client().post(
        f"/api/v1/auth/{path}", data, content_type="application/json", headers=headers
    )


def test_an_e_mail_in_any_case_signs_in(owner):
    data = {"email": owner.email.upper(), "password": PASSWORD}
    assert set(post("token/", data).json()) == {"access", "refresh"}


@pytest.mark.parametrize("email", ["owner@maison.example", "nobody@maison.example"])
def test_a_wrong_password_and_an_unknown_person_look_alike(owner, email):
    answer = post("token/", {"email": email, "password": "wrong"})
    assert answer.status_code == 401
    assert answer.json()["title"] == (
        "No active account found with the given credentials"
    )


def test_a_person_of_one_store_need_not_name_it(owner, store):
    assert person(owner).get(WHOAMI).json()["store"] == store.slug


def test_a_person_of_two_stores_names_one(owner, store, other_store):
    Membership.objects.create(user=owner, store=other_store, role=Role.ANALYST)
    answer = person(owner, other_store).get(WHOAMI).json()
    assert (answer["store"], answer["role"]) == (other_store.slug, "analyst")


def test_another_store_is_not_there(owner, other_store):
    client = person(owner, other_store)
    assert client.get(WHOAMI).status_code == 404


def test_a_token_of_a_removed_member_opens_nothing(owner, analyst, store):
    client = person(analyst, store)
    teams.remove(analyst.memberships.get(), actor=owner)
    assert client.get(WHOAMI).status_code == 404


def test_a_closed_store_is_not_there(owner, store):
    client = person(owner, store)
    Store.objects.filter(pk=store.pk).update(status=Store.Status.CLOSED)
    assert client.get(WHOAMI).status_code == 404


def test_a_refused_token_is_refused_in_a_sentence(db):
    answer = Client().get(WHOAMI, headers={"Authorization": "Bearer abc"})
    assert answer.status_code == 401
    assert answer.json()["title"] == "The token is not valid, or no longer."


def test_an_address_typed_in_capitals_still_signs_in(store):
    User.objects.create(email="Foo@Maison.Example", password=make_password(PASSWORD))
    data = {"email": "foo@maison.example", "password": PASSWORD}
    assert post("token/", data).status_code == 200


def test_a_refresh_token_is_used_once(owner):
    first = post("token/", {"email": owner.email, "password": PASSWORD}).json()
    assert post("token/refresh/", {"refresh": first["refresh"]}).status_code == 200
    assert post("token/refresh/", {"refresh": first["refresh"]}).status_code == 401


@pytest.mark.parametrize("raw", ["abc", "a.b.c", "é"])
def test_a_made_up_refresh_token_is_refused_in_a_sentence(db, raw):
    answer = post("token/refresh/", {"refresh": raw})
    assert answer.status_code == 401
    assert answer.json()["title"] == (
        "The refresh token is not valid, or was used before."
    )


def test_a_refresh_token_ends_with_the_password(owner):
    tokens = post("token/", {"email": owner.email, "password": PASSWORD}).json()
    owner.set_password("another horse battery")
    owner.save()
    assert post("token/refresh/", {"refresh": tokens["refresh"]}).status_code == 401


def test_a_refresh_token_ends_with_the_account(owner):
    tokens = post("token/", {"email": owner.email, "password": PASSWORD}).json()
    owner.delete()
    assert post("token/refresh/", {"refresh": tokens["refresh"]}).status_code == 401


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_four_refreshes_at_once_one_passes(owner):
    tokens = post("token/", {"email": owner.email, "password": PASSWORD}).json()

    def refresh(_):
        try:
            answer = post("token/refresh/", {"refresh": tokens["refresh"]})
            return answer.status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(refresh, range(4))) == [200, 401, 401, 401]


def test_signing_out_uses_up_the_refresh_token(owner):
    tokens = post("token/", {"email": owner.email, "password": PASSWORD}).json()
    assert post("logout/", {"refresh": tokens["refresh"]}).status_code == 200
    assert post("token/refresh/", {"refresh": tokens["refresh"]}).status_code == 401


def test_a_new_password_ends_all_tokens(owner):
    client = person(owner)
    owner.set_password("another horse battery")
    owner.save()
    assert client.get(WHOAMI).status_code == 401


def test_a_second_step_is_asked_for_in_the_api_too(owner):
    device = TOTPDevice.objects.create(user=owner, name="phone", confirmed=True)
    data = {"email": owner.email, "password": PASSWORD}
    assert post("token/", data).status_code == 401
    code = f"{totp(device.bin_key):06d}"
    device.throttle_reset()
    assert post("token/", data | {"code": code}).status_code == 200


def test_tries_are_limited_for_an_account(owner, settings):
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "login": "3/min"}
    for _ in range(3):
        post("token/", {"email": owner.email, "password": "wrong"})
    answer = post("token/", {"email": owner.email, "password": PASSWORD})
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert AuditEntry.objects.filter(action="signin.throttled").count() == 1


def test_tries_are_limited_for_an_address(owner, settings):
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "login": "3/min"}
    emails = [f"guess{number}@maison.example" for number in range(3)]
    codes = [
        post("token/", {"email": email, "password": "wrong"}).status_code
        for email in [*emails, owner.email]
    ]
    assert codes == [401, 401, 401, 429]


def test_signing_in_well_is_not_limited(owner, settings):
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "login": "3/min"}
    right = {"email": owner.email, "password": PASSWORD}
    assert {post("token/", right).status_code for _ in range(5)} == {200}


def test_too_many_tries_look_like_a_wrong_password_in_the_admin(owner, settings):
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "login": "1/min"}
    request = RequestFactory().post("/admin/login/")
    authenticate(request, username=owner.email, password="wrong")
    assert authenticate(request, username=owner.email, password=PASSWORD) is None


def test_signing_in_is_in_the_audit_trail_of_each_store(owner, store, other_store):
    other_store.memberships.create(user=owner, role=Role.ANALYST)
    post("token/", {"email": owner.email, "password": PASSWORD})
    for mine in (store, other_store):
        entries = AuditEntry.objects.of(mine).order_by("pk")
        assert [(e.action, e.actor, e.ip) for e in entries] == [
            ("signin.password_accepted", owner, "127.0.0.1"),
            ("signin.api", owner, "127.0.0.1"),
        ]


def test_an_inactive_person_is_refused(owner):
    User.objects.filter(pk=owner.pk).update(is_active=False)
    data = {"email": owner.email, "password": PASSWORD}
    assert post("token/", data).status_code == 401
    assert not AuditEntry.objects.exists()


def test_a_forgotten_password_is_set_by_a_mailed_link(owner):
    assert post("password-reset/", {"email": owner.email}).status_code == 202
    uid, token = re.search(
        r"/password-reset/([^/]+)/([^/]+)/", mail.outbox[0].body
    ).groups()
    values = {"uid": uid, "token": token, "password": "a brand new horse"}
    assert post("password-reset/confirm/", values).status_code == 204
    assert post("password-reset/confirm/", values).status_code == 400
    owner.refresh_from_db()
    assert owner.check_password("a brand new horse")
    assert AuditEntry.objects.get().action == "password.changed"


def test_a_weak_password_is_not_set(owner):
    post("password-reset/", {"email": owner.email})
    uid, token = re.search(
        r"/password-reset/([^/]+)/([^/]+)/", mail.outbox[0].body
    ).groups()
    values = {"uid": uid, "token": token, "password": "password"}
    assert post("password-reset/confirm/", values).status_code == 400
    owner.refresh_from_db()
    assert owner.check_password(PASSWORD)


def test_nobody_s_mailbox_is_filled(owner, settings):
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "login": "3/min"}
    for _ in range(3):
        post("password-reset/", {"email": owner.email})
        Client().post("/password-reset/", {"email": owner.email})
    assert len(mail.outbox) == 3


def test_a_password_is_set_on_our_pages_too(owner, store):
    assert Client().post("/password-reset/", {"email": owner.email}).status_code == 302
    link = re.search(r"/password-reset/\S+", mail.outbox[0].body)[0]
    client = Client()
    form = client.get(link).headers["Location"]
    new = {"new_password1": "a brand new horse", "new_password2": "a brand new horse"}
    assert client.post(form, new).status_code == 302
    owner.refresh_from_db()
    assert owner.check_password("a brand new horse")
    assert AuditEntry.objects.of(store).get().action == "password.changed"


def test_a_reset_does_not_tell_whether_an_address_is_known(db):
    answer = post("password-reset/", {"email": "nobody@maison.example"})
    assert (answer.status_code, answer.content) == (202, b"")
    assert mail.outbox == []


@pytest.mark.parametrize("uid", ["", "x", "MTIz", "é", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5"])
def test_a_made_up_link_is_refused(db, uid):
    values = {"uid": uid, "token": "x-y", "password": "a brand new horse"}
    assert post("password-reset/confirm/", values).status_code == 400


def test_the_last_owner_stays(owner, store):
    membership = owner.memberships.get()
    with pytest.raises(ConflictError):
        teams.change_role(membership, Role.ANALYST, actor=owner)
    with pytest.raises(ConflictError):
        teams.remove(membership, actor=owner)
    membership.refresh_from_db()
    assert membership.role == Role.OWNER


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_owners_cannot_remove_each_other_at_once(owner, store):
    second = member(store, Role.OWNER, "second@maison.example")
    rows = [person.memberships.get() for person in (owner, second)]

    def remove(row):
        try:
            teams.remove(row, actor=None)
        except ConflictError:
            return "refused"
        finally:
            connection.close()
        return "removed"

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(remove, rows)) == ["refused", "removed"]
    assert store.memberships.count() == 1


def test_an_owner_may_go_when_another_stays(owner, store):
    second = member(store, Role.OWNER, "second@maison.example")
    teams.remove(owner.memberships.get(), actor=second)
    assert list(store.memberships.values_list("user__email", flat=True)) == [
        second.email
    ]


def test_a_new_colleague_gets_an_account_without_a_password(store, owner):
    added = teams.add(store, " New@Maison.Example ", Role.MANAGER, actor=owner)
    assert added.user.email == "new@maison.example"
    assert not added.user.has_usable_password()


def test_a_new_colleague_is_mailed_a_link(store, owner):
    person(owner).post(
        f"/api/v1/stores/{store.slug}/members/",
        {"email": "new@maison.example", "role": "analyst"},
        content_type="application/json",
    )
    assert [sent.to for sent in mail.outbox] == [["new@maison.example"]]
    assert "http://localhost:8000/password-reset/" in mail.outbox[0].body


@pytest.mark.parametrize(
    ("email", "role"), [("no address", "analyst"), ("a@b.example", "king")]
)
def test_a_colleague_that_makes_no_sense_is_not_added(store, owner, email, role):
    with pytest.raises(InvalidInputError):
        teams.add(store, email, role, actor=owner)
    assert User.objects.count() == 1


def test_nobody_is_in_a_team_twice(store, owner):
    with pytest.raises(ConflictError):
        teams.add(store, owner.email, Role.ANALYST, actor=owner)
