"""What a check is: a question to the copied rows, and what to do about each answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from apps.accounts.models import Store
from apps.core.money import round_money


@dataclass(frozen=True)
class Oddity:
    # What it is about, by our own id: "order:42". One finding each.
    subject: str
    # No names and addresses of people: findings are kept and shown to the whole team.
    text: str


@dataclass(frozen=True)
class Check:
    code: str
    title: str
    fix: str
    # Rows come one by one and in a fixed order: the same ones are listed each week.
    find: Callable[[Store, datetime], Iterator[Oddity]]


def day(at: datetime, store: Store) -> str:
    local = at.astimezone(store.zone)
    return f"{local.day} {local:%B %Y}"


def counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def sum_of(amount: Decimal | None, currency: str) -> str:
    if amount is None:
        return "nothing"
    return f"{round_money(amount, currency):,} {currency}"
