"""The whole simulation in its order of questions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from apps.demo.simulator import (
    baskets,
    catalogue,
    demand,
    messages,
    orders,
    people,
    prices,
    season,
    stock,
)
from apps.demo.simulator.plan import Floats, Ints, Plan

Report: TypeAlias = Callable[[str], None]


@dataclass(frozen=True)
class World:
    plan: Plan
    catalogue: catalogue.Catalogue
    calendar: season.Calendar
    prices: prices.Prices
    people: people.People
    pull: demand.Pull
    arrival: Ints  # (N,) days
    expected: Floats  # (N, D) true expected repeat orders
    campaigns: messages.Campaigns
    wishes: baskets.Wishes
    shelves: stock.Shelves
    books: orders.Books


def simulate(plan: Plan, report: Report = lambda step: None) -> World:
    report("Designing the assortment")
    goods = catalogue.design(plan)
    calendar = season.read(plan)
    tags = prices.plan_prices(plan, goods, calendar.eids)
    report("Meeting the customers")
    crowd = people.meet(plan)
    pull = demand.feel(plan, goods, crowd, calendar, tags)
    level = demand.intensity(crowd, pull)
    arrival = demand.arrivals(plan, crowd, level.mean(axis=0), calendar.traffic)
    campaigns = messages.send(plan, crowd, arrival)
    expected = demand.rates(plan, crowd, level, arrival, calendar.traffic)
    expected *= messages.effect(plan, crowd, campaigns)
    expected *= demand.shelf(plan, crowd)
    report("Filling baskets")
    wishes = baskets.fill(plan, goods, crowd, pull, expected, arrival)
    report("Running the warehouse")
    draws, fate = orders.draw(plan, goods, crowd, wishes)
    shelves = stock.run(plan, goods, wishes, fate)
    trade = orders.Trade(goods, crowd, tags, wishes, draws, fate, shelves)
    books = orders.book(plan, trade)
    return World(
        plan, goods, calendar, tags, crowd, pull, arrival, expected,
        campaigns, wishes, shelves, books,
    )  # fmt: skip
