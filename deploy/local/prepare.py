"""What must be true before the web serves: tables, static files, a first owner.

One Django start for all of it, and each step looks first whether it is needed.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import django
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from deploy.local.terminal import say


def migrate() -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        say("Migrating the database")
        call_command("migrate", verbosity=0, interactive=False)


def static_digest() -> str:
    known = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list(None):
            modified = storage.get_modified_time(path).timestamp()
            known.update(f"{path} {modified} {storage.size(path)}\n".encode())
    return known.hexdigest()


def collect_static() -> None:
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    digest = static_digest()
    if stamp.exists() and stamp.read_text() == digest:
        return
    say("Collecting static files")
    # A process of its own: the storage is chosen while the settings are read.
    command = [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"]
    subprocess.run(command, check=True)
    stamp.write_text(digest)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "luxebrain.settings")
    django.setup()
    migrate()
    collect_static()
    call_command("first_owner")


if __name__ == "__main__":
    main()
