"""Every stored secret under the first of FIELD_KEYS, so that an old one can go."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.conf import settings

from apps.accounts.models import ApiKey, IdempotentAnswer
from apps.accounts.services import sealed

BATCH = 500


def reseal_all() -> int:
    """How many; a value that changed meanwhile is under the first key already."""
    return reseal_keys() + reseal_answers() + reseal_of_others()


def reseal_keys() -> int:
    rows = ApiKey.objects.across_stores().exclude(signing_key=b"")
    count = 0
    for pk, old in rows.values_list("pk", "signing_key").iterator(BATCH):
        count += rows.filter(pk=pk, signing_key=old).update(
            signing_key=sealed.reseal(bytes(old))
        )
    return count


def reseal_answers() -> int:
    rows = IdempotentAnswer.objects.across_stores().exclude(body=b"")
    count = 0
    for pk, old in rows.values_list("pk", "body").iterator(BATCH):
        count += rows.filter(pk=pk, body=old).update(body=sealed.reseal(bytes(old)))
    return count


def reseal_of_others() -> int:
    """Of apps above this one, which the settings name."""
    return sum(
        reseal_column(apps.get_model(label), column)
        for label, columns in settings.SEALED_FIELDS.items()
        for column in columns
    )


def reseal_column(model: Any, column: str) -> int:
    rows = model.objects.across_stores()
    count = 0
    for pk, old in rows.values_list("pk", column).iterator(BATCH):
        anew = {column: sealed.reseal(bytes(old))}
        count += rows.filter(pk=pk, **{column: old}).update(**anew)
    return count
