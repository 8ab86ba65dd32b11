from __future__ import annotations

import pytest

from apps.shop.models import Image
from apps.visual_search.services.index import index
from tests.conftest import NOW
from tests.recommendations.goods import product
from tests.visual_search.drawn import jpeg
from tests.visual_search.host import Host


@pytest.fixture
def host(settings):
    settings.SHOPS_MAY_BE_PRIVATE = True
    with Host() as host:
        yield host


def clock():
    return NOW


@pytest.fixture
def hang(host):
    """Give a product a picture."""

    def hang_one(thing, sent=None, path=None, **values):
        path = path or f"/{thing.store.slug}/{thing.name.replace(' ', '-')}.jpg"
        host.pictures[path] = jpeg() if sent is None else sent
        count = Image.objects.of(thing.store).count()
        return Image.objects.create(
            store=thing.store, product=thing, woo_id=9_000 + count,
            url=host.url + path, **{"position": 0, **values},
        )  # fmt: skip

    return hang_one


@pytest.fixture
def rack(store, hang):
    """Products by name, each with its picture; described."""

    def fill(described=True, of=store, **looks):
        made = {}
        for name, sent in looks.items():
            made[name] = product(of, name)
            hang(made[name], sent)
        if described:
            index(of, clock, NOW.replace(year=2100))
        return made

    return fill
