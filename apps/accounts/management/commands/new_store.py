from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.accounts.models import Store, User
from apps.accounts.services.stores import open_store
from apps.core.errors import LuxeBrainError

# The currency stays as it began, so it is asked for here.
FACTS = ("currency", "time_zone", "country", "language")
# A demo shop is made by `manage.py demo` alone.
PLATFORMS = (Store.Platform.WOOCOMMERCE, Store.Platform.FILES)


class Command(BaseCommand):
    help = "Opens a store for an owner who has an account."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--owner", required=True, help="e-mail")
        parser.add_argument("--slug", default="")
        parser.add_argument("--url", default="")
        parser.add_argument(
            "--platform",
            choices=[platform.value for platform in PLATFORMS],
            default=Store.Platform.WOOCOMMERCE.value,
            help="where its data comes from; files are CSV or JSON",
        )
        for fact in FACTS:
            parser.add_argument(f"--{fact.replace('_', '-')}")

    def handle(self, *args: Any, **options: Any) -> None:
        owner = User.objects.filter(email=options["owner"].lower()).first()
        if owner is None:
            raise CommandError("Nobody has an account with this e-mail address.")
        facts = {fact: options[fact] for fact in FACTS if options[fact]}
        try:
            store = open_store(
                name=options["name"],
                slug=options["slug"],
                owner=owner,
                url=options["url"],
                settings={**facts, "platform": options["platform"]},
            )
        except LuxeBrainError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"{store.name} is open; its short name is {store.slug}.")
