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
from typing import Any

from apps.sync.woo.client import Answer, Client, Payload
from apps.sync.woo.pace import MOST_LANES, Pace

PAGE = 100
OVERLAP = 1


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
        self.path, self.pace = path, pace
        self.params = {"per_page": PAGE, "orderby": "id", "order": "asc", **params}
        self.clients = [client.fork() for _ in range(MOST_LANES)]
        self.pool = ThreadPoolExecutor(MOST_LANES)
        self.ahead: dict[int, Future[Answer]] = {}
        self.total: int | None = None

    def read(self, offset: int) -> Answer:
        future = self.ahead.pop(offset, None)
        if future is None:
            self.forget()
            future = self.start(offset)
        self.look_ahead(offset)
        answer = future.result()
        self.total = answer.total
        self.pace.took(len(answer.data))
        return answer

    def look_ahead(self, offset: int) -> None:
        """Not past the end, which only the first page tells."""
        for _ in range(self.pace.lanes - 1):
            offset += PAGE - OVERLAP
            if self.total is not None and offset < self.total:
                if offset not in self.ahead:
                    self.ahead[offset] = self.start(offset)

    def start(self, offset: int) -> Future[Answer]:
        return self.pool.submit(self.ask, offset)

    def ask(self, offset: int) -> Answer:
        client = self.clients.pop()
        try:
            return client.get(self.path, **self.params, offset=offset)
        finally:
            self.clients.append(client)

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
    step, must_touch = 1, True
    while True:
        answer = reader.read(offset)
        items = [item for item in answer.data if item["id"] > place.last_id]
        first = answer.data[0]["id"] if answer.data else None
        if must_touch and is_gap(offset, first, place):
            offset, step = max(0, offset - step), step * 4
            continue
        # What plugins hide from a page counts too: the place is by offset, not by rows.
        last_id = items[-1]["id"] if items else place.last_id
        place = Place(last_id, offset + PAGE)
        yield Page(items, place, answer.total, answer.shop_at)
        if is_last(answer, offset):
            return
        # Behind a page of hidden rows there is nothing to touch.
        offset, step, must_touch = offset + PAGE - OVERLAP, 1, bool(items)


def is_gap(offset: int, first: int | None, place: Place) -> bool:
    return offset > 0 and place.last_id > 0 and (first is None or first > place.last_id)


def is_last(answer: Answer, offset: int) -> bool:
    if answer.total is None:
        return len(answer.data) < PAGE
    return offset + PAGE >= answer.total
