"""How the connection to the shop is, in three lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from apps.accounts.models import Store
from apps.core.merchant_admin.show import moment
from apps.sync.models import Certificate, Connection, Notice

SHOWN = 3
Status, Verdict = Connection.Status, Certificate.Verdict
SAID = {
    Status.ACTIVE: ("Connected", "good"),
    Status.FAILING: ("Does not answer", "warn"),
    Status.REFUSED: ("Keys refused", "bad"),
    Status.MOVED: ("Another shop answers", "bad"),
    Status.PAUSED: ("Paused", ""),
}


@dataclass(frozen=True)
class ShopConnection:
    state: str
    proof: str
    tone: str
    notices: Sequence[Notice] = ()


def state_of(store: Store) -> ShopConnection:
    connection = Connection.objects.of(store).first()
    if connection is None:
        return ShopConnection("Not connected", "Connect your shop to begin.", "")
    state, tone = SAID[Status(connection.status)]
    notices = Notice.objects.of(store).filter(closed_at=None).order_by("-opened_at")
    proof, is_good = proof_of(store)
    return ShopConnection(
        state,
        proof,
        tone if is_good or tone == "bad" else "warn",
        list(notices[:SHOWN]),
    )


def proof_of(store: Store) -> tuple[str, bool]:
    """The last comparison that came to its end, and whether shop and copy were equal
    after it. None yet is no reproach."""
    last = (
        Certificate.objects.of(store)
        .exclude(finished_at=None)
        .order_by("-finished_at")
        .first()
    )
    if last is None:
        return "Not compared yet", True
    if last.verdict == Verdict.DIFFERENT:
        return f"Not equal at {moment(last.finished_at)}", False
    after = " after repairs" if last.verdict == Verdict.REPAIRED else ""
    return f"Proven equal{after}, {moment(last.finished_at)}", True
