from __future__ import annotations

from django.db import models

from apps.accounts.models import StoreOwned, User


class HomeLayout(StoreOwned):
    """Which cards a person wants on the home page of a store, in which order."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    cards = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["store", "user"], name="backoffice_layout_once"
            )
        ]

    def __str__(self) -> str:
        return f"Home of {self.user}"
