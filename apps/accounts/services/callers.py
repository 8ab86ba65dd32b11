"""Who is calling, and for which store."""

from __future__ import annotations

from dataclasses import dataclass

from apps.accounts.models import Role, Store

PUBLISHABLE, SECRET, PERSON = "publishable", "secret", "person"


@dataclass(frozen=True)
class Caller:
    """`role` is a person's, `scopes` and `key_id` a key's.

    `store` is None for a person who has several stores and named none.
    """

    store: Store | None
    kind: str
    scopes: frozenset[str] = frozenset()
    role: Role | None = None
    key_id: int | None = None
    user_id: int | None = None

    @property
    def name(self) -> str:
        """Tells two callers of one store apart: for rate limits and idempotency."""
        return f"key:{self.key_id}" if self.key_id else f"user:{self.user_id}"

    @property
    def sees_people(self) -> bool:
        """Names and ways to reach someone are for managers and the store's own server."""
        if self.kind == SECRET:
            return True
        return self.role is not None and self.role.reaches(Role.MANAGER)
