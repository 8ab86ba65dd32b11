"""Read a whole list by id, so that nothing is skipped while it changes.

WooCommerce has no "ids above": only an offset, and every row that goes away moves the
rest forward, across the border of two pages. So each page begins one row before where
the last one ended. If it does not begin at or below the last id read, rows have gone:
the walk steps back until it does. New rows have higher ids and come at the end.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from apps.sync.woo.client import Answer, Client, Payload
from apps.sync.woo.errors import ShopSenselessError
from apps.sync.woo.fields import id_of
from apps.sync.woo.pace import MOST_LANES, Pace

PAGE = 100
OVERLAP = 1
# Pages in a row with nothing new on them: a list that goes on so has no end.
MOST_IDLE = 1000


@dataclass(frozen=True)
class Place:
    """Where a walk is: rows up to `last_id` are read, about `offset` of them."""

    last_id: int = 0
    offset: int = 0


@dataclass(frozen=True)
class Page:
    # Only those not seen yet.
    items: list[Payload]
    # From here the walk goes on, also in another process.
    after: Place
    total: int | None
    shop_at: datetime | None


class Reader:
    """Fetches the page asked for and, ahead of it, those likely to be asked next."""

    def __init__(
        self, client: Client, path: str, params: dict[str, Any], pace: Pace
    ) -> None:
        self.client, self.path, self.pace = client, path, pace
        self.params = {"per_page": PAGE, "orderby": "id", "order": "asc", **params}
        self.pool = ThreadPoolExecutor(MOST_LANES)
        self.ahead: dict[int, Future[Answer]] = {}
        self.total: int | None = None

    def read(self, offset: int) -> Answer:
        future = self.ahead.pop(offset, None)
        if future is None:
            self.forget()
            future = self.start(offset)
        answer = future.result()
        self.total = answer.total
        self.pace.took(len(answer.rows))
        self.look_ahead(offset)
        return answer

    def look_ahead(self, offset: int) -> None:
        """While the page in hand is written, the shop makes the next ones."""
        for _ in range(self.pace.lanes):
            offset += PAGE - OVERLAP
            if self.total is not None and offset < self.total:
                if offset not in self.ahead:
                    self.ahead[offset] = self.start(offset)

    def start(self, offset: int) -> Future[Answer]:
        return self.pool.submit(self.ask, offset)

    def ask(self, offset: int) -> Answer:
        with self.client.lane() as client:
            return client.get(self.path, **self.params, offset=offset)

    def forget(self) -> None:
        for future in self.ahead.values():
            future.cancel()
        self.ahead = {}

    def close(self) -> None:
        self.forget()
        self.pool.shutdown(wait=True, cancel_futures=True)


def walk(
    client: Client,
    path: str,
    params: dict[str, Any],
    *,
    start: Place | None = None,
    pace: Pace | None = None,
) -> Iterator[Page]:
    """Pages of what is not read yet, by rising id."""
    reader = Reader(client, path, params, pace or Pace())
    try:
        yield from pages(reader, start or Place())
    finally:
        reader.close()


def pages(reader: Reader, place: Place) -> Iterator[Page]:
    offset = max(0, place.offset - OVERLAP)
    step, must_touch, idle = 1, True, 0
    while True:
        answer = reader.read(offset)
        first, last = ends(answer.rows, place)
        if must_touch and is_gap(offset, first, place):
            offset, step = max(0, offset - step), step * 4
            continue
        is_news = last > place.last_id
        items = [row for row in answer.rows if not 0 < id_of(row) <= place.last_id]
        place = Place(
            max(last, place.last_id),
            offset + rows_passed(answer, is_news=is_news) + OVERLAP,
        )
        yield Page(items, place, answer.total, answer.shop_at)
        if is_last(answer, offset, is_news=is_news):
            return
        idle = 0 if is_news else idle + 1
        if idle > MOST_IDLE:
            raise ShopSenselessError("A list of the shop does not end.")
        offset, step = place.offset - OVERLAP, 1
        # Behind hidden rows, and behind one without an id, there is nothing to touch.
        has_end = any(id_of(row) for row in answer.rows[-1:])
        must_touch = has_end and (is_news or len(answer.rows) >= PAGE)


def ends(rows: list[Payload], place: Place) -> tuple[int | None, int]:
    """The first and the last id of a page; None as the first where it is empty.

    A plugin that sorts by something else would make the walk leave things out, unseen.
    """
    ids = [found for row in rows if (found := id_of(row))]
    if any(one > other for one, other in pairwise(ids)):
        raise ShopSenselessError("The shop lists things in another order than by id.")
    if not ids:
        return (place.last_id if rows else None), 0
    return ids[0], ids[-1]


def is_gap(offset: int, first: int | None, place: Place) -> bool:
    return offset > 0 and place.last_id > 0 and (first is None or first > place.last_id)


def rows_passed(answer: Answer, *, is_news: bool) -> int:
    """How far the next page begins behind this one.

    A page that is not full is one from which plugins hid some, or one that the shop cut
    shorter than asked: the next one begins inside what was shown, and if it brings
    nothing new, it was the former. Hidden rows count in the shop's offsets.
    """
    if not is_news or len(answer.rows) >= PAGE:
        return PAGE - OVERLAP
    return max(len(answer.rows) - OVERLAP, 1)


def is_last(answer: Answer, offset: int, *, is_news: bool) -> bool:
    if answer.total is None:
        return not is_news and len(answer.rows) < PAGE
    is_all = not is_news or len(answer.rows) >= answer.total - offset
    return is_all and offset + PAGE >= answer.total
