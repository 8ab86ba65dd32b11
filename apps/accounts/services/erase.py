"""Answers that were kept to be given again, where they name a person."""

from __future__ import annotations

from collections.abc import Sequence

from apps.accounts.models import IdempotentAnswer, Store


def erase(store: Store, needles: Sequence[str]) -> dict[str, int]:
    rows = IdempotentAnswer.objects.of(store).values_list("pk", "body")
    theirs = [
        pk
        for pk, body in rows.iterator(chunk_size=500)
        if any(
            n.lower() in bytes(body).decode(errors="replace").lower() for n in needles
        )
    ]
    found = IdempotentAnswer.objects.of(store).filter(pk__in=theirs)
    return {"answers": found.delete()[0]}
