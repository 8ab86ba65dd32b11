from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from apps.accounts.models import Store
from apps.core.errors import LuxeBrainError
from apps.events.services.import_events import Bad, Imported, Wanted, import_events

BAR = 30


class Command(BaseCommand):
    help = "Take past events from a file. Killed, the same command again goes on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("store", help="the store's short name")
        parser.add_argument("file", type=Path, help=".jsonl, .csv (.gz) or .parquet")
        parser.add_argument(
            "--column", action="append", default=[], metavar="NAME=THEIRS",
            help="the protocol's name, and the file's: --column at=created_at",
        )  # fmt: skip
        parser.add_argument(
            "--set", action="append", default=[], metavar="NAME=VALUE",
            help="for rows without that cell: --set type=product_view",
        )  # fmt: skip
        parser.add_argument(
            "--rejected", type=Path, help="where bad rows go (FILE.rejected.jsonl)"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        self.said = -1
        store = Store.objects.filter(slug=options["store"]).first()
        if store is None:
            raise CommandError(f"There is no store named {options['store']}.")
        path: Path = options["file"]
        names = pairs(options["column"])
        wanted = Wanted(
            path,
            {theirs: ours for ours, theirs in names.items()},
            pairs(options["set"]),
        )
        rejected = options["rejected"] or path.with_name(f"{path.name}.rejected.jsonl")
        try:
            with rejected.open("w", encoding="utf-8", errors="backslashreplace") as bad:
                done = import_events(
                    store, wanted, at=timezone.now(),
                    report=lambda row: write(row, bad), tell=self.show,
                )  # fmt: skip
        except (LuxeBrainError, OSError) as error:
            raise CommandError(str(error)) from error
        finally:
            remove_if_empty(rejected)
        self.finish(done, rejected)

    def show(self, share: float, done: Imported) -> None:
        """One moving line on a terminal; elsewhere a line for every tenth."""
        percent = int(share * 100)
        text = f"{percent:3d} %  {done.kept:,} kept, {done.bad:,} bad"
        if self.stdout.isatty():
            bar = "█" * (percent * BAR // 100)
            self.stdout.write(f"\r{bar:░<{BAR}} {text}", ending="")
            self.stdout.flush()
        elif percent // 10 > self.said:
            self.said = percent // 10
            self.stdout.write(text)

    def finish(self, done: Imported, rejected: Path) -> None:
        if self.stdout.isatty():
            self.stdout.write("")
        span = ""
        if done.first_at and done.last_at:
            span = f", from {done.first_at:%Y-%m-%d} to {done.last_at:%Y-%m-%d}"
        self.stdout.write(f"{done.kept:,} of {done.read:,} events are there{span}.")
        if done.bad:
            self.stdout.write(f"{done.bad:,} rows are bad; {rejected} says why.")


def pairs(given: list[str]) -> dict[str, str]:
    found = {}
    for each in given:
        name, is_pair, value = each.partition("=")
        if not (name and is_pair and value):
            raise CommandError(f"{each} is not of the form NAME=VALUE.")
        found[name] = value
    return found


def write(row: Bad, file: IO[str]) -> None:
    said = row.said
    if isinstance(said, bytes):
        said = said.decode(errors="replace")  # type: ignore[assignment]
    found = {"line": row.line, "message": row.message, "row": said}
    file.write(json.dumps(found, ensure_ascii=False, default=str) + "\n")


def remove_if_empty(path: Path) -> None:
    if path.exists() and path.stat().st_size == 0:
        path.unlink()
