from __future__ import annotations

import json
from datetime import timedelta

import pytest

from apps.core.ids import uuid7
from apps.events.services.engines.chosen import engine
from apps.events.services.rows import Row
from apps.recommendations.models import Shown, Upkeep
from apps.recommendations.services.notice import forget, notice
from tests.conftest import NOW
from tests.recommendations.goods import product

pytestmark = pytest.mark.django_db
COAT, DRESS = 1, 2


@pytest.fixture
def pair(store):
    return [product(store, "coat", woo_id=COAT), product(store, "dress", woo_id=DRESS)]


def tell(store, kind, at, *, visitor="v1", about=None, **said):
    row = Row(
        id=uuid7(at).bytes, at_ms=round(at.timestamp() * 1000), type=kind,
        visitor=visitor, session="s", customer=None, product=about, variant=None,
        quantity=None, value=None, currency="", properties=json.dumps(said).encode(),
        context=b"{}",
    )  # fmt: skip
    engine().append([engine().prepare(store.pk, [row])], 1, at)


def show(store, at, *products, **more):
    tell(store, "recommendation_shown", at, products=list(products), **more)


def times(store, visitor="v1"):
    row = Shown.objects.of(store).filter(visitor=visitor).first()
    return row and row.times


MINUTE = timedelta(minutes=1)


def test_each_showing_counts_once(store, pair):
    coat, dress = pair
    show(store, NOW - 3 * MINUTE, COAT, DRESS, 99)
    show(store, NOW - 2 * MINUTE, COAT)
    assert notice(store, NOW) == 1
    assert times(store) == {str(coat.pk): 2, str(dress.pk): 1}
    assert notice(store, NOW) == 0
    show(store, NOW + MINUTE, COAT)
    notice(store, NOW + 3 * MINUTE)
    assert times(store) == pytest.approx({str(coat.pk): 3, str(dress.pk): 1}, abs=0.01)


def test_a_click_forgets_the_showings(store, pair):
    _, dress = pair
    show(store, NOW - 3 * MINUTE, COAT, DRESS)
    tell(store, "recommendation_clicked", NOW - 2 * MINUTE, about=COAT)
    notice(store, NOW)
    assert times(store) == {str(dress.pk): 1}


def test_visitors_and_stores_are_kept_apart(store, other_store, pair):
    show(store, NOW - 2 * MINUTE, COAT)
    show(store, NOW - 2 * MINUTE, DRESS, visitor="v2")
    show(store, NOW - 2 * MINUTE, DRESS, visitor="")
    notice(other_store, NOW)
    assert notice(store, NOW) == 2
    assert times(store, "v2") == {str(pair[1].pk): 1}
    assert Shown.objects.of(store).count() == 2
    assert not Shown.objects.of(other_store).exists()


def test_a_worker_that_was_away_catches_up_bit_by_bit(store, pair):
    notice(store, NOW)
    show(store, NOW + MINUTE, COAT)
    show(store, NOW + timedelta(minutes=20), COAT)
    later = NOW + timedelta(hours=2)
    notice(store, later)
    assert times(store) == {str(pair[0].pk): 1}
    notice(store, later)
    assert times(store) == pytest.approx({str(pair[0].pk): 2}, abs=0.01)


def test_showings_fade(store, pair):
    """Somebody who comes every week is not tired of a coat for ever."""
    for _ in range(8):
        show(store, NOW - 2 * MINUTE, COAT)
    notice(store, NOW)
    show(store, NOW + timedelta(days=7) - MINUTE, DRESS)
    Upkeep.objects.of(store).update(seen_to_at=NOW + timedelta(days=7) - 2 * MINUTE)
    notice(store, NOW + timedelta(days=7, minutes=5))
    found = times(store)
    assert found[str(pair[0].pk)] == pytest.approx(4, abs=0.01)
    assert found[str(pair[1].pk)] == pytest.approx(1, abs=0.01)


def test_old_showings_are_forgotten(store, pair):
    show(store, NOW - 2 * MINUTE, COAT)
    notice(store, NOW)
    assert forget(NOW + timedelta(days=89)) == 0
    assert forget(NOW + timedelta(days=91)) == 1
    assert times(store) is None
