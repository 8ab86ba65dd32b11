"""`python -m benchmarks.admin`: milliseconds of the merchant's pages.

Builds the full demo shop in a folder of its own, or takes the one in VAR_DIR when
DATA=ready. Every list, the first row's page of each and the home page are opened; the
median of five is shown, beside the limit of 500 ms. Queries are pinned by
tests/backoffice/test_admin_pages.py.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from typing import Any

LIMIT_MS = 500.0
REPEATS = 5


def main() -> int:
    if os.environ.get("DATA") == "ready":
        return measure()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["VAR_DIR"] = folder
        return measure()


def measure() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "luxebrain.settings")
    os.environ.setdefault("LOG_LEVEL", "ERROR")
    import django

    django.setup()
    from django.core.management import call_command

    from benchmarks.report import publish

    call_command("migrate", verbosity=0)
    call_command("first_owner")
    call_command("demo", if_absent=True)
    rows = [timed(client(), path) for path in pages()]
    rows.sort(key=lambda row: -row["ms"])
    figures = {
        "slowest_ms": rows[0]["ms"],
        "pages": len(rows),
    }
    publish("admin", figures, rows)
    return int(rows[0]["ms"] > LIMIT_MS)


def client() -> Any:
    from django.test import Client

    from apps.accounts.models import User

    signed_in = Client(HTTP_HOST="localhost")
    signed_in.force_login(User.objects.get(is_superuser=True))
    return signed_in


def pages() -> list[str]:
    """Home, every list of the menu's apps, and the page of each list's newest row."""
    from django.contrib import admin
    from django.urls import reverse

    from apps.accounts.models import Store

    store = Store.objects.get(slug="demo")
    paths = [reverse("admin:index")]
    for model in admin.site._registry:
        names = {field.name for field in model._meta.get_fields()}
        if "store" not in names:
            continue
        base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        paths.append(reverse(f"{base}_changelist"))
        newest = model._default_manager.filter(store=store).order_by("-pk").first()
        if newest:
            paths.append(reverse(f"{base}_change", args=[newest.pk]))
    return paths


def timed(signed_in: Any, path: str) -> dict[str, Any]:
    status = signed_in.get(path, follow=True).status_code
    times = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        signed_in.get(path, follow=True)
        times.append((time.perf_counter() - started) * 1000)
    milliseconds = statistics.median(times)
    return {
        "page": path,
        "status": status,
        "ms": milliseconds,
        "share_of_limit": milliseconds / LIMIT_MS,
    }


if __name__ == "__main__":
    sys.exit(main())
