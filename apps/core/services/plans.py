"""SQLite is told how rows are spread, which PostgreSQL finds out by itself.

Told nothing, it takes the column of the store for as good as any other: in a house of one
store a question about one visitor walks the visits of all.
"""

from __future__ import annotations

from django.db import connection

# Of each index, and so a twentieth of a second however many there are.
LOOKED_AT = 1_000


def look_at_rows() -> None:
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA analysis_limit = {LOOKED_AT}")
        cursor.execute("ANALYZE")
