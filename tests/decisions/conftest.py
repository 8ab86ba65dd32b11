"""Suggestions as a brain makes them, and who decides on them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from apps.accounts.models import Role
from apps.decisions.services import suggest
from apps.decisions.services.sentence import because
from apps.decisions.services.step import Actor
from tests.conftest import NOW

PASSED = suggest.Ruling("margin", True, "The margin stays above 30 %.")
STOPPED = suggest.Ruling("margin", False, "The margin falls to 4 %.")
MANAGER = Actor("Manager", Role.MANAGER)
ANALYST = Actor("Analyst", Role.ANALYST)


def later(**time):
    return NOW + timedelta(**time)


def proposal(after="39.00", **other):
    fields = {
        "kind": "pricing",
        "subject": "product:7",
        "change": {"before": "49.00", "after": after},
        "reason": because("slow_mover", days=60),
        "verdict": [PASSED],
        "risk": 0.4,
        **other,
    }
    return suggest.Proposal(**fields)


@pytest.fixture
def proposed(store):
    return suggest.propose(store, proposal(), NOW)


@pytest.fixture
def approved(proposed):
    return suggest.approve(proposed, MANAGER, NOW)
