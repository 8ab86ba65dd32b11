from __future__ import annotations

from typing import Any

from apps.accounts.models import StoreOwned, StoreQuerySet
from apps.accounts.models.store import Row


class AppendOnlyQuerySet(StoreQuerySet[Row]):
    def update(self, **_: Any) -> int:
        raise TypeError(f"{self.model.__name__} is append-only.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError(f"{self.model.__name__} is append-only.")


class AppendOnly(StoreOwned):
    """History: a row says what was so at a moment, and goes only with its owner."""

    objects = AppendOnlyQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        abstract = True

    def save(self, *_: Any, using: str | None = None, **__: Any) -> None:
        if not self._state.adding:
            raise TypeError(f"{type(self).__name__} is append-only.")
        super().save(force_insert=True, using=using)

    def delete(self, *_: Any, **__: Any) -> tuple[int, dict[str, int]]:
        raise TypeError(f"{type(self).__name__} is append-only.")
