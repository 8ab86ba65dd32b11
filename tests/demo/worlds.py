"""Simulated worlds without a database, made once for all tests that look at them."""

from __future__ import annotations

from datetime import date
from functools import cache

from apps.demo.simulator.plan import Plan
from apps.demo.simulator.world import simulate

UNTIL = date(2026, 6, 1)


@cache
def world(seed=7, products=160, customers=2_500, months=18):
    return simulate(Plan(seed, UNTIL, products, customers, months))
