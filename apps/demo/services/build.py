"""Build the demo shop: the same for a seed, in short transactions, whole or not at all.

1. Claim: one builder per shop, by a lock that the kernel lifts when it dies.
2. Mark the row BUILDING and remove what an earlier try left.
3. Draw pictures in other processes while this one simulates and writes the tables.
4. Hang the pictures, set the truth aside, mark the row READY.

Killed anywhere, the row stays BUILDING, its pages stay shut, and the next call begins
at 2 with the same seed and the same last day.
"""

from __future__ import annotations

import fcntl
import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from apps.accounts.models import ApiKey, Membership, Role, Store, User
from apps.accounts.services import keys, stores, teams
from apps.core.errors import ConflictError
from apps.demo.models import DemoShop
from apps.demo.services import (
    pictures,
    write_catalogue,
    write_experiments,
    write_history,
    write_inventory,
    write_orders,
    write_people,
    write_storefront,
)
from apps.demo.services.load import Tell
from apps.demo.services.progress import Progress, Watch
from apps.demo.simulator import behaviour, eventlog, truth
from apps.demo.simulator.draw import shots
from apps.demo.simulator.plan import Plan
from apps.demo.simulator.world import World, simulate
from apps.events.services.clear import clear as clear_events
from apps.experiments.services.clear import clear as clear_experiments
from apps.inventory.services import load
from apps.recommendations.models import TRENDING
from apps.registry.services import training
from apps.shop.services.clear import clear
from apps.storefront.services.load import clear as clear_storefront

NAME = "Selmira"
PAGES = "Demo pages"
EVENTS = "events.jsonl.gz"
SETTINGS = {
    "platform": Store.Platform.DEMO, "currency": "EUR", "time_zone": "Asia/Dubai",
    "country": "AE", "language": "en", "plan": "pro",
}  # fmt: skip
# Seconds that each step takes for the full shop on two cores.
WEIGHTS = {
    "Clearing the room": 0.5,
    "Simulating two years": 3.0,
    "Filling the catalogue": 3.0,
    "Registering customers": 4.5,
    "Writing orders": 19.0,
    "Writing prices and stock": 10.0,
    "Reading the test": 3.0,
    "Setting the truth aside": 7.0,
    "Drawing pictures": 5.0,
    "Hanging pictures": 1.0,
}


@dataclass(frozen=True)
class Wanted:
    """What the caller asks for; `until` None keeps an unfinished build's own day."""

    slug: str = "demo"
    seed: int = 7
    products: int = 600
    customers: int = 8_000
    months: int = 24
    until: date | None = None


def folder_of(slug: str) -> Path:
    return Path(settings.VAR_DIR) / "demo" / slug


def build(
    wanted: Wanted, *, at: datetime, watch: Watch = lambda percent, step: None,
    if_absent: bool = False,
) -> tuple[DemoShop, dict[str, float]]:  # fmt: skip
    """The ready shop, and the seconds that each step took (none if it was ready)."""
    with claimed(wanted.slug):
        store = open_shop(wanted.slug)
        shop = DemoShop.objects.of(store).first()
        if if_absent and shop and shop.is_ready:
            open_pages(shop)
            return shop, {}
        plan = plan_of(wanted, shop, store, at)
        shop = begin(store, plan)
        open_pages(shop)
        progress = Progress(shop, watch, WEIGHTS)
        try:
            with uncollected():
                fill(store, wanted.slug, plan, progress)
        except BaseException:
            DemoShop.objects.of(store).update(status=DemoShop.Status.FAILED)
            raise
        DemoShop.objects.of(store).update(
            status=DemoShop.Status.READY, progress=100, step="", built_at=at,
            truth_path=f"demo/{wanted.slug}",
        )  # fmt: skip
        # A row, not a call: a worker sees it and trains in the background.
        training.queue(store, TRENDING, at)
        shop.refresh_from_db()
        watch(100, "Ready")
        return shop, progress.seconds


@contextmanager
def claimed(slug: str) -> Iterator[None]:
    """A record lock: not inherited by children, and gone with its process."""
    folder = folder_of(slug)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise ConflictError("This demo shop is being built already.") from error
        yield


