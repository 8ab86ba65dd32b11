from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from apps.accounts.services.reseal import reseal_all


class Command(BaseCommand):
    help = "Encrypts stored secrets anew under the first key of FIELD_KEYS."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{reseal_all()} secrets are under the first key now.")
