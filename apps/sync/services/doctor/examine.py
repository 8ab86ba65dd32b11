"""Examine a connection: what is well, what is not, and one thing to do about each."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from apps.accounts.models import Store
from apps.sync.models import Connection
from apps.sync.services import reach
from apps.sync.services.doctor.check import Check, bad
from apps.sync.services.doctor.facts import facts_checks
from apps.sync.services.doctor.hooks import hook_checks
from apps.sync.services.doctor.visit import Findings, visit
from apps.sync.woo.errors import ShopUnreachableError
from apps.sync.woo.hasty import within

LONGEST_SECONDS = 20.0


def examine(target: Store | Connection, at: datetime) -> list[Check]:
    """Never raises for what the shop does, and ends within `LONGEST_SECONDS`.

    What it learns is kept: facts, and whether the shop answers.
    """
    connection = find(target)
    if connection is None:
        return [
            bad(
                "Connection",
                "This store is not connected to a shop.",
                "Open “Shop connection” and connect it by approval, or paste keys.",
            )
        ]
    findings = Findings(
        connection.url,
        at,
        may_be_private=settings.SHOPS_MAY_BE_PRIVATE,
    )
    client = reach.hasty_client_of(connection)
    try:
        within(LONGEST_SECONDS, lambda: visit(client, findings))
    except ShopUnreachableError:
        findings.add(
            bad(
                "Time",
                f"After {LONGEST_SECONDS:.0f} seconds the shop had not answered everything.",
                "Check again in a few minutes. If it stays so, ask your host why the shop is so slow.",
            )
        )
    keep(connection, findings)
    return [
        *findings.checks,
        *facts_checks(connection, findings.facts),
        *hook_checks(connection, at),
    ]


def find(target: Store | Connection) -> Connection | None:
    if isinstance(target, Connection):
        return target
    return Connection.objects.of(target).select_related("store").first()


def keep(connection: Connection, findings: Findings) -> None:
    """A thread that came too late goes on writing into `findings`: each is read once."""
    error, facts, may_write = findings.error, findings.facts, findings.may_write
    if error is not None:
        reach.note_failure(connection, error, findings.at)
    if facts is None or connection.facts.get(reach.UNPROVEN):
        return
    row = Connection.objects.of(connection.store).filter(pk=connection.pk)
    row.update(facts=facts)
    connection.facts = facts
    if error is None and findings.is_through:
        reach.note_success(connection, findings.at)
    if may_write is not None:
        row.update(may_write=may_write)
    reach.heed(connection, facts)
