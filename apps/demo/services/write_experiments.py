"""The test that the simulator ran: half of the customers saw the shelf on product pages.

Everybody whom the shop knew takes part from its first day, and who came later from the
day after they came: their first order was no choice of the shelf's.
"""

from __future__ import annotations

from collections.abc import Iterator

from apps.accounts.models import Store
from apps.demo.simulator.demand import SHELF_DAYS
from apps.demo.simulator.plan import Ints
from apps.demo.simulator.world import World
from apps.experiments.models import Experiment, Metric
from apps.experiments.services.look import look
from apps.experiments.services.past import Arm, Past, Seen, write_past

KEY = "goes-with-it"
# Days between two points of the chart.
STEP = 6


def write(store: Store, world: World, customers: Ints) -> Experiment:
    plan = world.plan
    first = max(0, plan.days - SHELF_DAYS)
    past = Past(
        key=KEY,
        name="“Goes with it” on product pages",
        hypothesis="Who sees what goes with a product buys more often.",
        place="shelf:product",
        began_at=plan.at(first * 86_400),
        ended_at=plan.as_of,
        arms=(Arm("without", "No shelf", 0.5), Arm("with", "With the shelf", 0.5)),
        metric=Metric.ORDERS,
        guards=(Metric.REVENUE, Metric.REFUND_SHARE),
    )
    test = write_past(store, past, seen(world, customers, first))
    for day in range(first + STEP, plan.days + 1, STEP):
        look(test, plan.at(day * 86_400))
    return test


def seen(world: World, customers: Ints, first: int) -> Iterator[Seen]:
    rows = zip(customers, world.people.arm, world.arrival, strict=True)
    for customer, arm, arrival in rows:
        day = max(first, int(arrival) + 1)
        if day < world.plan.days:
            yield int(customer), int(arm), world.plan.at(day * 86_400)
