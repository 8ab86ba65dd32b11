from __future__ import annotations

import secrets
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from apps.accounts.models import User


class Command(BaseCommand):
    help = "Makes the first account and prints its password once. Does nothing later."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", default="admin@localhost")

    def handle(self, *args: Any, **options: Any) -> None:
        if User.objects.exists():
            return
        password = secrets.token_urlsafe(12)
        User.objects.create_superuser(options["email"], password, name="Owner")
        self.stdout.write(f"Sign in as {options['email']}, password {password}")
