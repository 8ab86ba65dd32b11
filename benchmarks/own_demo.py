"""A demo shop of its own, in a folder that goes when the benchmark is done."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

PATIENCE = timedelta(hours=1)


@contextmanager
def own_demo(until: str) -> Iterator[None]:
    """PRODUCTS, CUSTOMERS and SEED for another one; KEPT=folder for one that stays, and
    that a later run finds."""
    with tempfile.TemporaryDirectory(prefix="luxebrain-bench-") as folder:
        home = Path(os.environ.get("KEPT", folder))
        os.environ |= {
            "VAR_DIR": str(home),
            "ENV_FILE": f"{home}/none",
            "DATABASE_URL": f"sqlite:///{home}/demo.sqlite3",
            "MLFLOW_TRACKING_URI": "off",
            "DJANGO_SETTINGS_MODULE": "luxebrain.settings",
        }
        import django

        django.setup()
        if not (home / "demo").exists():
            build(until)
        yield


def build(until: str) -> None:
    from django.core.management import call_command
    from django.utils import timezone

    from apps.core.services.plans import look_at_rows
    from apps.events.services.roll import roll

    sizes = [
        f"--{name}={os.environ[name.upper()]}"
        for name in ("products", "customers", "seed")
        if name.upper() in os.environ
    ]
    call_command("migrate", verbosity=0)
    call_command("demo", f"--until={until}", *sizes)
    roll(timezone.now, timezone.now() + PATIENCE)
    look_at_rows()
