"""Search every table of the house for a person: the proof that nothing is left."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q, TextField
from django.db.models.functions import Cast

from apps.accounts.models import Store
from apps.privacy.services.whom import Whom

# Ids of visitors that are shorter than this stand in other words.
LEAST = 8


def search(store: Store, whom: Whom) -> dict[str, Any]:
    """Tables, columns, and where something was found: [{"table", "column", "rows"}]."""
    needles = [*whom.words, *(one for one in whom.visitors if len(one) >= LEAST)]
    tables, columns, left = 0, 0, []
    for model in models_of_stores():
        tables += 1
        for name in columns_of(model):
            columns += 1
            if needles and (count := rows_with(model, store, name, needles)):
                left.append({"table": model._meta.label, "column": name, "rows": count})
    return {"tables": tables, "columns": columns, "left": left}


def models_of_stores() -> Iterator[type[models.Model]]:
    for model in apps.get_models():
        fields = {field.name for field in model._meta.concrete_fields}
        if model.__module__.startswith("apps.") and "store" in fields:
            yield model


def columns_of(model: type[models.Model]) -> list[str]:
    kinds = (models.CharField, models.TextField, models.JSONField)
    return [f.name for f in model._meta.concrete_fields if isinstance(f, kinds)]


def rows_with(
    model: type[models.Model], store: Store, name: str, needles: Sequence[str]
) -> int:
    rows = model._default_manager.filter(store=store)
    if isinstance(model._meta.get_field(name), models.JSONField):
        rows = rows.annotate(said=Cast(name, TextField()))
        name = "said"
    found = Q()
    for needle in needles:
        for spelling in {needle, json.dumps(needle)[1:-1]}:
            found |= Q(**{f"{name}__icontains": spelling})
    return rows.filter(found).count()
