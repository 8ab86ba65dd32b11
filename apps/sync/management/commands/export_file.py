from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.accounts.models import Store
from apps.core.errors import LuxeBrainError
from apps.sync.files.kinds import KINDS
from apps.sync.services.files.export_file import export


class Command(BaseCommand):
    help = "Writes a store's products, customers or orders to a CSV or JSON file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("store", help="its short name")
        parser.add_argument("kind", choices=list(KINDS))
        parser.add_argument("path", type=Path, help="ends in .csv or .ndjson")

    def handle(self, *_: Any, **options: Any) -> None:
        store = Store.objects.filter(slug=options["store"]).first()
        if store is None:
            raise CommandError("There is no store with this short name.")
        path: Path = options["path"]
        form = path.suffix.lower().removeprefix(".")
        # Whole or not there: nobody takes half a file for all of it.
        part = path.with_name(f"{path.name}.part")
        try:
            lines = export(store, options["kind"], form)
        except LuxeBrainError as error:
            raise CommandError(error.message) from error
        with part.open("wb") as file:
            for line in lines:
                file.write(line)
        part.replace(path)
        self.stdout.write(f"{path} is written.")
