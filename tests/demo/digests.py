"""One digest per part of a built demo shop, free of database ids and clocks.

python -m tests.demo.digests SLUG     prints them as JSON
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

PASSED_OVER = {"id", "store", "created_at", "updated_at"}


def digests(slug):
    """{"tables": …, "pictures": …, "events": …, "truth": …} of a store."""
    from apps.accounts.models import Store
    from apps.demo.services.build import folder_of

    store = Store.objects.get(slug=slug)
    folder = folder_of(slug)
    return {
        "tables": of_tables(store),
        "pictures": of_pictures(slug),
        "events": of_file(folder / "events.jsonl.gz"),
        "truth": of_file(folder / "truth.npz") + of_file(folder / "truth.json"),
    }


def of_tables(store):
    """Rows in order of insertion; foreign keys as positions in their own table."""
    from django.apps import apps

    whole = hashlib.sha256()
    positions = {}
    for model in [
        *apps.get_app_config("shop").get_models(),
        *apps.get_app_config("inventory").get_models(),
    ]:
        if not hasattr(model, "store"):
            continue
        pks = model._base_manager.filter(store=store).order_by("pk")
        positions[model] = {
            pk: n for n, pk in enumerate(pks.values_list("pk", flat=True))
        }
    for model in positions:
        fields = [f for f in model._meta.concrete_fields if f.name not in PASSED_OVER]
        rows = model._base_manager.filter(store=store).order_by("pk")
        for row in rows.values_list(*[f.attname for f in fields]):
            whole.update(repr(plain(fields, row, positions)).encode())
    return whole.hexdigest()


def plain(fields, row, positions):
    return [
        positions[field.related_model].get(value)
        if field.related_model in positions
        else str(value)
        for field, value in zip(fields, row, strict=True)
    ]


def of_pictures(slug):
    from django.conf import settings

    whole = hashlib.sha256()
    for path in sorted((Path(settings.MEDIA_ROOT) / "demo" / slug).iterdir()):
        whole.update(path.name.encode() + path.read_bytes())
    return whole.hexdigest()


def of_file(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    import django

    django.setup()
    sys.stdout.write(json.dumps(digests(sys.argv[1])))
