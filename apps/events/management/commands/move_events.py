from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from apps.core.errors import LuxeBrainError
from apps.events.services.engines.clickhouse import ClickHouse
from apps.events.services.move import move


class Command(BaseCommand):
    help = "Copies the events of the database to CLICKHOUSE_URL. May be run again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--after",
            type=int,
            default=0,
            help="number of the last batch that is there",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.EVENTS_ENGINE != "database":
            # What was erased there since would come back.
            raise CommandError("Events are kept in ClickHouse already.")
        if not settings.CLICKHOUSE_URL:
            raise CommandError("Set CLICKHOUSE_URL to where they shall go.")
        total, last = 0, options["after"]
        try:
            for batch, count in move(ClickHouse(), last):
                total, last = total + count, batch
                self.stdout.write(f"{total:,} events; --after {last} goes on from here")
        except LuxeBrainError as error:
            raise CommandError(error.message) from error
        except DatabaseError as error:
            raise CommandError(f"{error} Go on with --after {last}.") from error
        self.stdout.write(f"All {total:,} events up to batch {last} are there.")
