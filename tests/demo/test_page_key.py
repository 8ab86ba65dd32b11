from __future__ import annotations

from apps.accounts.models import ApiKey
from apps.accounts.services import keys
from apps.demo.models import DemoShop
from apps.demo.services.build import open_pages


def test_it_gives_its_pages_one_key_that_they_may_show(boutique):
    shop = DemoShop.objects.of(boutique).get()
    open_pages(shop)
    open_pages(DemoShop.objects.of(boutique).get())
    key = ApiKey.objects.of(boutique).get()
    assert (key.kind, key.name) == ("pk", "Demo pages")
    shop.refresh_from_db()
    assert keys.digest(shop.page_key) == key.digest


def test_it_replaces_a_key_that_was_revoked(boutique):
    shop = DemoShop.objects.of(boutique).get()
    open_pages(shop)
    revoked = shop.page_key
    keys.revoke(ApiKey.objects.of(boutique).get())
    open_pages(shop)
    assert shop.page_key.startswith("pk_")
    assert shop.page_key != revoked
