from __future__ import annotations

from collections.abc import Iterator

import pytest

from apps.demo.fake_shop.server import serve
from apps.demo.fake_shop.shop import FakeShop
from tests.demo.fake_shop.lab import lab_shop
from tests.demo.fake_shop.recordings import HOST


@pytest.fixture
def shop() -> FakeShop:
    """The recorded store, built anew: 10 milliseconds."""
    made = lab_shop()
    made.transport = lambda url, headers, body: 200
    return made


@pytest.fixture
def url(shop: FakeShop) -> Iterator[str]:
    with serve(shop) as address:
        shop.url = f"http://{HOST}"
        yield address
