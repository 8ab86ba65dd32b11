from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from apps.accounts.models import Store
from apps.experiments.models import Experiment, Reading, Status
from apps.experiments.services.look import look


class Command(BaseCommand):
    help = "Look at a store's tests and holdouts, and print what they say. Decides nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--store", required=True, help="the store's short name")
        parser.add_argument("--test", help="the short name of one test")
        parser.add_argument(
            "--as-of", type=moment, help="a moment like 2026-06-01 or 2026-06-01T12:00"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        store = Store.objects.filter(slug=options["store"]).first()
        if store is None:
            raise CommandError(f"There is no store {options['store']}.")
        found = Experiment.objects.of(store).exclude(status=Status.DRAFT).order_by("pk")
        if options["test"]:
            found = found.filter(key=options["test"])
        if not found:
            raise CommandError("No such test has started.")
        for experiment in found:
            readings = look(experiment, options["as_of"] or timezone.now())
            self.tell(experiment, readings)

    def tell(self, experiment: Experiment, readings: list[Reading]) -> None:
        status = experiment.get_status_display()
        self.stdout.write(f"{experiment.name} ({experiment.key}): {status}")
        for reading in readings:
            people = f"{reading.people:,} against {reading.control_people:,}"
            self.stdout.write(f"  {reading.variant} ({people}): {reading.sentence}")
        for flag in experiment.flags:
            self.stdout.write(f"  ! {flag['text']}")


def moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
