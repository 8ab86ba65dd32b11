from __future__ import annotations

from datetime import timedelta

import structlog
from celery import current_app, shared_task
from django.utils import timezone

from apps.core.errors import LuxeBrainError
from apps.sync.models import Connection, Run
from apps.sync.services import apply, check_quality, forget, queue, reach, sentinel
from apps.sync.services.files import import_file
from apps.sync.services.plugin_end import end_all_older
from apps.sync.services.work import free_runs, work
from apps.sync.services.writing.send import send_due
from apps.sync.woo.errors import ShopError

log = structlog.get_logger(__name__)
# A worker is given back between slices, so that one long sync keeps no other waiting.
SLICE = timedelta(seconds=20)


@shared_task(name="sync.apply")
def apply_delivery(pk: int) -> None:
    apply.apply_one(pk, timezone.now())


@shared_task(name="sync.sweep")
def sweep() -> None:
    """Deliveries whose nudge was lost, or which wait for the shop to answer."""
    apply.apply_due(timezone.now, timezone.now() + SLICE)


@shared_task(name="sync.tick")
def tick() -> None:
    """Nudge a worker for each run that nobody works on; end keys that were replaced."""
    for run_id in free_runs(timezone.now()):
        current_app.send_task("sync.work", args=[run_id], expires=15)
    end_all_older(timezone.now())


@shared_task(name="sync.work")
def work_on(run_id: int | None = None) -> None:
    """One slice of a run; without an id, of the one that waits longest."""
    waiting = [pk for pk in free_runs(timezone.now()) if run_id in (None, pk)]
    for pk in waiting[:1]:
        run = Run.objects.across_stores().select_related("store").get(pk=pk)
        if not work(run, timezone.now, timezone.now() + SLICE):
            current_app.send_task("sync.work", args=[pk], expires=15)


@shared_task(name="sync.queue_polls")
def queue_polls() -> None:
    queue.ask_all(Run.Kind.POLL, timezone.now())


@shared_task(name="sync.queue_proofs")
def queue_proofs() -> None:
    queue.ask_all(Run.Kind.PROOF, timezone.now())


@shared_task(name="sync.watch_hooks")
def watch_hooks() -> None:
    """Look after the webhooks of every shop; one that does not answer stops no other."""
    for connection in Connection.objects.across_stores().reachable():
        try:
            sentinel.look(connection, reach.client_of(connection), timezone.now())
        except ShopError as error:
            reach.note_failure(connection, error, timezone.now())
        except LuxeBrainError as error:
            log.warning(
                "sync.hooks_unseen", store_id=connection.store_id, reason=error.code
            )


@shared_task(name="sync.knock")
def knock() -> None:
    """Whether a shop that refused our keys takes them again."""
    refused = Connection.objects.across_stores().filter(
        status=Connection.Status.REFUSED
    )
    for connection in refused:
        try:
            reach.knock(connection, timezone.now())
        except LuxeBrainError as error:
            log.warning(
                "sync.not_knocked", store_id=connection.store_id, reason=error.code
            )


@shared_task(name="sync.send_writes")
def send_writes() -> None:
    send_due(timezone.now())


@shared_task(name="sync.continue_imports")
def continue_imports() -> None:
    import_file.continue_all(timezone.now())


@shared_task(name="sync.check_quality")
def check_all_quality() -> None:
    for store in queue.open_stores():
        check_quality.look(store, timezone.now())


@shared_task(name="sync.forget")
def forget_old() -> None:
    forget.forget(timezone.now())
