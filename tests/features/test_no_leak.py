"""Numbers as of a moment are the same whether or not anything came later."""

from __future__ import annotations

import os
from datetime import timedelta

import polars as pl
import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from apps.features.definitions import KINDS
from apps.features.services.frame import frame
from tests.features.history import BEGIN, DEEDS, History

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
MIDDLE = BEGIN + timedelta(days=20)
EXAMPLES = int(os.environ.get("LEAK_EXAMPLES", "25"))

steps = st.lists(
    st.tuples(st.sampled_from(DEEDS), st.integers(1, 20 * 24 * 60 - 1)), max_size=30
)


def frames(store) -> dict[str, pl.DataFrame]:
    return {kind: frame(store, kind, MIDDLE) for kind in KINDS}


def run(history, deeds, start) -> None:
    for name, minutes in sorted(deeds, key=lambda deed: deed[1]):
        history.do(name, start + timedelta(minutes=minutes))


def differences(before, after) -> list[str]:
    return [
        f"{kind}.{column}: {before[kind].to_dicts()} became {after[kind].to_dicts()}"
        for kind in before
        for column in before[kind].columns
        if before[kind].height != after[kind].height
        or not before[kind][column].equals(after[kind][column], null_equal=True)
    ]


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
    # A history of thirty deeds takes a second; making it short would take minutes.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(before=steps, after=steps, seed=st.integers(0, 2**32))
def test_it_never_shows_what_came_later(store, before, after, seed):
    with transaction.atomic():
        history = History(store, seed)
        run(history, before, BEGIN)
        then = frames(store)
        run(history, [("places_order", 0), ("touches", 0), *after], MIDDLE)
        found = differences(then, frames(store))
        transaction.set_rollback(True)
    assert found == []


def test_it_would_notice(store):
    """The same, but for what came a moment before."""
    history = History(store, 1)
    run(history, [("places_order", 60), ("touches", 70)], BEGIN)
    then = frames(store)
    history.do("places_order", MIDDLE - timedelta(seconds=1))
    assert differences(then, frames(store)) != []
