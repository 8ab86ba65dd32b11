from __future__ import annotations

import time
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from apps.accounts.models import Store
from apps.core.errors import LuxeBrainError
from apps.events.services.rebuild import rebuild


class Command(BaseCommand):
    help = (
        "Adds up a store's days anew, from the events that are kept. Needed after its "
        "time zone was changed; cut off anywhere, it may be called again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("store", help="short name of the store")
        parser.add_argument("first", type=date.fromisoformat, help="a day: 2026-05-01")
        parser.add_argument("last", type=date.fromisoformat, help="included")

    def handle(self, *_: Any, **options: Any) -> None:
        store = Store.objects.filter(slug=options["store"]).first()
        if store is None:
            raise CommandError("There is no store with this short name.")
        began = time.monotonic()
        try:
            count = rebuild(store, options["first"], options["last"], timezone.now)
        except LuxeBrainError as error:
            raise CommandError(error.message) from error
        seconds = time.monotonic() - began
        self.stdout.write(f"{count:,} events counted anew in {seconds:,.0f} s.")
