from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.utils import timezone
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken
from rest_framework_simplejwt.tokens import RefreshToken

from apps.accounts import tasks
from apps.accounts.models import (
    IdempotentAnswer,
    Role,
    Store,
    StoreOrigin,
    UsedNonce,
    User,
)

pytestmark = pytest.mark.django_db


def run(*arguments):
    said = StringIO()
    call_command(*arguments, stdout=said)
    return said.getvalue()


def test_the_first_owner_gets_a_password_that_is_shown_once():
    password = run("first_owner").split()[-1]
    user = authenticate(username="admin@localhost", password=password)
    assert (user.is_superuser, user.is_staff) == (True, True)


def test_a_later_start_makes_nobody(owner):
    assert run("first_owner") == ""
    assert list(User.objects.all()) == [owner]


def test_a_store_is_opened_for_an_owner(owner):
    run(
        "new_store", "Zweite", "--owner", "OWNER@maison.example",
        "--url", "https://zweite.example/shop", "--currency", "CHF",
        "--time-zone", "Europe/Zurich",
    )  # fmt: skip
    opened = Store.objects.get(slug="zweite")
    assert (opened.currency, opened.time_zone) == ("CHF", "Europe/Zurich")
    assert opened.memberships.get(user=owner).role == Role.OWNER
    assert StoreOrigin.objects.of(opened).get().origin == "https://zweite.example"


def test_a_store_is_opened_for_woocommerce_unless_files_are_asked_for(owner):
    run("new_store", "Zweite", "--owner", "owner@maison.example")
    run("new_store", "Dritte", "--owner", "owner@maison.example", "--platform", "files")
    found = Store.objects.filter(slug__in=["zweite", "dritte"])
    assert dict(found.values_list("slug", "platform")) == {
        "zweite": Store.Platform.WOOCOMMERCE,
        "dritte": Store.Platform.FILES,
    }


@pytest.mark.parametrize(
    "arguments",
    [
        ["--owner", "nobody@mail.example"],
        ["--owner", "owner@maison.example", "--platform", "demo"],
        ["--owner", "owner@maison.example", "--currency", "euro"],
        ["--owner", "owner@maison.example", "--slug", "maison"],
    ],
)
def test_a_store_that_makes_no_sense_is_not_opened(owner, arguments):
    with pytest.raises(CommandError):
        run("new_store", "Zweite", *arguments)
    assert Store.objects.count() == 1


def test_a_new_field_key_is_a_key():
    Fernet(run("new_field_key").strip())


def test_field_keys_are_rotated(secret):
    assert run("rotate_field_keys") == "1 secrets are under the first key now.\n"


def test_the_sweep_drops_what_is_old(secret, store, owner):
    old, now = timezone.now() - timedelta(days=30), timezone.now()
    for used_at in (old, now):
        UsedNonce.objects.create(key=secret[0], nonce=f"{used_at:%s}", used_at=used_at)
        IdempotentAnswer.objects.create(
            store=store, caller="key:1", key=f"{used_at:%s}", created_at=used_at
        )
        RefreshToken.for_user(owner)
    OutstandingToken.objects.filter(pk=OutstandingToken.objects.first().pk).update(
        expires_at=old
    )
    tasks.forget()
    assert UsedNonce.objects.get().used_at == now
    assert IdempotentAnswer.objects.of(store).get().created_at == now
    assert OutstandingToken.objects.count() == 1
