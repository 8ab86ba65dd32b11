from __future__ import annotations

from django.db import models

from apps.accounts.models import StoreOwned
from apps.sync.models.runs import Run


class Certificate(StoreOwned):
    """What a comparison of shop and copy found, and what was repaired."""

    class Verdict(models.TextChoices):
        EQUAL = "equal", "Equal"
        REPAIRED = "repaired", "Equal, after repairs"
        DIFFERENT = "different", "Different"

    run = models.OneToOneField(Run, on_delete=models.CASCADE, related_name="+")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    # None while the comparison is under way.
    verdict = models.CharField(max_length=20, choices=Verdict.choices, blank=True)
    # "pages": every page was read; "plugin": its digests were compared first.
    method = models.CharField(max_length=20, default="pages")

    class Meta:
        indexes = [models.Index(fields=["store", "-started_at"], name="sync_proofs")]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M}"


class CertificateLine(StoreOwned):
    """One kind of thing on one day: how many, what they sum to, and their digest.

    A difference in any field of any thing of that day changes the digest.
    """

    certificate = models.ForeignKey(
        Certificate, on_delete=models.CASCADE, related_name="lines"
    )
    kind = models.CharField(max_length=20)
    # The day of creation in the shop, UTC; None for things that have no such moment.
    created_on = models.DateField(null=True, blank=True)
    shop_count = models.PositiveIntegerField(default=0)
    our_count = models.PositiveIntegerField(default=0)
    shop_total = models.DecimalField(max_digits=20, decimal_places=4, default=0)
    our_total = models.DecimalField(max_digits=20, decimal_places=4, default=0)
    shop_digest = models.CharField(max_length=64, blank=True)
    our_digest = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["certificate", "kind"], name="sync_proof_lines")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.created_on or ''}".strip()

    @property
    def is_equal(self) -> bool:
        return self.shop_digest == self.our_digest


class Difference(StoreOwned):
    """One thing that differed, by name, and what became of it."""

    class What(models.TextChoices):
        MISSING = "missing", "Missing in our copy"
        EXTRA = "extra", "No longer in the shop"
        DIFFERS = "differs", "Not the same"
        # Without an id, or an order without a status: a plugin's doing. Never repaired.
        UNREADABLE = "unreadable", "Cannot be read"

    certificate = models.ForeignKey(
        Certificate, on_delete=models.CASCADE, related_name="differences"
    )
    kind = models.CharField(max_length=20)
    # 0 stands for all of a kind that have none.
    woo_id = models.PositiveBigIntegerField()
    what = models.CharField(max_length=20, choices=What.choices)
    # Names only: values of customers stay out of here.
    fields = models.JSONField(default=list, blank=True)
    repaired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["certificate", "kind", "woo_id"], name="sync_difference_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.woo_id}"
