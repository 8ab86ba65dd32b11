from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from apps.accounts.models import Store
from apps.core.errors import LuxeBrainError
from apps.registry.models import ModelVersion
from apps.registry.services.learn import learn

BAR = 24


class Command(BaseCommand):
    help = (
        "Trains one kind of model now, for one store or for all that are open. The new "
        "model serves if it is better; what serves is not touched if anything fails."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=sorted(settings.BRAINS))
        parser.add_argument("--store", help="short name of the store; default: all")
        parser.add_argument(
            "--as-of", type=moment, help="learn as if it were then: 2026-05-01T00:00"
        )
        parser.add_argument("--seed", type=int, default=0)

    def handle(self, *_: Any, **options: Any) -> None:
        failed = [
            store
            for store in stores(options["store"])
            if not self.train(store, options["kind"], options["as_of"], options["seed"])
        ]
        if failed:
            raise SystemExit(1)

    def train(self, store: Store, kind: str, as_of: datetime | None, seed: int) -> bool:
        """One store without orders must not keep the others from learning."""
        self.stdout.write(f"{store.name}: {kind}")
        try:
            version = learn(
                store,
                kind,
                as_of=as_of or timezone.now(),
                clock=timezone.now,
                seed=seed,
                echo=self.echo,
            )
        except LuxeBrainError as error:
            self.stderr.write(f"\n{error.message}")
            return False
        self.tell(version)
        return True

    def echo(self, percent: int, step: str) -> None:
        if self.stdout.isatty():
            bar = "█" * (percent * BAR // 100)
            self.stdout.write(
                f"\r\033[K{bar:░<{BAR}} {percent:3d} %  {step}", ending=""
            )
            self.stdout.flush()
        else:
            self.stdout.write(f"{percent:3d} %  {step}")

    def tell(self, version: ModelVersion) -> None:
        if self.stdout.isatty():
            self.stdout.write()
        name, value = next(iter(version.metrics.items()), ("", None))
        if value is not None:
            humble = version.baseline_metrics.get(name)
            beside = "" if humble is None else f", the simple rule {humble:.4f}"
            self.stdout.write(f"{name.replace('_', ' ')}: {value:.4f}{beside}")
        if version.status == ModelVersion.Status.CHAMPION:
            self.stdout.write(f"{version} ({version.name}) serves now.")
        for reason in version.card.get("reasons", []):
            self.stdout.write(f"The challenger was refused. {reason}")


def stores(slug: str | None) -> list[Store]:
    if slug is None:
        return list(Store.objects.filter(status=Store.Status.ACTIVE))
    store = Store.objects.filter(slug=slug).first()
    if store is None:
        raise CommandError("There is no store with this short name.")
    return [store]


def moment(text: str) -> datetime:
    """UTC where no time zone is said."""
    at = parse_datetime(text) or parse_datetime(f"{text}T00:00")
    if at is None:
        raise ValueError(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
