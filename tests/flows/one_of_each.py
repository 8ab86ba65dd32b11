"""One row of every kind for a store, made from the models themselves.

A new table joins the leak walk by existing; nobody has to remember it.
"""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db import models

from apps.accounts.models import AuditEntry, Membership, Store, StoreOwned, User

MOMENT = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
# Values that a model's own rules ask for, where its fields alone do not tell.
SPECIAL: dict[str, dict[str, Any]] = {
    "accounts.StoreOrigin": {"origin": "https://{marker}.example"},
}
LEFT_OUT = (models.FileField, models.BinaryField, models.AutoField)
SAMPLES: list[tuple[type[models.Field], Any]] = [
    (models.DateTimeField, MOMENT),
    (models.DateField, date(2026, 5, 1)),
    (models.DecimalField, Decimal("7.50")),
    (models.BooleanField, True),
    (models.IntegerField, 1),
    (models.FloatField, 1.0),
]
WITH_STORE = (Membership, AuditEntry)


def kinds() -> list[type[models.Model]]:
    """Every model whose rows belong to one store."""
    return [
        model
        for model in apps.get_models()
        if issubclass(model, (StoreOwned, *WITH_STORE)) and not model._meta.proxy
    ]


def sample(field: models.Field) -> Any:
    return next((value for kind, value in SAMPLES if isinstance(field, kind)), None)


class Maker:
    """Makes rows of one store; what a row refers to is made first, once."""

    def __init__(self, store: Store, user: User, marker: str) -> None:
        self.store, self.user, self.marker = store, user, marker
        self.rows: dict[type[models.Model], models.Model] = {}
        # A test names its winner, which is a variant of that test.
        self.under_way: set[type[models.Model]] = set()

    def make(self, model: type[models.Model]) -> models.Model:
        if model not in self.rows:
            self.under_way.add(model)
            values = {
                field.name: value
                for field in model._meta.concrete_fields
                if (value := self.value(model, field)) is not None
            }
            for name, value in SPECIAL.get(model._meta.label, {}).items():
                values[name] = value.format(marker=self.marker)
            # In bulk, since some tables are written by no other way.
            self.rows[model] = model(**values)
            model._base_manager.bulk_create([self.rows[model]])
        return self.rows[model]

    def value(self, model: type[models.Model], field: models.Field) -> Any:
        if isinstance(field, models.ForeignKey):
            return self.related(model, field)
        if isinstance(field, models.UUIDField):
            return None if field.has_default() else uuid.uuid4()
        if field.choices:
            return None if field.has_default() else field.choices[0][0]
        return self.plain(field)

    def related(self, model: type[models.Model], field: models.ForeignKey) -> Any:
        target = field.related_model
        if target is Store:
            return self.store
        if target is User:
            return self.user
        begun = self.under_way - set(self.rows)
        needs = {
            part.related_model
            for part in target._meta.concrete_fields
            if isinstance(part, models.ForeignKey) and not part.null
        }
        if target in begun or (field.null and needs & begun):
            return None
        return self.make(target)

    def plain(self, field: models.Field) -> Any:
        if isinstance(field, LEFT_OUT):
            return None
        if isinstance(field, models.EmailField):
            return f"{self.marker}@mail.example"
        if isinstance(field, models.JSONField):
            return None if field.default is list else {"note": self.marker}
        if isinstance(field, models.CharField | models.TextField):
            return self.text(field)
        is_free = field.null or field.has_default()
        return None if is_free else sample(field)

    def text(self, field: models.Field) -> str | None:
        """The marker where it fits; codes of a fixed form keep their default."""
        if field.name == "currency":
            return self.store.currency
        if field.name == "slug":
            # Part of addresses, and so echoed by "not found": no sign of a leak.
            return f"{self.store.slug}-slug"
        limit = field.max_length or 200
        return self.marker if limit >= 40 else self.marker[-limit:]


def one_of_each(
    store: Store, user: User, marker: str
) -> dict[type[models.Model], models.Model]:
    maker = Maker(store, user, marker)
    for kind in kinds():
        if kind is Membership:
            maker.rows[kind] = Membership.objects.get(store=store, user=user)
        else:
            maker.make(kind)
    return maker.rows
