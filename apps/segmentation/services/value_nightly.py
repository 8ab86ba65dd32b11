"""Each night every customer's value anew, by the version that serves.

Trainings are a week apart, and a churn risk of last week is none. Only workers that
train load the models: the brain is asked by its kind, as the registry does.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol, cast

from apps.accounts.models import Store
from apps.events.services.analytics.span import today_of
from apps.registry.models import ModelVersion
from apps.registry.services.brain import brain_of
from apps.segmentation.models import ValueModel
from apps.segmentation.models.value import VALUE


class Renews(Protocol):
    def renew(self, version: ModelVersion, at: datetime) -> int: ...


def keep_fresh(store: Store, at: datetime) -> int:
    """Once on each day of the store; of how many customers the values changed or went."""
    rows = ValueModel.objects.of(store).served().filter(version__kind=VALUE)
    found = rows.select_related("version__store").first()
    if found is None or today_of(store, found.computed_at) >= today_of(store, at):
        return 0
    brain = cast(Renews, brain_of(VALUE))
    return brain.renew(found.version, at)
