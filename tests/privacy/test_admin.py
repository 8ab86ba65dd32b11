from __future__ import annotations

import json

import pytest
from django.test import Client
from django.utils import timezone

from apps.privacy.models import PrivacyRequest
from apps.privacy.services.work import work_all
from apps.shop.models import Product
from tests.conftest import NOW
from tests.privacy.person import EMAIL, everywhere

HOME = "/admin/privacy/privacyrequest/"


@pytest.fixture
def ada(store):
    product = Product.objects.create(
        store=store, name="Coat", kind="simple", status="publish", published_at=NOW
    )
    return everywhere(store, product)


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def test_the_owner_erases_and_reads_the_certificate(store, ada, owner):
    browser = signed_in(owner)

    asked = browser.get(f"{HOME}do/erase/")
    sent = browser.post(f"{HOME}do/erase/", {"email": EMAIL, "confirmed": "1"})

    assert "Everything that names this person" in asked.content.decode()
    assert sent.status_code == 302
    work_all(timezone.now, timezone.now() + timezone.timedelta(minutes=1))
    row = PrivacyRequest.objects.of(store).get()
    page = browser.get(f"{HOME}{row.pk}/change/").content.decode()
    assert "nothing is left" in page
    assert "Recorded events: 2" in page
    assert EMAIL not in page
    assert "Erase" in browser.get(HOME).content.decode()


def test_the_owner_gets_everything_as_a_file(store, ada, owner):
    answer = signed_in(owner).post(f"{HOME}do/export/", {"email": EMAIL})

    assert answer["Content-Disposition"] == 'attachment; filename="person.json"'
    assert "no-store" in answer["Cache-Control"]
    assert json.loads(answer.getvalue())["sections"][0]["rows"][0]["email"] == EMAIL


def test_a_manager_sees_nothing_of_it(store, ada, manager):
    browser = signed_in(manager)

    assert browser.get(HOME).status_code == 403
    assert browser.post(f"{HOME}do/erase/", {"email": EMAIL}).status_code == 403
    assert not PrivacyRequest.objects.of(store).exists()