@contextmanager
def uncollected() -> Iterator[None]:
    """300,000 rows come and go without cycles: looking for some took a sixth longer."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def open_shop(slug: str) -> Store:
    owner = User.objects.filter(is_superuser=True).order_by("pk").first()
    store = Store.objects.filter(slug=slug).first()
    if store is None:
        url = f"{settings.PUBLIC_URL}/demo/"
        name = NAME if slug == "demo" else f"{NAME} {slug}"
        return stores.open_store(
            name=name, slug=slug, owner=owner, url=url, settings=SETTINGS
        )
    if store.platform != Store.Platform.DEMO:
        raise ConflictError("A real store has this short name.")
    if owner and not Membership.objects.filter(store=store, user=owner).exists():
        teams.add(store, owner.email, Role.OWNER, actor=None)
    return store


def plan_of(wanted: Wanted, shop: DemoShop | None, store: Store, at: datetime) -> Plan:
    """An unfinished or earlier build keeps its last day unless another one is asked."""
    until = wanted.until or (
        shop.until_on if shop else at.astimezone(store.zone).date()
    )
    return Plan(
        seed=wanted.seed,
        until=until,
        products=wanted.products,
        customers=wanted.customers,
        months=wanted.months,
        time_zone=store.time_zone,
        currency=store.currency,
    )


def begin(store: Store, plan: Plan) -> DemoShop:
    shop, _ = DemoShop.objects.update_or_create(
        store=store,
        defaults={
            "seed": plan.seed,
            "product_count": plan.products,
            "customer_count": plan.customers,
            "month_count": plan.months,
            "until_on": plan.until,
            "as_of": plan.as_of,
            "status": DemoShop.Status.BUILDING,
            "progress": 0,
            "step": "",
            "truth_path": "",
            "built_at": None,
        },
    )
    return shop


def open_pages(shop: DemoShop) -> None:
    """Let the shop's pages send events; a key that was revoked is made anew."""
    if keys.find_publishable(shop.page_key, timezone.now()):
        return
    _, shop.page_key = keys.create(shop.store, ApiKey.Kind.PUBLISHABLE, PAGES)
    shop.save(update_fields=["page_key"])


def fill(store: Store, slug: str, plan: Plan, progress: Progress) -> None:
    folder = folder_of(slug)
    workers = max(1, min(2, os.cpu_count() or 1))
    progress.start("Clearing the room")
    painters = pictures.Painters(plan, folder, workers)
    try:
        pictures.take_down(slug)
        load.clear(store)
        clear_storefront(store)
        clear_events(store, timezone.now())
        clear_experiments(store)
        clear(store)
        progress.start("Simulating two years")
        world = simulate(plan)
        write_tables(store, slug, world, progress)
        progress.start("Setting the truth aside")
        sessions, events = behaviour.watch(world)
        eventlog.write(
            world, sessions, events, write_people.guests(world), folder / EVENTS
        )
        truth.save(world, sessions, folder)
        progress.start("Drawing pictures")
        painters.wait(
            sum(len(shots(look)) for look in world.catalogue.looks), progress.show
        )
        progress.start("Hanging pictures")
        pictures.hang(painters, slug, progress.show)
        progress.finish()
    finally:
        painters.stop()


def write_tables(store: Store, slug: str, world: World, progress: Progress) -> None:
    progress.start("Filling the catalogue")
    ids = write_catalogue.write(store, slug, world, counter(progress, 12_000))
    write_inventory.write(store, world, ids)
    progress.start("Registering customers")
    people = write_people.write(
        store, world, counter(progress, 5 * world.plan.customers)
    )
    progress.start("Writing orders")
    size = len(world.books.wish) + len(world.books.line_order)
    write_orders.write(store, world, ids, people, counter(progress, round(size * 1.2)))
    progress.start("Writing prices and stock")
    write_history.write(
        store, world, ids, counter(progress, len(world.shelves.change_variant))
    )
    progress.start("Reading the test")
    write_experiments.write(store, world, people[0])
    write_storefront.write(store, world.plan.as_of)


def counter(progress: Progress, total: int) -> Tell:
    """Turns counts of written rows into a share of the step."""
    done = 0

    def tell(count: int) -> None:
        nonlocal done
        done += count
        progress.show(done / max(total, 1))

    return tell
