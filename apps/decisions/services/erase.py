"""Take visitors out of the log: what was chosen stays, for nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.db.models import QuerySet

from apps.accounts.models import Store
from apps.decisions.models import Decision, Suggestion

VISITOR = "visitor:"


def erase(
    store: Store, visitors: Iterable[str], disguise: Callable[[str], str]
) -> dict[str, int]:
    """The log is append-only but for this: the law is above it."""
    count = 0
    for visitor in visitors:
        to = f"{VISITOR}{disguise(visitor)}"
        for model in (Decision, Suggestion):
            rows: QuerySet[Decision] | QuerySet[Suggestion]
            rows = model.objects.of(store).filter(subject=f"{VISITOR}{visitor}")
            count += QuerySet.update(rows, subject=to, **more(model))
    return {"decisions": count}


def more(model: type[Decision] | type[Suggestion]) -> dict[str, str]:
    """What was made of the visitor's situation."""
    return {"context_digest": ""} if model is Decision else {}
