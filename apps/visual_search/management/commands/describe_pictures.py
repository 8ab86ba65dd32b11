from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from apps.accounts.models import Store
from apps.visual_search.models import Look
from apps.visual_search.services.index import index

AT_A_TIME = timedelta(minutes=5)


class Command(BaseCommand):
    help = "Describes the pictures of a store's products now, for search by picture."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("store", help="short name of the store")

    def handle(self, *args: Any, **options: Any) -> None:
        store = Store.objects.filter(slug=options["store"]).first()
        if store is None:
            raise CommandError("There is no store with this short name.")
        while count := index(store, timezone.now, timezone.now() + AT_A_TIME):
            self.stdout.write(f"{count} pictures described.")
        self.say(store)

    def say(self, store: Store) -> None:
        looks = Look.objects.of(store)
        known = looks.exclude(made_at=None).count()
        waiting = looks.exclude(due_at=None).count()
        self.stdout.write(f"{known} known, {waiting} waiting to be read again.")
        wrong = looks.exclude(problem="").order_by("problem")
        for problem in wrong.values_list("problem", flat=True).distinct():
            count = wrong.filter(problem=problem).count()
            self.stdout.write(f"{count} with a problem: {problem}")
