"""Search every table of the house for a person: the proof that nothing is left.

A part at a time, since tables may be large: no statement reads more than a part, and what
was searched is kept with the request, so that whoever goes on begins behind it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from apps.accounts.models import Store
from apps.privacy.services.whom import Whom

# Ids of visitors that are shorter than this stand in other words.
LEAST = 8
# Rows in a part.
PART = 5_000
# Words in a statement: SQLite takes no deeper conditions than 1,000.
WORDS = 200
# Nothing is searched yet. `table` is the one under way, `after` its last row searched.
BEGIN: dict[str, Any] = {
    "table": "", "after": "", "tables": 0, "columns": 0, "left": [], "is_over": False,
}  # fmt: skip


def search_part(store: Store, whom: Whom, so_far: dict[str, Any]) -> dict[str, Any]:
    """One part more. `left` is where something was found: [{"table", "column", "rows"}]."""
    found = {**BEGIN, **so_far}
    model = model_from(found["table"])
    if model is None:
        return {**found, "is_over": True}
    if model._meta.label != found["table"]:
        found |= {"table": model._meta.label, "after": ""}
    part, last = part_of(model, store, found["after"])
    names = columns_of(model)
    if last:
        left = {(one["table"], one["column"]): one["rows"] for one in found["left"]}
        for name in names:
            if count := rows_with(part, model, name, needles_of(whom)):
                key = (model._meta.label, name)
                left[key] = left.get(key, 0) + count
        found["left"] = [
            {"table": table, "column": column, "rows": count}
            for (table, column), count in sorted(left.items())
        ]
        return {**found, "after": last}
    return {
        **found,
        # Behind every row of this table, and before the next one.
        "table": f"{model._meta.label} ",
        "after": "",
        "tables": found["tables"] + 1,
        "columns": found["columns"] + len(names),
    }


def model_from(label: str) -> type[models.Model] | None:
    later = [model for model in models_of_stores() if model._meta.label >= label]
    return min(later, key=lambda model: model._meta.label, default=None)


def part_of(
    model: type[models.Model], store: Store, after: str
) -> tuple[QuerySet[Any], str]:
    """Rows behind that one, and the last of them; "" where there is none."""
    rows = model._default_manager.filter(store=store)
    if after:
        rows = rows.filter(pk__gt=after)
    keys = list(rows.order_by("pk").values_list("pk", flat=True)[:PART])
    return (rows.filter(pk__lte=keys[-1]), str(keys[-1])) if keys else (rows, "")


def needles_of(whom: Whom) -> list[str]:
    said = [*whom.words, *(one for one in whom.visitors if len(one) >= LEAST)]
    return sorted(
        {spelling for one in said for spelling in (one, json.dumps(one)[1:-1])}
    )


def models_of_stores() -> Iterator[type[models.Model]]:
    for model in apps.get_models():
        fields = {field.name for field in model._meta.concrete_fields}
        if model.__module__.startswith("apps.") and "store" in fields:
            yield model


def columns_of(model: type[models.Model]) -> list[str]:
    kinds = (models.CharField, models.TextField, models.JSONField)
    return [f.name for f in model._meta.concrete_fields if isinstance(f, kinds)]


def rows_with(
    part: QuerySet[Any], model: type[models.Model], name: str, needles: Sequence[str]
) -> int:
    if isinstance(model._meta.get_field(name), models.JSONField):
        part = part.annotate(said=Cast(name, TextField()))
        name = "said"
    found: set[Any] = set()
    for start in range(0, len(needles), WORDS):
        any_of = Q()
        for needle in needles[start : start + WORDS]:
            any_of |= Q(**{f"{name}__icontains": needle})
        found.update(part.filter(any_of).values_list("pk", flat=True))
    return len(found)
