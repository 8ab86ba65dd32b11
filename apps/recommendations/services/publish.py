"""Writes a version's picks as rows, all or none."""

from __future__ import annotations

from django.db import transaction

from apps.recommendations.models import Pick
from apps.registry.models import ModelVersion
from apps.shop.models import Product

SHELF_SIZE = 200


def publish(
    version: ModelVersion, kind: str, ranking: list[tuple[int, float]], reason: str
) -> int:
    """Replace the version's picks of one kind by the ranking's visible products."""
    shown = set(
        Product.objects.of(version.store)
        .live()
        .filter(status=Product.Status.PUBLISHED, is_visible=True)
        .values_list("pk", flat=True)
    )
    chosen = [(product, score) for product, score in ranking if product in shown]
    picks = [
        Pick(
            store=version.store,
            version=version,
            kind=kind,
            product_id=product,
            rank=rank,
            score=score,
            reason={"code": reason},
        )
        for rank, (product, score) in enumerate(chosen[:SHELF_SIZE], start=1)
    ]
    with transaction.atomic():
        Pick.objects.of(version.store).filter(version=version, kind=kind).delete()
        Pick.objects.bulk_create(picks)
    return len(picks)
