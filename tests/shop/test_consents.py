from __future__ import annotations

from datetime import timedelta

import pytest

from apps.shop.models import Consent
from apps.shop.services.consents import Wording, is_granted, state
from apps.shop.services.merge import merge
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
WORDING = Wording("Send me news.", "2", "footer")
EMAIL, NEWS = Consent.Channel.EMAIL, Consent.Purpose.MARKETING


def say(customer, is_yes, minutes=0, channel=EMAIL):
    at = NOW + timedelta(minutes=minutes)
    return state(customer, channel, NEWS, is_granted=is_yes, wording=WORDING, at=at)


def may(customer, minutes=60, channel=EMAIL):
    return is_granted(customer, channel, NEWS, NOW + timedelta(minutes=minutes))


def test_it_keeps_the_proof(dov):
    statement = say(dov, True)
    proof = (statement.text_shown, statement.text_version, statement.surface)
    assert proof == ("Send me news.", "2", "footer")


def test_silence_is_no(dov):
    assert not may(dov)


def test_the_latest_statement_counts(dov):
    say(dov, True)
    say(dov, False, minutes=5)
    assert (may(dov, 4), may(dov, 5)) == (True, False)


def test_statements_may_arrive_in_any_order(dov):
    say(dov, False, minutes=5)
    say(dov, True)
    assert not may(dov)


def test_of_two_at_the_same_moment_the_refusal_counts(dov):
    say(dov, False)
    say(dov, True)
    assert not may(dov)


def test_a_statement_delivered_twice_is_one(store, dov):
    assert say(dov, True) == say(dov, True)
    assert Consent.objects.of(store).count() == 1


def test_each_channel_is_asked_on_its_own(dov):
    say(dov, True)
    assert not may(dov, channel=Consent.Channel.SMS)


def test_an_unknown_channel_is_refused(store, dov):
    with pytest.raises(ValueError, match="pigeon"):
        say(dov, True, channel="pigeon")
    assert not Consent.objects.of(store).exists()


def test_what_was_said_before_a_merge_still_counts(dov, cleo):
    merge(dov, cleo, at=NOW, reason="same person")
    say(dov, True, minutes=-5)
    assert not may(dov)
