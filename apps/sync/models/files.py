from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from apps.accounts.models import StoreOwned, StoreQuerySet

# The file and its refused rows name people: both go some time after the work is done.
KEPT_FOR = timedelta(days=30)


class FileImportQuerySet(StoreQuerySet["FileImport"]):
    def open(self) -> Self:
        """There is work to do on it."""
        return self.filter(status__in=FileImport.OPEN)

    def free(self, at: datetime) -> Self:
        """Open, and nobody works on it: its worker has let go of it, or is dead."""
        return self.open().filter(Q(claimed_until=None) | Q(claimed_until__lt=at))

    def outdated(self, at: datetime) -> Self:
        """Its file is kept no longer."""
        return self.exclude(status__in=FileImport.OPEN).filter(
            ~Q(path=""), created_at__lt=at - KEPT_FOR
        )


class FileImport(StoreOwned):
    """One file on its way into the shop's tables.

    First a rehearsal, which writes and takes back, then, at a person's word, the same
    again for good. Killed anywhere, it goes on behind the last row that was counted.
    """

    class Kind(models.TextChoices):
        PRODUCTS = "products", "Products"
        CUSTOMERS = "customers", "Customers"
        ORDERS = "orders", "Orders"

    class Status(models.TextChoices):
        CHECKING = "checking", "Being checked"
        CHECKED = "checked", "Checked: waits for your word"
        IMPORTING = "importing", "Being imported"
        DONE = "done", "Imported"
        REFUSED = "refused", "Cannot be read"
        STOPPED = "stopped", "Thrown away"

    OPEN = (Status.CHECKING, Status.IMPORTING)

    kind = models.CharField(max_length=20, choices=Kind.choices)
    status = models.CharField(
        max_length=20, choices=Status.choices, default=Status.CHECKING
    )
    # As the person's computer called it.
    name = models.CharField(max_length=200)
    # In the private storage; empty once it was thrown away.
    path = models.CharField(max_length=300, blank=True)
    digest = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    # {"format": "csv", "encoding": "utf-8", "delimiter": ";"}; empty until it was read.
    dialect = models.JSONField(default=dict, blank=True)
    ignored_columns = models.JSONField(default=list, blank=True)
    # None until the file was read through once.
    row_total = models.PositiveIntegerField(null=True, blank=True)
    # Of the pass under way.
    rows_read = models.PositiveIntegerField(default=0)
    # {"created": 3, "updated": 0, …} of things, not rows; "refused" counts rows.
    counts = models.JSONField(default=dict, blank=True)
    # What the rehearsal counted.
    preview = models.JSONField(default=dict, blank=True)
    error = models.CharField(max_length=400, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    claim = models.CharField(max_length=32, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)

    objects = FileImportQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        indexes = [
            models.Index(fields=["store", "-created_at"], name="sync_imports"),
            models.Index(fields=["status"], name="sync_import_status"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_rehearsal(self) -> bool:
        return self.status == self.Status.CHECKING

    @property
    def percent(self) -> int:
        if self.status not in self.OPEN:
            return 100
        if not self.row_total:
            return 0
        return min(99, 100 * self.rows_read // self.row_total)


class FileImportProblem(StoreOwned):
    """A row that was refused, or taken with a warning, and why."""

    file_import = models.ForeignKey(
        FileImport, on_delete=models.CASCADE, related_name="problems"
    )
    # As a text editor counts them; of a JSON list, which entry.
    line = models.PositiveIntegerField()
    column = models.CharField(max_length=60, blank=True)
    reason = models.CharField(max_length=400)
    is_refused = models.BooleanField(default=True)
    # The row as it came: {"id": "7", "name": "…"}; long cells are cut.
    row = models.JSONField(default=dict, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["file_import", "line"], name="sync_import_problems")
        ]

    def __str__(self) -> str:
        return f"Line {self.line}: {self.reason}"
