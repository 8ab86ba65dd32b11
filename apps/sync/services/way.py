"""What the passes over a shop have in common: first sync, poll and proof."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from apps.shop.models import Order
from apps.sync.models import Run, Step
from apps.sync.services.kinds import KINDS, Kind
from apps.sync.services.pages import Leaf, Shop
from apps.sync.woo.facts import CORE_STATUSES


@dataclass(frozen=True)
class Result:
    """What a page brought: for the step's figures."""

    seen: int = 0
    changed: int = 0
    # What `note` is to note.
    found: Any = None


class Way(ABC):
    """One kind of run. Its steps are rows; `page` runs inside the page's transaction."""

    # Whether whole kinds are read, which the plugin exports faster than pages come.
    may_export = False

    def __init__(self, run: Run, shop: Shop) -> None:
        self.run, self.shop, self.store = run, shop, run.store

    @abstractmethod
    def steps(self) -> Sequence[str]:
        """Names of steps in their order, written down when the run begins."""

    @abstractmethod
    def params(self, step: Step) -> dict[str, Any] | None:
        """What the list is asked for; None: there is nothing to do here."""

    @abstractmethod
    def page(self, step: Step, leaf: Leaf) -> Result:
        """Killed in here, the page is read again: what is done twice must be as good
        as done once."""

    def note(self, step: Step, leaf: Leaf, result: Result) -> None:  # noqa: B027
        """What must be done exactly once, in the transaction that notes the place."""

    def end(self, at: datetime) -> None:  # noqa: B027
        """In the transaction that marks the run as done."""


def kind_of(step: Step) -> Kind:
    """The part before the colon: "orders:bin" reads orders."""
    return KINDS[step.kind.split(":")[0]]


def placed_only(shop: Shop) -> dict[str, str]:
    """Every status of an order except open checkout pages, which "any" includes."""
    found = shop.facts.get("order_statuses") or CORE_STATUSES
    return {"status": ",".join(slug for slug in found if slug not in Order.DRAFTS)}
