from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.accounts.models import User
from apps.accounts.services.stores import open_store
from apps.core.errors import LuxeBrainError


class Command(BaseCommand):
    help = "Opens a store for an owner who has an account."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--owner", required=True, help="e-mail")
        parser.add_argument("--url", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        owner = User.objects.filter(email=options["owner"].lower()).first()
        if owner is None:
            raise CommandError("Nobody has an account with this e-mail address.")
        try:
            store = open_store(name=options["name"], owner=owner, url=options["url"])
        except LuxeBrainError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"{store.name} is open; its short name is {store.slug}.")
