from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from apps.accounts.models import Store
from apps.sync.services.doctor.check import Check, State
from apps.sync.services.doctor.examine import examine

MARKS = {State.OK: "ok  ", State.WARN: "WARN", State.BAD: "BAD "}


class Command(BaseCommand):
    help = "Examines the connection of a store to its shop; exits with 1 if it is bad."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("store", help="short name of the store")
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *args: Any, **options: Any) -> None:
        store = Store.objects.filter(slug=options["store"]).first()
        if store is None:
            raise CommandError("There is no store with this short name.")
        checks = examine(store, timezone.now())
        if options["as_json"]:
            rows = [asdict(check) for check in checks]
            self.stdout.write(json.dumps(rows, indent=2, ensure_ascii=False))
        else:
            self.say(checks)
        if any(check.state == State.BAD for check in checks):
            raise SystemExit(1)

    def say(self, checks: list[Check]) -> None:
        for check in checks:
            self.stdout.write(f"{MARKS[check.state]}  {check.name}: {check.text}")
            if check.what_to_do:
                self.stdout.write(f"      {check.what_to_do}")
