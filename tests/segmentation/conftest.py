from __future__ import annotations

import pytest

from tests.segmentation.members import make_segment


@pytest.fixture
def segment(store):
    return make_segment(store)
