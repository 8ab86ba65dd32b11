from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from apps.core.errors import LuxeBrainError
from apps.core.services.plans import look_at_rows
from apps.demo.services.build import Wanted, build
from apps.demo.services.load_events import load_events

BAR = 30


class Command(BaseCommand):
    help = "Build the demo shop: the same for a seed. Killed, it starts over."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seed", type=int, default=7)
        parser.add_argument("--slug", default="demo")
        parser.add_argument("--products", type=int, default=600)
        parser.add_argument("--customers", type=int, default=8_000)
        parser.add_argument("--months", type=int, default=24)
        parser.add_argument(
            "--until", type=date.fromisoformat, help="first day without history"
        )
        parser.add_argument(
            "--if-absent", action="store_true", help="do nothing where it is ready"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        self.said = -1
        keys = ("slug", "seed", "products", "customers", "months", "until")
        wanted = Wanted(**{key: options[key] for key in keys})
        try:
            shop, seconds = build(
                wanted,
                at=timezone.now(),
                watch=self.show,
                if_absent=options["if_absent"],
            )
        except LuxeBrainError as error:
            raise CommandError(str(error)) from error
        if seconds:
            self.stdout.write(
                f"The demo shop is ready ({sum(seconds.values()):.0f} s)."
            )
        else:
            self.stdout.write(f"The demo shop of {shop.until_on} is ready already.")
        self.stdout.flush()
        if done := load_events(shop, at=timezone.now()):
            self.stdout.write(f"Its visitors' {done.kept:,} events are there.")
        look_at_rows()

    def show(self, percent: int, step: str) -> None:
        """One moving line on a terminal; elsewhere a line for every tenth."""
        if self.stdout.isatty():
            bar = "█" * (percent * BAR // 100)
            end = "\n" if percent == 100 else ""
            self.stdout.write(f"\r{bar:░<{BAR}} {percent:3d} % {step:<28}", ending=end)
            self.stdout.flush()
        elif percent // 10 > self.said:
            self.said = percent // 10
            self.stdout.write(f"{percent:3d} % {step}")
            self.stdout.flush()
