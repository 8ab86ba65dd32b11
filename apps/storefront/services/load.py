"""Rules and banners at once: the demo shop."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from apps.accounts.models import Store
from apps.storefront.models import Banner, Rule
from apps.storefront.services.hero import forget_banners
from apps.storefront.services.plans import forget_plans


def insert(store: Store, rules: Sequence[Rule], banners: Sequence[Banner]) -> None:
    with transaction.atomic():
        Rule.objects.bulk_create(rules)
        Banner.objects.bulk_create(banners)
    forget_plans(store)
    forget_banners(store)


def clear(store: Store) -> None:
    """Remove every rule and banner of a store: the demo shop is rebuilt."""
    Banner.objects.of(store).delete()
    Rule.objects.of(store).delete()
    forget_plans(store)
    forget_banners(store)
