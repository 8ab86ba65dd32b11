from __future__ import annotations

import re

import pytest
from django.test import Client
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from tests.backoffice.conftest import signed_in

PASSWORD = "correct horse battery"


def sign_in(client, user, password=PASSWORD, **more):
    return client.post(
        "/admin/login/", {"username": user.email, "password": password, **more}
    )


def code_of(device, drift=0):
    return f"{totp(device.bin_key, drift=drift):06d}"


@pytest.fixture
def two_step(owner):
    """The owner's sign-in asks for a code; gives the recovery codes."""
    client = signed_in(owner)
    client.get("/admin/two-step/")
    device = TOTPDevice.objects.get(user=owner)
    body = client.post("/admin/two-step/", {"code": code_of(device)}).content.decode()
    TOTPDevice.objects.update(last_t=-1)
    return re.findall(r"<code>([0-9a-f-]+)</code>", body)


def test_a_password_is_enough_without_a_device(owner):
    client = Client()
    assert sign_in(client, owner).url == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_it_returns_to_the_page_one_wanted(owner):
    client = Client()
    wanted = client.get("/admin/shop/order/").url
    assert (
        client.post(wanted, {"username": owner.email, "password": PASSWORD}).url
        == "/admin/shop/order/"
    )


def test_it_returns_to_no_foreign_page(owner):
    assert sign_in(Client(), owner, next="https://evil.example/").url == "/admin/"


def test_a_wrong_password_is_told_in_words(owner):
    answer = sign_in(Client(), owner, "wrong")
    assert "do not fit together" in answer.content.decode()


def test_too_many_tries_are_told_so(owner, settings):
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "login": "2/min"}
    client = Client()
    for _ in range(3):
        answer = sign_in(client, owner, "wrong")
    assert "Too many tries" in answer.content.decode()


def test_the_password_alone_opens_nothing_then(owner, two_step):
    client = Client()
    assert sign_in(client, owner).url == "/admin/login/code/"
    assert client.get("/admin/").url.startswith("/admin/login/")


def test_the_code_opens(owner, two_step):
    client = Client()
    sign_in(client, owner)
    code = code_of(TOTPDevice.objects.get(user=owner))
    assert client.post("/admin/login/code/", {"code": code}).url == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_a_code_opens_once(owner, two_step):
    code = code_of(TOTPDevice.objects.get(user=owner))
    for expected in (302, 200):
        client = Client()
        sign_in(client, owner)
        assert client.post("/admin/login/code/", {"code": code}).status_code == expected


def test_a_recovery_code_opens_once(owner, two_step):
    assert len(two_step) == 10
    client = Client()
    sign_in(client, owner)
    assert client.post("/admin/login/code/", {"code": two_step[0]}).url == "/admin/"
    assert StaticToken.objects.count() == 9


def test_wrong_codes_lead_back_to_the_password(owner, two_step):
    client = Client()
    sign_in(client, owner)
    answers = [client.post("/admin/login/code/", {"code": "000000"}) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 302]
    assert client.get("/admin/login/code/").url == "/admin/login/"


def test_nobody_guesses_codes_without_the_password(owner, two_step):
    answer = Client().post("/admin/login/code/", {"code": two_step[0]})
    assert answer.url == "/admin/login/"
    assert StaticToken.objects.count() == 10


def test_a_device_counts_only_once_confirmed(owner):
    client = signed_in(owner)
    client.get("/admin/two-step/")
    assert (
        "code is wrong"
        in client.post("/admin/two-step/", {"code": "123456"}).content.decode()
    )
    assert sign_in(Client(), owner).url == "/admin/"


def test_leaving_takes_a_code(owner, two_step):
    client = signed_in(owner)
    client.post("/admin/two-step/", {"code": "123456"})
    assert TOTPDevice.objects.filter(confirmed=True).exists()
    TOTPDevice.objects.update(throttling_failure_count=0)
    client.post(
        "/admin/two-step/", {"code": code_of(TOTPDevice.objects.get(user=owner))}
    )
    assert not TOTPDevice.objects.exists()
    assert not StaticToken.objects.exists()


def test_an_owner_sees_who_has_it_and_a_manager_does_not(owner, manager, two_step):
    url = "/admin/accounts/membership/"
    assert "Two-step sign-in" in team_columns(signed_in(owner).get(url))
    assert "Two-step sign-in" not in team_columns(signed_in(manager).get(url))


def team_columns(answer):
    return answer.content.decode().split("<thead", 1)[1].split("</thead>", 1)[0]


def test_the_reset_pages_open(client, db):
    for url in (
        "/password-reset/",
        "/password-reset/sent/",
        "/password-reset/done/",
        "/password-reset/MQ/bad-token/",
    ):
        assert client.get(url).status_code == 200


def test_who_is_in_goes_on_and_who_may_not_enter_is_told(owner):
    client = signed_in(owner)
    assert client.get("/admin/login/").url == "/admin/"
    owner.is_staff = False
    owner.save()
    body = client.get("/admin/", follow=True).content.decode()
    assert "who may not open this page" in body
