from __future__ import annotations

import time
from argparse import ArgumentParser
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from apps.accounts.models import Store
from apps.core.errors import ConflictError, LuxeBrainError
from apps.sync.files.kinds import KINDS
from apps.sync.models import FileImport, FileImportProblem
from apps.sync.services.files import import_file

BAR = 30
SHOWN = 20
AT_A_TIME = timedelta(minutes=1)


class Command(BaseCommand):
    help = (
        "Takes a CSV or JSON file into a store that has no WooCommerce (docs/files.md)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("store", help="its short name")
        parser.add_argument("kind", choices=list(KINDS))
        parser.add_argument("path", type=Path)
        parser.add_argument(
            "--dry-run", action="store_true", help="only say what would happen"
        )
        parser.add_argument(
            "--resume", action="store_true", help="go on with what was cut off"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        self.said = -1
        store = Store.objects.filter(slug=options["store"]).first()
        if store is None:
            raise CommandError("There is no store with this short name.")
        if not options["path"].is_file():
            raise CommandError(f"There is no file {options['path']}.")
        try:
            row = self.begin(store, options)
            self.go_on(row)
        except LuxeBrainError as error:
            raise CommandError(error.message) from error
        self.tell(row)
        if row.status == FileImport.Status.REFUSED:
            raise CommandError(row.error)

    def begin(self, store: Store, options: dict[str, Any]) -> FileImport:
        with options["path"].open("rb") as opened:
            file = File(opened, options["path"].name)
            if options["resume"]:
                found = import_file.cut_off(store, options["kind"], file)
                if found is not None:
                    return found
                self.stdout.write("Nothing of this file was cut off: it begins anew.")
            return import_file.receive(
                store,
                options["kind"],
                file,
                by=None,
                at=timezone.now(),
                is_checked_first=options["dry_run"],
            )

    def go_on(self, row: FileImport) -> None:
        """Until the pass is over, also where a worker has it just now."""
        while row.status in FileImport.OPEN:
            try:
                import_file.advance(row, timezone.now() + AT_A_TIME, watch=self.show)
            except ConflictError:
                row.refresh_from_db()
                self.show(row)
                time.sleep(1)

    def show(self, row: FileImport) -> None:
        """One moving line on a terminal; elsewhere a line for every tenth."""
        percent = row.percent
        text = f"{percent:3d} % {row.rows_read:,} of {row.row_total or 0:,} rows"
        if self.stdout.isatty():
            bar = "█" * (percent * BAR // 100)
            self.stdout.write(f"\r{bar:░<{BAR}} {text}", ending="")
            self.stdout.flush()
        elif percent // 10 > self.said:
            self.said = percent // 10
            self.stdout.write(text)
            self.stdout.flush()

    def tell(self, row: FileImport) -> None:
        if self.stdout.isatty():
            self.stdout.write("")
        counts = row.preview if row.status == FileImport.Status.CHECKED else row.counts
        would = "would be " if row.status == FileImport.Status.CHECKED else ""
        for name in ("created", "updated", "unchanged", "older", "refused"):
            if counts.get(name):
                self.stdout.write(f"{counts[name]:>9,} {would}{name}")
        if row.ignored_columns:
            self.stdout.write(f"Ignored columns: {', '.join(row.ignored_columns)}.")
        found = FileImportProblem.objects.of(row.store).filter(file_import=row)
        for problem in found.order_by("line", "pk")[:SHOWN]:
            place = f", {problem.column}" if problem.column else ""
            self.stdout.write(f"Line {problem.line}{place}: {problem.reason}")
        if (more := found.count() - SHOWN) > 0:
            self.stdout.write(f"… and {more:,} more.")
