from __future__ import annotations

import pytest

from apps.features.definitions import KINDS
from apps.features.services.frame import frame
from tests.conftest import NOW
from tests.features.conftest import ago

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", KINDS)
def test_it_gives_an_empty_store_a_frame_with_all_columns(store, kind):
    found = frame(store, kind, NOW)
    declared = [feature.name for feature in KINDS[kind].features]
    assert found.columns == [*KINDS[kind].keys, *declared]
    assert found.is_empty()


def test_it_says_what_is_not_known_of_who_never_bought(shop, ada):
    type(ada).objects.filter(pk=ada.pk).update(source_created_at=ago(5))
    row = shop.numbers("customer", customer=ada.pk)
    assert (row["orders"], row["spent"], row["views_30"]) == (0, 0.0, 0)
    assert row["average_order"] is row["recency_days"] is row["return_share"] is None
    assert row["size_profile"] == []
