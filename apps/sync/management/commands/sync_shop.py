from __future__ import annotations

import json
import time
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Sum
from django.utils import timezone

from apps.accounts.models import Store
from apps.core.errors import LuxeBrainError
from apps.sync.management.progress import Progress, name_of, steps_of
from apps.sync.models import (
    Certificate,
    CertificateLine,
    Connection,
    Difference,
    Run,
)
from apps.sync.services import runs, watermarks
from apps.sync.services.work import work

SHOWN = 20
VERDICTS = {
    Certificate.Verdict.EQUAL: "Proven equal: shop and copy say the same.",
    Certificate.Verdict.REPAIRED: "Proven equal, after repairs: what differed was put right.",
    Certificate.Verdict.DIFFERENT: "Not equal: some things still differ.",
}


class Command(BaseCommand):
    help = (
        "Copies a shop, looks for changes, or proves the copy equal. Cut off anywhere, "
        "it goes on at the same place when it is called again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("store", help="short name of the store")
        which = parser.add_mutually_exclusive_group()
        for kind in Run.Kind:
            which.add_argument(
                f"--{kind.value}", dest="kind", action="store_const", const=kind.value,
                help=kind.label,
            )  # fmt: skip
        parser.add_argument(
            "--until-done", action="store_true",
            help="also wait for a shop that does not answer, or for another worker",
        )  # fmt: skip
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *_: Any, **options: Any) -> None:
        store = Store.objects.filter(slug=options["store"]).first()
        if store is None:
            raise CommandError("There is no store with this short name.")
        try:
            run = runs.ask(store, options["kind"] or due(store), timezone.now())
        except LuxeBrainError as error:
            raise CommandError(error.message) from error
        refuse_paused(store)
        self.is_quiet, self.waited_for = options["as_json"], ""
        progress = Progress(run, self.stdout, is_quiet=self.is_quiet)
        try:
            self.carry_on(run, progress, is_patient=options["until_done"])
        except KeyboardInterrupt:
            runs.let_go(run)
            self.say("\nStopped. Call it again to go on from here.")
            raise SystemExit(130) from None
        progress.look(is_last=True)
        self.finish(run)

    def carry_on(self, run: Run, progress: Progress, *, is_patient: bool) -> None:
        def clock() -> datetime:
            # The run asks for the time at each page: a moment to look at its steps.
            progress.look()
            return timezone.now()

        while not work(run, clock) and is_patient:
            run.refresh_from_db()
            self.say_why(run)
            progress.look()
            time.sleep(1)
            refuse_paused(run.store)
        run.refresh_from_db()

    def say_why(self, run: Run) -> None:
        """Once for each reason."""
        why = run.error or "Another worker has this run; its progress is shown here."
        if why != self.waited_for:
            self.say(f"\n{why} Waiting.")
        self.waited_for = why

    def say(self, text: str) -> None:
        if not self.is_quiet:
            self.stdout.write(text)

    def finish(self, run: Run) -> None:
        proof = Certificate.objects.of(run.store).filter(run=run).first()
        if self.is_quiet:
            self.stdout.write(json.dumps(described(run, proof), indent=2))
        else:
            self.tell(run, proof)
        is_different = proof is not None and proof.verdict == "different"
        if run.status != Run.Status.DONE or is_different:
            raise SystemExit(1)

    def tell(self, run: Run, proof: Certificate | None) -> None:
        if run.status in Run.OPEN:
            why = run.error or "Another worker has this run."
            self.say(f"Not done yet. {why} Call it again, or with --until-done.")
        elif run.status != Run.Status.DONE:
            self.say(f"{run.get_status_display()}. {run.error}".strip())
        elif proof is None:
            changed = sum(step.changed for step in steps_of(run))
            self.say(f"Done: {changed:,} things were new or changed.")
        else:
            self.tell_proof(proof)

    def tell_proof(self, proof: Certificate) -> None:
        for kind in compared(proof):
            self.say(f"{kind['kind']:>12}: {kind['shop']:,} in the shop, {kind['copy']:,} in the copy")  # fmt: skip
        found = named(proof)
        for one in found[:SHOWN]:
            fields = f" ({', '.join(one.fields)})" if one.fields else ""
            now = "repaired" if one.repaired_at else "still so"
            self.say(f"{one}: {one.get_what_display().lower()}{fields}, {now}")
        if (more := len(found) - SHOWN) > 0:
            self.say(f"… and {more:,} more.")
        self.say(VERDICTS[Certificate.Verdict(proof.verdict)])


def due(store: Store) -> str:
    """What comes next: the first sync until it is through, then changes."""
    is_copied = watermarks.reached(store, "orders") is not None
    return str(Run.Kind.POLL if is_copied else Run.Kind.FIRST)


def refuse_paused(store: Store) -> None:
    if not Connection.objects.of(store).reachable().exists():
        row = Connection.objects.of(store).first()
        why = row.get_status_display() if row else "Connect the shop first"
        raise CommandError(f"The shop is not asked: {why}.")


def named(proof: Certificate) -> list[Difference]:
    rows = Difference.objects.of(proof.store).filter(certificate=proof)
    return list(rows.order_by("repaired_at", "kind", "woo_id"))


def compared(proof: Certificate) -> list[dict[str, Any]]:
    lines = CertificateLine.objects.of(proof.store).filter(certificate=proof)
    sums = {"shop": Sum("shop_count"), "copy": Sum("our_count")}
    return [dict(row) for row in lines.order_by("kind").values("kind").annotate(**sums)]


def described(run: Run, proof: Certificate | None) -> dict[str, Any]:
    return {
        "kind": run.kind,
        "status": run.status,
        "error": run.error,
        "steps": [
            {
                "name": name_of(step),
                "percent": step.percent,
                "seen": step.seen,
                "changed": step.changed,
                "total": step.total,
            }
            for step in steps_of(run)
        ],
        "proof": proof and {
            "verdict": proof.verdict,
            "compared": compared(proof),
            "differences": [
                {
                    "kind": one.kind, "woo_id": one.woo_id, "what": one.what,
                    "fields": one.fields, "is_repaired": one.repaired_at is not None,
                }
                for one in named(proof)
            ],
        },
    }  # fmt: skip
