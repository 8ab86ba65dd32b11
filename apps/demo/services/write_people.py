"""Customers, where they live and what they agreed to, as rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import numpy as np

from apps.accounts.models import Store
from apps.demo.services.load import Tell, insert, source
from apps.demo.simulator.numbers import CUSTOMER_WOO
from apps.demo.simulator.orders import FAILED, PENDING
from apps.demo.simulator.places import CHANNELS, PLACES
from apps.demo.simulator.plan import Bools, Ints
from apps.demo.simulator.world import World
from apps.shop.models import Address, Consent, Customer

TEXTS = {
    Consent.Channel.EMAIL: "Yes, send me news and offers by e-mail. I can stop this at any time.",
    Consent.Channel.SMS: "Yes, text me when something I like is back or reduced.",
    Consent.Channel.WHATSAPP: "Yes, write to me on WhatsApp about news and offers.",
    Consent.Channel.TRACKING: "Remember what I look at, to show me what fits.",
}
CHANNELS_ASKED = tuple(TEXTS)


def guests(world: World) -> Bools:
    """(N,) who checked out without an account; nobody else can be a guest."""
    ordered = np.zeros(len(world.arrival), dtype=bool)
    ordered[world.books.customer] = True
    return world.people.is_guest & ordered


def write(store: Store, world: World, tell: Tell) -> tuple[Ints, Ints]:
    """Database ids of customers and of their addresses: (N,) each."""
    customers = insert(_customers(store, world), tell)
    addresses = insert(_addresses(store, world, customers), tell)
    insert(_consents(store, world, customers), tell)
    return customers, addresses


def arrived_at(world: World) -> list[datetime]:
    """When each account was made: some minutes before the first order, if any."""
    books = world.books
    second = (
        world.arrival * 86_400
        + 12 * 3600
        + (np.arange(len(world.arrival)) * 7919) % 30_000
    )
    first = np.full(len(second), np.iinfo(np.int64).max)
    np.minimum.at(first, books.customer, books.second)
    return [world.plan.at(int(s)) for s in np.minimum(second, first - 420)]


def _customers(store: Store, world: World) -> Iterator[Customer]:
    people, books, plan = world.people, world.books, world.plan
    real = ~np.isin(books.status, (FAILED, PENDING))
    first = np.full(len(world.arrival), plan.horizon * 86_400)
    last = np.full(len(world.arrival), -1)
    np.minimum.at(first, books.customer[real], books.second[real])
    np.maximum.at(last, books.customer[real], books.second[real])
    is_guest = guests(world)
    for number, made_at in enumerate(arrived_at(world)):
        name, surname, email = people.names[number]
        home = PLACES[people.place[number]]
        has = last[number] >= 0
        yield Customer(
            store=store,
            woo_id=None if is_guest[number] else CUSTOMER_WOO + number,
            email=email,
            first_name=name,
            last_name=surname,
            language=home.language,
            is_guest=bool(is_guest[number]),
            acquisition_channel=CHANNELS[people.channel[number]],
            first_ordered_at=plan.at(int(first[number])) if has else None,
            last_ordered_at=plan.at(int(last[number])) if has else None,
            **source(made_at),
        )


def _addresses(store: Store, world: World, customers: Ints) -> Iterator[Address]:
    people = world.people
    for number, customer in enumerate(customers):
        home = PLACES[people.place[number]]
        city, region, code = home.cities[people.city[number] % len(home.cities)]
        digits = f"{code}{100 + int(people.city[number]) * 7}" if code else ""
        yield Address(
            store=store, customer_id=int(customer), country=home.country, region=region,
            city=city, postcode=digits,
        )  # fmt: skip


def _consents(store: Store, world: World, customers: Ints) -> Iterator[Consent]:
    people, plan = world.people, world.plan
    moments = arrived_at(world)
    for number, customer in enumerate(customers):
        for place, channel in enumerate(CHANNELS_ASKED):
            granted = bool(people.consents[number, place])
            if granted or channel in {Consent.Channel.EMAIL, Consent.Channel.TRACKING}:
                yield _consent(store, int(customer), channel, granted, moments[number])
        left = int(world.arrival[number]) + 200
        if (
            people.withdraws[number]
            and people.consents[number, 0]
            and 0 <= left < plan.days
        ):
            yield _consent(
                store,
                int(customer),
                Consent.Channel.EMAIL,
                False,
                plan.at(left * 86_400 + 40_000),
                "unsubscribe link",
            )


def _consent(
    store: Store,
    customer: int,
    channel: Consent.Channel,
    granted: bool,
    at: datetime,
    surface: str = "checkout",
) -> Consent:
    tracking = channel == Consent.Channel.TRACKING
    return Consent(
        store=store,
        customer_id=customer,
        channel=channel,
        purpose=Consent.Purpose.PERSONALIZATION
        if tracking
        else Consent.Purpose.MARKETING,
        is_granted=granted,
        text_shown=TEXTS[channel],
        text_version="2024-01",
        surface="cookie banner" if tracking else surface,
        stated_at=at,
    )
