from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from apps.accounts.models import Store
from apps.core.errors import LuxeBrainError
from apps.recommendations.models import WhatIf
from apps.recommendations.services.what_if import carry_out
from apps.recommendations.services.what_if.ask import Asker, Question, ask
from apps.recommendations.services.what_if.change import (
    IN_NUMBERS,
    KINDS,
    PREFERABLE,
    SOURCES,
    changed,
    words,
)


class Command(BaseCommand):
    help = (
        "Tells from the log what shelves would have led to if they had been filled in "
        "another way. Nothing is turned on."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--store", required=True, help="short name of the store")
        parser.add_argument("--days", type=int, default=30)
        parser.add_argument("--kind", choices=[kind.value for kind in KINDS])
        parser.add_argument("--exploration", type=float, help="0.1 for one in ten")
        parser.add_argument("--variety", type=float, help="from 0 to 1")
        parser.add_argument("--without", choices=sorted(SOURCES))
        parser.add_argument(
            "--prefer",
            help=f"{', '.join(PREFERABLE)}; with its value: cheaper=50, brand=Velanne",
        )
        parser.add_argument("--boost", type=float, help="0.5 for half as much again")
        parser.add_argument("--popular-first", action="store_true")

    def handle(self, *_: Any, **options: Any) -> None:
        store = Store.objects.filter(slug=options["store"]).first()
        if store is None:
            raise CommandError("There is no store with this short name.")
        try:
            change = changed(said(options))
            wanted = Question(change, options["kind"] or "", options["days"])
            question = ask(store, wanted, Asker("command line"), timezone.now())
        except LuxeBrainError as error:
            raise CommandError(error.message) from error
        # A worker may be faster: then its answer is told.
        if carry_out.claim(question, timezone.now()):
            carry_out.carry_out(question, timezone.now)
        self.stdout.write(words(change))
        self.tell(WhatIf.objects.of(store).get(pk=question.pk))

    def tell(self, question: WhatIf) -> None:
        if question.status != WhatIf.Status.DONE:
            raise CommandError(question.error or "A worker is at it already.")
        result = question.result
        self.stdout.write(
            f"{result['shelves']:,} shelves of {result['people']:,} visitors and "
            f"customers were read."
        )
        for kind in ("clicks", "orders"):
            if kind in result:
                self.table(kind, result[kind])
        self.stdout.write(question.sentence)

    def table(self, kind: str, figures: Mapping[str, Any]) -> None:
        self.stdout.write(f"\n{kind} in 100 shelves{'95 %':>20}{'size':>10}")
        ours = {"as it was": figures["observed"]}
        for name, one in (ours | figures["estimates"]).items():
            self.stdout.write(
                f"{name:<12}{hundred(one['value']):>8}"
                f"{hundred(one['low']):>11} to {hundred(one['high']):<8}"
                f"{one['effective_size']:>8,.0f}"
            )


def hundred(rate: float | None) -> str:
    return "-" if rate is None else f"{100 * rate:.2f}"


def said(options: Mapping[str, Any]) -> dict[str, Any]:
    names = ("exploration", "variety", "without", "boost")
    found = {name: options[name] for name in names if options[name] is not None}
    if options["popular_first"]:
        found["is_popular_first"] = True
    prefer, _, value = (options["prefer"] or "").partition("=")
    if prefer:
        found["prefer"] = prefer
    if value:
        found["prefer_value"] = number(value) if prefer in IN_NUMBERS else value
    return found


def number(text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise CommandError(f"A number is expected: {text}") from error
