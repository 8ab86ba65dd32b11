from __future__ import annotations

import pytest

from apps.segmentation.models.value import VALUE
from tests.segmentation.kinds import champion, make_groups
from tests.segmentation.members import make_segment


@pytest.fixture
def segment(store):
    return make_segment(store)


@pytest.fixture
def groups(store):
    return make_groups(store)


@pytest.fixture
def values(store):
    return champion(store, VALUE)
