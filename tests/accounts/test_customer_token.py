from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.accounts.models import ApiKey, Store
from apps.accounts.services import customer_token, keys
from apps.accounts.services.customer_token import Purpose, mint, verify
from tests.conftest import NOW
from tests.house.sources import ROOT

pytestmark = pytest.mark.django_db
FIXTURE = ROOT / "tests/fixtures/customer_token_vectors.json"
VECTORS = json.loads(FIXTURE.read_text())
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def nothing_remembered():
    customer_token.remembered.clear()


@pytest.fixture
def sender(store):
    """A key that may send events: the row and what was shown."""
    return keys.create(store, ApiKey.Kind.SECRET, "plugin", ["events"])


@pytest.fixture
def token(sender):
    return mint(sender[1], 42, NOW + HOUR)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: v["name"])
def test_it_mints_as_the_vectors_say(vector):
    expires_at = datetime.fromtimestamp(vector["expires"], UTC)
    purpose = Purpose[vector["purpose"].upper()]
    minted = mint(vector["key"], vector["customer"], expires_at, purpose)
    assert minted == vector["token"]


def test_it_names_who_is_signed_in(store, token):
    assert verify(store, token, NOW) == 42


def test_it_ends_with_its_last_second(store, token):
    assert verify(store, token, NOW + HOUR - timedelta(microseconds=1)) == 42
    assert verify(store, token, NOW + HOUR) is None


def test_another_store_does_not_know_it(other_store, token):
    assert verify(other_store, token, NOW) is None


def test_a_revoked_key_s_tokens_die_within_ten_seconds(store, sender, token):
    assert verify(store, token, NOW) == 42
    keys.revoke(sender[0], NOW)
    assert verify(store, token, NOW + timedelta(seconds=10)) is None


def test_a_rotated_key_s_tokens_die_with_its_overlap(store, sender):
    token = mint(sender[1], 42, NOW + 48 * HOUR)
    keys.rotate(sender[0], NOW)
    end = NOW + keys.OVERLAP
    assert verify(store, token, end - timedelta(seconds=1)) == 42
    assert verify(store, token, end) is None


def test_a_key_that_may_only_read_signs_nobody_in(store):
    shown = keys.create(store, ApiKey.Kind.SECRET, "reports", ["read"])[1]
    assert verify(store, mint(shown, 42, NOW + HOUR), NOW) is None


def test_the_link_of_a_mail_signs_nobody_in(store, sender):
    link = mint(sender[1], 42, NOW + HOUR, Purpose.EMAIL)
    assert verify(store, link, NOW) is None
    assert verify(store, link, NOW, Purpose.EMAIL) == 42


def test_a_hundred_pages_ask_once_for_the_key(store, token, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert {verify(store, token, NOW) for _ in range(100)} == {42}


def test_an_unknown_key_is_asked_for_once(store, token, django_assert_num_queries):
    strange = token.replace(token[6:18], "x" * 12)
    with django_assert_num_queries(1):
        assert {verify(store, strange, NOW) for _ in range(100)} == {None}


def test_made_up_keys_fill_no_memory(store):
    for number in range(customer_token.MOST_REMEMBERED + 5):
        made_up = f"v1.sk_{number:012}.42.4102444800.{'0' * 64}"
        assert verify(store, made_up, NOW) is None
    assert len(customer_token.remembered) == 5


def test_an_unreadable_key_names_nobody(store, token, settings):
    settings.FIELD_KEYS = ["MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="]
    assert verify(store, token, NOW) is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (".42.", ".43."), (".42.", ".042."), (".42.", ".٤٢."), (".42.", ".-42."),
        (".42.", ".0."), (".42.", ".9007199254740992."), ("v1.", "v2."),
        ("sk_", "pk_"), (".42.", "."), (".42.", ".42.\n"), ("v1.", " v1."),
    ],
)  # fmt: skip
def test_an_altered_one_names_nobody(store, token, old, new):
    assert verify(store, token.replace(old, new), NOW) is None


def test_each_letter_of_the_signature_counts(store, token):
    for place in range(len(token) - 64, len(token)):
        other = "0" if token[place] != "0" else "1"
        altered = token[:place] + other + token[place + 1 :]
        assert verify(store, altered, NOW) is None
    assert verify(store, token.upper(), NOW) is None


@given(st.text(max_size=300) | st.from_regex(customer_token.TOKEN, fullmatch=True))
def test_no_text_breaks_it(text):
    assert verify(Store(pk=1), text, NOW) is None
