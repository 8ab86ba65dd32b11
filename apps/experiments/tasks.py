from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import structlog
from celery import shared_task
from django.db.models import F, Q
from django.utils import timezone

from apps.accounts.models import Store
from apps.core.errors import ConflictError
from apps.experiments.models import Experiment, Kind, Policy, Status
from apps.experiments.models.experiment import ASSIGNING
from apps.experiments.services import bandit, flows, holdout, keep, units, watch
from apps.experiments.services.keep import STILL_OPEN
from apps.experiments.services.look import look

log = structlog.get_logger(__name__)
# In a pause nothing is found out.
LOOKED_AT_HOURLY = (Status.RUNNING, Status.WATCHING)
# A look begins where the last one of an hour broke off.
JUST_LOOKED = timedelta(minutes=50)
# A holdout has no end and grows: an hour changes nothing of a season, and costs as much.
SEASON, NEARLY_A_DAY = timedelta(days=91), timedelta(hours=23)

Work = Callable[[Experiment, datetime], object]


def each(name: str, rows: Iterator[Experiment], now: datetime, work: Work) -> None:
    """One experiment's trouble keeps no other one waiting, nor one store's another."""
    for experiment in rows:
        try:
            work(experiment, now)
        except ConflictError:
            # A person was faster; the next look sees what they did.
            log.info("experiments.moved_on", work=name, experiment=experiment.pk)
        except Exception:
            log.exception("experiments.broke", work=name, experiment=experiment.pk)


def chosen(where: Q) -> Iterator[Experiment]:
    stores = Store.objects.filter(status=Store.Status.ACTIVE)
    rows = Experiment.objects.across_stores().filter(where, store__in=stores)
    longest_ago = F("looked_at").asc(nulls_first=True)
    return iter(rows.select_related("store").order_by(longest_ago, "pk"))


@shared_task(name="experiments.look")
def look_at_all() -> None:
    """What runs, every hour; what has ended, once a day while refunds may come."""
    now = timezone.now()
    due = Q(looked_at=None) | Q(looked_at__lt=now - JUST_LOOKED)
    is_old = Q(kind=Kind.HOLDOUT, phase_at__lt=now - SEASON)
    due &= ~(is_old & Q(looked_at__gte=now - NEARLY_A_DAY))
    each("look", chosen(Q(status__in=LOOKED_AT_HOURLY) & due), now, look_and_decide)
    ended = Q(ended_at__gte=now - STILL_OPEN) & ~Q(status__in=LOOKED_AT_HOURLY)
    each("look_again", chosen(ended), now, look_again)
    for store in Store.objects.filter(status=Store.Status.ACTIVE):
        try:
            flows.pool_lifts(store)
            holdout.ensure(store, now)
        except Exception:
            log.exception("experiments.broke", work="holdouts", store_id=store.pk)


def look_and_decide(experiment: Experiment, now: datetime) -> None:
    watch.decide(experiment, look(experiment, now), now)


def look_again(experiment: Experiment, now: datetime) -> None:
    zone, last = experiment.store.zone, experiment.looked_at
    if last and last.astimezone(zone).date() == now.astimezone(zone).date():
        return
    look(experiment, now)


@shared_task(name="experiments.bandits")
def update_bandits() -> None:
    """More of what works better, every ten minutes."""
    where = Q(status=Status.RUNNING) & ~Q(policy=Policy.FIXED)
    each("bandits", chosen(where), timezone.now(), bandit.update_chances)


@shared_task(name="experiments.units")
def add_units() -> None:
    """New products, and stretches of time that have begun."""
    each("units", chosen(Q(status__in=ASSIGNING)), timezone.now(), units.add_due)


@shared_task(name="experiments.forget")
def forget() -> None:
    """Who saw what, once no figure can change any more."""
    keep.forget(timezone.now())
