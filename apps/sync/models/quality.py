from __future__ import annotations

from django.db import models

from apps.accounts.models import StoreOwned


class Finding(StoreOwned):
    """Something odd in the shop's data, with a way to mend it; open until it is gone."""

    # orders.impossible_date, variants.negative_stock, customers.duplicate...
    code = models.CharField(max_length=60)
    # What it is about: order:42. With the code, it is one finding.
    subject = models.CharField(max_length=80)
    text = models.CharField(max_length=400)
    fix = models.CharField(max_length=400)
    found_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True, blank=True)
    # The merchant looked at it and says that it is as it should be.
    accepted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["store", "code", "subject"], name="sync_finding_once"
            )
        ]
        indexes = [models.Index(fields=["store", "-found_at"], name="sync_findings")]

    def __str__(self) -> str:
        return self.text
