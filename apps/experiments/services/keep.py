"""How long it is kept who saw what: as long as figures may still change."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice

from django.db.models import Q

from apps.experiments.models import Experiment, Exposure

# Refunds and late orders still change what a test found for so long after its end.
STILL_OPEN = timedelta(days=60)
# Browsers forget a visitor's name after 13 months at most; who comes again to a holdout
# that has no end is written down anew, in the same group.
REMEMBERED = timedelta(days=400)
AT_ONCE = 5_000


def is_closed(experiment: Experiment, at: datetime) -> bool:
    """Its readings stand: who took part may be forgotten."""
    ended = experiment.ended_at
    return ended is not None and at - ended > STILL_OPEN


def forget(at: datetime) -> int:
    """Drop exposures that no figure needs any more; how many."""
    over = Experiment.objects.across_stores().filter(ended_at__lt=at - STILL_OPEN)
    count = sum(drop(Q(experiment=one)) for one in over)
    endless = Experiment.objects.across_stores().holdouts().exclude(pk__in=over)
    return count + sum(
        drop(Q(experiment=one, at__lt=at - REMEMBERED)) for one in endless
    )


def drop(where: Q) -> int:
    """A little at a time: other writers wait for each transaction."""
    rows = Exposure.objects.across_stores().filter(where).order_by()
    count = 0
    for pks in batched(iter(list(rows.values_list("pk", flat=True)))):
        Exposure.objects.across_stores().filter(pk__in=pks).delete()
        count += len(pks)
    return count


def batched(pks: Iterator[int]) -> Iterator[list[int]]:
    while part := list(islice(pks, AT_ONCE)):
        yield part
