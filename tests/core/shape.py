"""Columns, indexes and constraints of our tables, in the database that DATABASE_URL
names: `python -m tests.core.shape`."""

from __future__ import annotations

import json
import sys
from typing import Any

import django
from django.apps import apps
from django.db import connection


def shape() -> dict[str, Any]:
    look = connection.introspection
    apps_of_ours = (
        one for one in apps.get_app_configs() if one.name.startswith("apps.")
    )
    ours = tuple(f"{one.label}_" for one in apps_of_ours)
    with connection.cursor() as cursor:
        return {
            table: {
                "columns": sorted(
                    [c.name, str(c.type_code), c.null_ok, str(c.default)]
                    for c in look.get_table_description(cursor, table)
                ),
                "rules": sorted(
                    [
                        [str(c) for c in r["columns"] or ()],
                        r["unique"],
                        r["index"],
                        r["check"],
                    ]
                    for r in look.get_constraints(cursor, table).values()
                ),
            }
            for table in look.table_names(cursor)
            if table.startswith(ours)
        }


if __name__ == "__main__":
    django.setup()
    sys.stdout.write(json.dumps(shape()))
