from __future__ import annotations

from django.db import models

from apps.accounts.models import StoreOwned
from apps.shop.models.people import Customer


class Forgotten(StoreOwned):
    """An e-mail address or a number in the shop of somebody who was erased.

    Only a keyed digest: it tells a returning payload from then, and nobody who it was.
    """

    mark = models.CharField(max_length=64)
    # The row that was emptied: what was bought stays with it.
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    # What the shop says of a time before is not believed anew.
    forgotten_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "forgotten"
        constraints = [
            models.UniqueConstraint(
                fields=["store", "mark"], name="shop_forgotten_once"
            )
        ]

    def __str__(self) -> str:
        return f"Somebody, on {self.forgotten_at:%Y-%m-%d}"
