"""Carry a run on, page by page, until it is done or time is up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from django.db import transaction

from apps.sync.models import Connection, Run, Step
from apps.sync.services import broken, reach, runs
from apps.sync.services.broken import where
from apps.sync.services.copy import patiently
from apps.sync.services.exported import can_export, exported
from apps.sync.services.first import First
from apps.sync.services.pages import Leaf, Shop, leaves
from apps.sync.services.plugin_signer import signer_of
from apps.sync.services.poll import Poll
from apps.sync.services.prove import Proof
from apps.sync.services.way import Way, kind_of
from apps.sync.woo.client import Client
from apps.sync.woo.errors import ShopError
from apps.sync.woo.pace import Pace

log = structlog.get_logger(__name__)
WAYS: dict[str, type[Way]] = {
    Run.Kind.FIRST: First,
    Run.Kind.POLL: Poll,
    Run.Kind.PROOF: Proof,
}
# What the shop can do changes with its updates.
FACTS_LAST = timedelta(hours=20)
UNDIGESTED = "LuxeBrain could not read what the shop answered."
Clock = Callable[[], datetime]


def work(run: Run, clock: Clock, until: datetime | None = None) -> bool:
    """Claim the run and carry it on; True when it has ended, one way or the other.

    Nothing is lost wherever this is killed: the next to claim the run begins after the
    last page that was noted.
    """
    if not runs.claim(run, clock()):
        return not Run.objects.of(run.store).open().filter(pk=run.pk).exists()
    connection = Connection.objects.of(run.store).first()
    if connection is None:
        runs.fail(run, "The shop is not connected.", clock())
        return True
    try:
        return carry_on(run, connection, clock, until)
    except runs.ClaimLostError:
        return False
    except ShopError as error:
        log.warning("sync.shop_error", run=run.pk, kind=run.kind, reason=error.code)
        reach.note_failure(connection, error, clock())
        return give_way(run, error, clock())
    except broken.DATABASE_GONE:
        raise
    except Exception as error:  # noqa: BLE001 - told, and given up in the end
        log.error("sync.run_broke", run=run.pk, kind=run.kind, reason=where(error))
        runs.put_off(run, UNDIGESTED, clock(), None)
        return run.status == Run.Status.FAILED


def carry_on(
    run: Run, connection: Connection, clock: Clock, until: datetime | None
) -> bool:
    client = reach.client_of(connection)
    client.signer = signer_of(run.store, clock())
    pace = Pace()
    client.listeners.append(pace.heard)
    facts = know(connection, client, clock())
    way = WAYS[run.kind](run, Shop(run.store, client, pace, facts))
    begin(way, client)
    reach.note_success(connection, clock())
    steps = Step.objects.of(run.store).filter(run=run, is_done=False)
    for number, step in enumerate(steps):
        is_late = number > 0 and until is not None and clock() >= until
        if is_late or not walk_step(way, step, clock, until):
            runs.let_go(run)
            return False
    with transaction.atomic():
        way.end(clock())
        if not runs.finish(run, clock()):
            raise runs.ClaimLostError("This run was stopped at its end.")
    return True


def know(connection: Connection, client: Client, at: datetime) -> dict[str, object]:
    learned = connection.facts.get("learned_at")
    if learned and at - datetime.fromisoformat(str(learned)) < FACTS_LAST:
        return dict(connection.facts)
    return reach.learn_facts(connection, client, at)


def begin(way: Way, client: Client) -> None:
    """Write the steps down, and by the shop's clock when this began."""
    run = way.run
    if run.shop_started_at is not None:
        return
    shop_at = client.get("orders", per_page=1, _fields="id").shop_at
    with transaction.atomic():
        Step.objects.of(run.store).filter(run=run).delete()
        Step.objects.bulk_create(
            Step(store=run.store, run=run, position=place, kind=name)
            for place, name in enumerate(way.steps())
        )
        run.shop_started_at = shop_at
        run.save(update_fields=["shop_started_at"])


def walk_step(way: Way, step: Step, clock: Clock, until: datetime | None) -> bool:
    """True when the step is done, False when time is up."""
    params = way.params(step)
    if params is not None:
        has_worked, kind = False, kind_of(step)
        is_export = way.may_export and can_export(way.shop, kind)
        for leaf in (
            exported(way.shop, kind, step)
            if is_export
            else leaves(way.shop, kind, step, params)
        ):
            if has_worked and until is not None and clock() >= until:
                return False
            take(way, step, leaf, clock)
            # What was read again after a pause is no progress.
            has_worked = has_worked or bool(leaf.items)
    runs.keep(way.run, step, clock(), {"is_done": True})
    return True


def take(way: Way, step: Step, leaf: Leaf, clock: Clock) -> None:
    result = way.page(step, leaf)
    changes = {
        **leaf.place,
        "seen": step.seen + result.seen,
        "changed": step.changed + result.changed,
        "total": leaf.total if not leaf.parent_id else step.seen + result.seen,
    }

    def note() -> None:
        with transaction.atomic():
            way.note(step, leaf, result)
            runs.keep(way.run, step, clock(), changes)

    patiently(note)


def give_way(run: Run, error: ShopError, at: datetime) -> bool:
    """Later again where waiting heals; else the run ends here, with its reason."""
    if not error.can_heal:
        runs.fail(run, error.message, at)
        return True
    pause = timedelta(seconds=error.retry_after) if error.retry_after else None
    runs.put_off(run, error.message, at, pause)
    return run.status == Run.Status.FAILED


def free_runs(at: datetime) -> list[int]:
    """Runs that wait for a worker, of connections that may be asked; longest first."""
    reachable = Connection.objects.across_stores().reachable().values("store")
    found = Run.objects.across_stores().free(at).filter(store__in=reachable)
    return list(found.order_by("asked_at").values_list("pk", flat=True))
