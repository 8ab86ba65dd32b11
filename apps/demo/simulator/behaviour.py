"""The last 90 days on the site: who came, what they looked at, what they did.

Nothing is known of visitors who did not agree to be remembered. Arrays: S sessions,
E events, both in time order.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from apps.demo.simulator import season
from apps.demo.simulator.plan import Bools, Floats, Ints
from apps.demo.simulator.world import World

DAYS = 90
# Visits without an order for each expected order, by type of customer.
VISITS = np.array([5.0, 7.0, 13.0, 10.0, 9.0])
STRANGERS = 1.6  # sessions of never-buyers for each session of a customer
TYPES = (
    "page_view", "category_view", "search", "product_view", "recommendation_shown",
    "recommendation_clicked", "wishlist", "add_to_cart", "checkout_start", "order",
    "message_sent", "message_opened", "message_clicked",
)  # fmt: skip
(
    PAGE, CATEGORY, SEARCH, VIEW, SHOWN, CLICKED, WISH, CART, CHECKOUT, ORDER,
    SENT, OPENED, MAIL_CLICK,
) = range(len(TYPES))  # fmt: skip
# Mean seconds spent before the event.
DWELL = np.array([1.0, 9, 11, 24, 3, 6, 8, 21, 26, 95, 0, 0, 0])
CHUNK = 4_000
NOBODY = -1


@dataclass(frozen=True)
class Sessions:
    customer: Ints  # (S,) or NOBODY: not logged in, not known
    taste_of: Ints  # (S,) whose tastes they have
    visitor: Ints  # (S,) number of the browser
    day: Ints  # (S,)
    second: Ints  # (S,) of the first event
    order: Ints  # (S,) index into the books, or NOBODY
    chance: Floats  # (S,) true chance that this session brings an order
    mobile: Bools  # (S,)


@dataclass(frozen=True)
class Events:
    """`about` is a product, a category, an order or a campaign, by type."""

    session: Ints  # (E,) or NOBODY for messages
    customer: Ints  # (E,) for messages only
    kind: Ints  # (E,) index into TYPES
    second: Ints  # (E,)
    about: Ints  # (E,)
    variant: Ints  # (E,) or NOBODY


def watch(world: World) -> tuple[Sessions, Events]:
    rng = world.plan.rng("behaviour")
    sessions = _sessions(world, rng)
    views = _views(world, sessions, rng)
    events = _walk(world, sessions, views, rng)
    return sessions, _join(events, _messages(world, rng), world.plan.days * 86_400)


def _sessions(world: World, rng: np.random.Generator) -> Sessions:
    first = max(0, world.plan.days - DAYS)
    who, day, chance = _idle_visits(world, first, rng)
    books = world.books
    buys = np.flatnonzero(
        (books.second >= first * 86_400) & world.people.consents[books.customer, 3]
    )
    buyers, buy_day = books.customer[buys], books.second[buys] // 86_400
    strangers = rng.integers(0, len(world.arrival), round(len(who) * STRANGERS))
    weight = world.calendar.traffic[first : world.plan.days]
    came = first + rng.choice(len(weight), size=len(strangers), p=weight / weight.sum())
    browsers = len(world.arrival) * 2 + rng.integers(
        0, max(1, round(len(strangers) * 0.6)), len(strangers)
    )
    mobile = rng.random(len(world.arrival)) < 0.68
    device = (rng.random(len(who) + len(buys)) < 0.22).astype(np.int64)
    known = np.concatenate([who, buyers])
    sessions = Sessions(
        customer=np.concatenate([known, np.full(len(strangers), NOBODY)]),
        taste_of=np.concatenate([known, strangers]),
        visitor=np.concatenate([known * 2 + device, browsers]),
        day=np.concatenate([day, buy_day, came]),
        second=np.concatenate(
            [
                day * 86_400 + season.second_of_day(len(day), rng),
                books.second[buys],
                came * 86_400 + season.second_of_day(len(came), rng),
            ]
        ),
        order=np.concatenate(
            [np.full(len(who), NOBODY), buys, np.full(len(strangers), NOBODY)]
        ),
        chance=np.concatenate(
            [chance, _chance(world, buyers, buy_day), np.zeros(len(strangers))]
        ),
        mobile=np.concatenate([mobile[known] ^ (device == 1), mobile[strangers]]),
    )
    order = np.argsort(sessions.second, kind="stable")
    return Sessions(**{name: rows[order] for name, rows in vars(sessions).items()})


def _visit_rate(world: World, customer: Ints, day: Ints) -> Floats:
    """Visits without an order: they react to the season half as much as orders do."""
    people = world.people
    usual = people.rate[customer] * world.calendar.traffic[day]
    excess = world.expected[customer, day] / np.maximum(usual, 1e-9)
    return VISITS[people.kind[customer]] * usual * np.sqrt(excess)


def _chance(world: World, customer: Ints, day: Ints) -> Floats:
    orders = world.expected[customer, day]
    return orders / np.maximum(orders + _visit_rate(world, customer, day), 1e-9)


def _idle_visits(
    world: World, first: int, rng: np.random.Generator
) -> tuple[Ints, Ints, Floats]:
    agreed = np.flatnonzero(world.people.consents[:, 3])
    customer = np.repeat(agreed, world.plan.days - first)
    day = np.tile(np.arange(first, world.plan.days), len(agreed))
    visits = rng.poisson(_visit_rate(world, customer, day))
    who, when = np.repeat(customer, visits), np.repeat(day, visits)
    # People look around before they buy for the first time.
    fresh = np.flatnonzero((world.arrival >= first) & world.people.consents[:, 3])
    looks = rng.integers(0, 4, len(fresh))
    early = np.repeat(fresh, looks)
    before = world.arrival[early] - rng.integers(0, 12, len(early))
    keep = before >= first
    who = np.concatenate([who, early[keep]])
    when = np.concatenate([when, before[keep]])
    chance = _chance(world, who, when)
    return who, when, chance


@dataclass(frozen=True)
class _Views:
    session: Ints
    place: Ints  # 0, 1, … within the session
    product: Ints


def _views(world: World, sessions: Sessions, rng: np.random.Generator) -> _Views:
    """Looked-at products by taste and season; what is bought was looked at last."""
    buys = sessions.order != NOBODY
    count = np.where(
        buys,
        1 + rng.negative_binomial(1.4, 0.36, len(buys)),
        1 + rng.negative_binomial(0.9, 0.33, len(buys)),
    )
    count = np.minimum(count, 40)
    session = np.repeat(np.arange(len(buys)), count)
    draws = rng.random(len(session))
    product = np.empty(len(session), dtype=np.int64)
    edges = np.concatenate([[0], count.cumsum()])
    for start in range(0, len(buys), CHUNK):
        end = min(start + CHUNK, len(buys))
        who = sessions.taste_of[start:end]
        pull = world.pull.pull[world.people.kind[who], :, sessions.day[start:end]]
        total = (world.pull.affinity[who] * pull).cumsum(axis=1)
        total = total / total[:, -1:] + np.arange(end - start)[:, None]
        span = slice(edges[start], edges[end])
        goal = session[span] - start + draws[span]
        found = np.searchsorted(total.ravel(), goal)
        product[span] = np.minimum(found, total.size - 1) % total.shape[1]
    return _with_bought(world, sessions, session, product)


def _with_bought(
    world: World, sessions: Sessions, session: Ints, product: Ints
) -> _Views:
    books = world.books
    home = np.full(len(books.wish), NOBODY)
    bought = sessions.order != NOBODY
    home[sessions.order[bought]] = np.flatnonzero(bought)
    lines = np.flatnonzero(home[books.line_order] != NOBODY)
    session = np.concatenate([session, home[books.line_order[lines]]])
    product = np.concatenate(
        [product, world.catalogue.variant_product[books.line_variant[lines]]]
    )
    order = np.argsort(session, kind="stable")
    session, product = session[order], product[order]
    place = np.arange(len(session)) - np.searchsorted(session, session)
    return _Views(session, place, product)


def _walk(
    world: World, sessions: Sessions, views: _Views, rng: np.random.Generator
) -> Events:
    """Lay every step of every session out as (session, slot), sort, then set clocks."""
    steps = [_landing(sessions, rng), _looking(world, views, rng)]
    steps += [
        *_shelves(world, sessions, views, rng),
        *_buying(world, sessions, views, rng),
    ]
    table = np.concatenate(steps, axis=1)
    table = table[:, np.lexsort((table[1], table[0]))]
    session, _, kind, about, variant = table
    wait = rng.exponential(DWELL[kind]) + 0.4
    clock = wait.cumsum()
    head = np.searchsorted(session, np.arange(len(sessions.day)))
    tail = np.searchsorted(session, np.arange(len(sessions.day)), side="right") - 1
    passed = clock - clock[head][session]
    # A session that ends in an order ends when the books say.
    bought = sessions.order != NOBODY
    begin = sessions.second - np.where(bought, passed[tail], 0)
    second = np.floor(begin[session] + passed).astype(np.int64)
    return Events(session, np.full(len(session), NOBODY), kind, second, about, variant)


def _rows(
    session: Ints,
    slot: Ints,
    kind: int | Ints,
    about: Ints,
    variant: Ints | None = None,
) -> Ints:
    """(5, n) of session, slot, type, about, variant."""
    none = np.full(len(session), NOBODY)
    kinds = np.broadcast_to(kind, session.shape)
    return np.stack([session, slot, kinds, about, none if variant is None else variant])


def _landing(sessions: Sessions, rng: np.random.Generator) -> Ints:
    everyone = np.arange(len(sessions.day))
    lands = everyone[rng.random(len(everyone)) < 0.62]
    return _rows(
        lands, np.zeros(len(lands), np.int64), PAGE, np.zeros(len(lands), np.int64)
    )


def _looking(world: World, views: _Views, rng: np.random.Generator) -> Ints:
    slot = views.place * 10 + 10
    category = world.catalogue.category[views.product]
    chance = rng.random(len(slot))
    by_list, by_search = chance < 0.3, chance > 0.93
    wished = rng.random(len(slot)) < 0.025
    parts = [
        _rows(views.session, slot, VIEW, views.product),
        _rows(views.session[by_list], slot[by_list] - 4, CATEGORY, category[by_list]),
        _rows(
            views.session[by_search], slot[by_search] - 4, SEARCH, category[by_search]
        ),
        _rows(views.session[wished], slot[wished] + 3, WISH, views.product[wished]),
    ]
    return np.concatenate(parts, axis=1)


def shelf_of(world: World) -> Ints:
    """(P, 4) what the shelf shows beside each product: what goes with it best."""
    return np.argsort(-world.pull.pairs, axis=1, kind="stable")[:, :4]


def _shelves(
    world: World, sessions: Sessions, views: _Views, rng: np.random.Generator
) -> list[Ints]:
    """Shown to the arm that sees the shelf, clicked now and then."""
    sees = world.people.arm[sessions.taste_of[views.session]] == 1
    shown = sees & (rng.random(len(sees)) < 0.55)
    clicked = np.flatnonzero(shown & (rng.random(len(sees)) < 0.06))
    slot = views.place * 10 + 10
    picks = shelf_of(world)[views.product[clicked], rng.integers(0, 4, len(clicked))]
    return [
        _rows(views.session[shown], slot[shown] + 1, SHOWN, views.product[shown]),
        _rows(views.session[clicked], slot[clicked] + 4, CLICKED, picks),
        _rows(views.session[clicked], slot[clicked] + 5, VIEW, picks),
    ]


def _buying(
    world: World, sessions: Sessions, views: _Views, rng: np.random.Generator
) -> list[Ints]:
    books, late = world.books, 9_000
    bought = np.flatnonzero(sessions.order != NOBODY)
    home = np.full(len(books.wish), NOBODY)
    home[sessions.order[bought]] = bought
    lines = np.flatnonzero(home[books.line_order] != NOBODY)
    variant = books.line_variant[lines]
    last = np.flatnonzero(np.diff(views.session, append=NOBODY - 1))
    idle = last[
        (sessions.order[views.session[last]] == NOBODY)
        & (rng.random(len(last)) < 0.085)
    ]
    product = views.product[idle]
    first = np.searchsorted(world.catalogue.variant_product, product)
    size = np.bincount(world.catalogue.variant_product)[product]
    wanted = first + (rng.random(len(product)) * size).astype(np.int64)
    stays = idle[rng.random(len(idle)) < 0.42]
    return [
        _rows(
            home[books.line_order[lines]],
            np.full(len(lines), late),
            CART,
            world.catalogue.variant_product[variant],
            variant,
        ),
        _rows(views.session[idle], np.full(len(idle), late), CART, product, wanted),
        _rows(
            views.session[stays],
            np.full(len(stays), late + 1),
            CHECKOUT,
            np.full(len(stays), NOBODY),
        ),
        _rows(bought, np.full(len(bought), late + 1), CHECKOUT, sessions.order[bought]),
        _rows(bought, np.full(len(bought), late + 2), ORDER, sessions.order[bought]),
    ]


def _messages(world: World, rng: np.random.Generator) -> Events:
    """What the mail provider reported on the campaigns of these days."""
    first = max(0, world.plan.days - DAYS)
    campaigns = np.flatnonzero(world.campaigns.day >= first)
    number, customer = np.nonzero(world.campaigns.treated[campaigns])
    number = campaigns[number]
    sent = (
        world.campaigns.day[number] * 86_400
        + 9 * 3600
        + rng.integers(0, 1800, len(number))
    )
    lively = np.clip(0.3 + 0.25 * world.people.uplift[customer], 0.08, 0.8)
    opened = rng.random(len(number)) < lively
    clicked = opened & (rng.random(len(number)) < 0.22)
    opened_at = (
        sent + np.floor(rng.exponential(5 * 3600, len(number))).astype(np.int64) + 20
    )
    clicked_at = opened_at + rng.integers(4, 90, len(number))
    end = world.plan.days * 86_400
    parts = []
    for kind, chosen, second in (
        (SENT, sent > 0, sent),
        (OPENED, opened, opened_at),
        (MAIL_CLICK, clicked, clicked_at),
    ):
        keep = np.flatnonzero(chosen & (second < end))
        none = np.full(len(keep), NOBODY)
        parts.append(
            (
                none,
                customer[keep],
                np.full(len(keep), kind),
                second[keep],
                number[keep],
                none,
            )
        )
    return Events(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _join(a: Events, b: Events, end: int) -> Events:
    both = {
        name: np.concatenate([rows, getattr(b, name)]) for name, rows in vars(a).items()
    }
    order = np.argsort(both["second"], kind="stable")
    order = order[both["second"][order] < end]
    return Events(**{name: rows[order] for name, rows in both.items()})
