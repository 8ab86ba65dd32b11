"""Asking for a pass over the shop, and who works on it: one worker at a time."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from apps.accounts.models import Store
from apps.core.errors import ConflictError
from apps.sync.models import Connection, Run, Step
from apps.sync.models.runs import RunQuerySet

# A worker that says nothing for so long is dead: another goes on where it was.
LEASE = timedelta(minutes=3)
# Failures in a row without one page read between them.
MOST_ATTEMPTS = 12
LONGEST_PAUSE = timedelta(minutes=10)


class ClaimLostError(ConflictError):
    """Somebody else took the run over, or the merchant stopped it."""


def ask(store: Store, kind: str, at: datetime) -> Run:
    """The open run of this kind: the one that is there, or a new one."""
    if not Connection.objects.of(store).exists():
        raise ConflictError("Connect the shop first.")
    open_runs = Run.objects.of(store).open().filter(kind=kind)
    known = open_runs.first()
    if known is not None:
        return known
    try:
        with transaction.atomic():
            return Run.objects.create(store=store, kind=kind, asked_at=at)
    except IntegrityError:  # asked twice at once
        return open_runs.get()


def hurry(run: Run, at: datetime) -> bool:
    """Somebody does not want to wait out a pause. A worker that lives is left alone."""
    waiting = Run.objects.of(run.store).open().filter(pk=run.pk, claim="")
    return bool(waiting.filter(claimed_until__gt=at).update(claimed_until=None))


def stop(run: Run, at: datetime) -> bool:
    """The merchant has had enough. Its worker notices after the page in hand."""
    found = Run.objects.of(run.store).open().filter(pk=run.pk)
    return bool(found.update(status=Run.Status.STOPPED, finished_at=at, claim=""))


def claim(run: Run, at: datetime) -> bool:
    """Take the run over if nobody works on it."""
    token = secrets.token_hex(8)
    taken = Run.objects.of(run.store).free(at).filter(pk=run.pk)
    if not taken.update(
        status=Run.Status.RUNNING, claim=token, claimed_until=at + LEASE
    ):
        return False
    if run.started_at is None:
        Run.objects.of(run.store).filter(pk=run.pk).update(started_at=at)
    run.refresh_from_db()
    return True


def keep(run: Run, step: Step, at: datetime, changes: dict[str, object]) -> None:
    """Note how far the step is, and that its worker lives. In the page's transaction,
    so that a worker who lost the run writes nothing more."""
    if not mine(run).update(claimed_until=at + LEASE, attempts=0):
        raise ClaimLostError("This run is somebody else's now.")
    for name, value in changes.items():
        setattr(step, name, value)
    step.save(update_fields=list(changes))
    run.attempts = 0


def let_go(run: Run) -> None:
    """Enough for now: whoever comes next goes on."""
    mine(run).update(claimed_until=None)


def put_off(run: Run, reason: str, at: datetime, pause: timedelta | None) -> None:
    """The shop did not answer: later again, and later each time; given up in the end."""
    run.attempts += 1
    if run.attempts >= MOST_ATTEMPTS:
        fail(run, reason, at)
        return
    wait = pause or min(timedelta(seconds=10 * 2**run.attempts), LONGEST_PAUSE)
    # Without a claim it is seen to wait, not to be worked on.
    mine(run).update(
        attempts=run.attempts, error=reason[:300], claim="", claimed_until=at + wait
    )


def fail(run: Run, reason: str, at: datetime) -> None:
    mine(run).update(
        status=Run.Status.FAILED, finished_at=at, error=reason[:300], claimed_until=None
    )
    run.status = Run.Status.FAILED


def finish(run: Run, at: datetime) -> bool:
    done = mine(run).update(
        status=Run.Status.DONE, finished_at=at, error="", claimed_until=None
    )
    run.status = Run.Status.DONE
    return bool(done)


def mine(run: Run) -> RunQuerySet:
    """Nothing, once somebody else has it."""
    return Run.objects.of(run.store).filter(
        pk=run.pk, claim=run.claim, status=Run.Status.RUNNING
    )
