"""Campaign e-mails with a randomized holdout, and what they truly did.

Arrays: M campaigns, N customers, D days.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from apps.demo.simulator.people import People
from apps.demo.simulator.plan import Bools, Floats, Ints, Plan

EVERY = 14
WINDOW = 5  # days in which a message moves somebody
HOLDOUT = 0.15
SUBJECTS = (
    "New in this week",
    "The Eid edit",
    "Back in your size",
    "Weekend looks",
    "Last days of the sale",
    "Made for the office",
    "Wedding season",
    "Soft knits",
)


@dataclass(frozen=True)
class Campaigns:
    day: Ints  # (M,)
    subject: tuple[str, ...]
    eligible: Bools  # (M, N) consented and there
    treated: Bools  # (M, N) eligible and not in the holdout


def send(plan: Plan, people: People, arrival: Ints) -> Campaigns:
    rng = plan.rng("messages")
    day = np.arange(10, plan.days, EVERY)
    there = arrival[None, :] < day[:, None]
    willing = people.consents[:, 0][None, :]
    gone = people.withdraws[None, :] & (day[:, None] > arrival[None, :] + 200)
    eligible = there & willing & ~gone
    treated = eligible & (rng.random(eligible.shape) >= HOLDOUT)
    subject = tuple(SUBJECTS[int(i)] for i in rng.integers(0, len(SUBJECTS), len(day)))
    return Campaigns(day, subject, eligible, treated)


def effect(plan: Plan, people: People, campaigns: Campaigns) -> Floats:
    """(N, D) multiplier of the buying rate."""
    lift = np.ones((len(people.kind), plan.horizon))
    for day, treated in zip(campaigns.day, campaigns.treated, strict=True):
        window = slice(int(day), int(day) + WINDOW)
        lift[treated, window] = (1 + people.uplift[treated])[:, None]
    return lift
