"""The cast that all tests know, and the store they live in."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core.cache import cache
from django.db import connection
from hypothesis import settings as hypothesis
from pytest_django.fixtures import _set_suffix_to_test_databases

from apps.accounts.models import Membership, Role, Store, User
from apps.core.services.memory import forget_all
from apps.events.services.gate import gate
from apps.shop.models import Consent, Customer

# The same examples every time: what lands was tested with what was tried before it.
# New ones are looked for by hand: pytest --hypothesis-profile=explore. No deadline: how
# long one takes says what else the machine does.
hypothesis.register_profile("same", derandomize=True, deadline=None)
hypothesis.register_profile("explore", print_blob=True, deadline=None)
hypothesis.load_profile("same")


def pytest_addoption(parser):
    parser.addoption(
        "--chaos", type=int, default=200, help="seeded runs of tests/sync/chaos"
    )
    parser.addoption(
        "--kills", type=int, default=8, help="kill -9s of tests/events/kills"
    )


@pytest.fixture(scope="session")
def django_db_use_migrations():
    """To migrate takes half a minute of a processor. On SQLite tables are made from the
    models, which is the same (tests/core/test_migrations.py); PostgreSQL's are more
    than the models say: partitions."""
    return connection.vendor != "sqlite"


NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def django_db_modify_db_settings_xdist_suffix(request):
    """A database per test process. SQLite's lives in the process's memory anyway;
    pytest-django knows that only of Django's own engine, not of the measured one."""
    worker = getattr(request.config, "workerinput", {}).get("workerid")
    if worker and connection.vendor != "sqlite":
        _set_suffix_to_test_databases(suffix=worker)


@pytest.fixture(autouse=True)
def fast_passwords(settings):
    """Argon2 is slow on purpose; tests sign in a thousand times."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def empty_cache():
    """Rate limits of one test are no business of the next."""
    cache.clear()
    forget_all()
    gate.counters.clear()


@pytest.fixture
def store(db):
    """Ada's shop."""
    return Store.objects.create(
        slug="maison", name="Maison", url="https://maison.example", country="DE"
    )


@pytest.fixture
def other_store(db):
    """A shop that Maison must never see."""
    return Store.objects.create(
        slug="rivale", name="Rivale", url="https://rivale.example", currency="USD"
    )


def member(store, role, email):
    user = User.objects.create_user(email, "correct horse battery", name=role.title())
    Membership.objects.create(user=user, store=store, role=role)
    return user


@pytest.fixture
def owner(store):
    return member(store, Role.OWNER, "owner@maison.example")


@pytest.fixture
def manager(store):
    return member(store, Role.MANAGER, "manager@maison.example")


@pytest.fixture
def analyst(store):
    return member(store, Role.ANALYST, "analyst@maison.example")


@pytest.fixture
def stranger(other_store):
    """Owner of the other store."""
    return member(other_store, Role.OWNER, "owner@rivale.example")


def customer(store, name):
    return Customer.objects.create(
        store=store, email=f"{name.lower()}@mail.example", first_name=name
    )


def say(customer, *, is_granted, at=NOW):
    return Consent.objects.create(
        store=customer.store,
        customer=customer,
        channel=Consent.Channel.EMAIL,
        purpose=Consent.Purpose.MARKETING,
        is_granted=is_granted,
        text_shown="Send me news by e-mail.",
        text_version="1",
        surface="checkout",
        stated_at=at,
    )


@pytest.fixture
def ada(store):
    """Loyal, and glad to hear from the shop."""
    person = customer(store, "Ada")
    say(person, is_granted=True)
    return person


@pytest.fixture
def cleo(store):
    """Opted out."""
    person = customer(store, "Cleo")
    say(person, is_granted=False)
    return person


@pytest.fixture
def dov(store):
    """Asleep for a year."""
    return customer(store, "Dov")
