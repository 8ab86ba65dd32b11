"""Reading a whole list by id, however the shop pages, hides and changes it."""

from __future__ import annotations

from itertools import islice
from random import Random

import pytest

from apps.sync.woo.pace import MOST_LANES, Pace
from apps.sync.woo.walk import Place, walk
from tests.sync.shelf import Shelf, serve


class Lanes(Pace):
    """As many readers as told, from the first page on."""

    def __init__(self, lanes: int) -> None:
        super().__init__()
        self.lanes = lanes

    def look(self) -> None:
        self.begin()


@pytest.fixture
def shelf():
    with serve(Shelf(range(1, 451))) as found:
        yield found


def read(shelf, *, start=None, lanes=1):
    """Ids in the order in which the walk gives them."""
    pages = walk(shelf.client(), "things", {}, start=start, pace=Lanes(lanes))
    return [item["id"] for page in pages for item in page.items]


@pytest.mark.parametrize("size", [0, 1, 99, 100, 101, 198, 199, 200, 450])
@pytest.mark.parametrize("has_total", [True, False])
@pytest.mark.parametrize("forgets", [True, False])
def test_it_reads_everything_once(shelf, size, has_total, forgets):
    shelf.ids = set(range(3, 3 + 2 * size, 2))
    shelf.has_total, shelf.forgets_total = has_total, forgets
    assert read(shelf) == sorted(shelf.ids)


def test_it_asks_no_page_twice(shelf):
    read(shelf)
    assert shelf.asked == [0, 99, 198, 297, 396]


def test_it_reads_ahead_with_several_lanes(shelf):
    assert read(shelf, lanes=MOST_LANES) == list(range(1, 451))
    assert sorted(shelf.asked) == [0, 99, 198, 297, 396]


HABITS = {
    "one row here and there": {7, 8, 150, 303},
    "the last rows of a page": {99, 100, 196, 197, 198},
    "the first rows": set(range(1, 60)),
    "the last rows": set(range(440, 451)),
    "the border of two pages": set(range(90, 110)),
    "a whole page and more": set(range(95, 310)),
    "every second row": set(range(2, 451, 2)),
    "all but one": set(range(1, 451)) - {277},
    "all": set(range(1, 451)),
}


@pytest.mark.parametrize("habit", HABITS)
@pytest.mark.parametrize("lanes", [1, 3])
def test_it_sees_all_that_plugins_do_not_hide(shelf, habit, lanes):
    shelf.hidden = HABITS[habit]
    assert read(shelf, lanes=lanes) == sorted(shelf.ids - shelf.hidden)


@pytest.mark.parametrize("habit", ["one row here and there", "every second row"])
def test_a_short_page_is_not_the_end_where_no_total_is_told(shelf, habit):
    shelf.has_total, shelf.hidden = False, HABITS[habit]
    assert read(shelf) == sorted(shelf.ids - shelf.hidden)


@pytest.mark.parametrize("most", [2, 12, 50, 98, 99])
@pytest.mark.parametrize("has_total", [True, False])
@pytest.mark.parametrize("size", [1, 50, 120, 450])
def test_it_takes_smaller_pages_than_it_asked_for(shelf, most, has_total, size):
    """Themes set the number of posts of every query."""
    shelf.ids = set(range(1, size + 1))
    shelf.most, shelf.has_total = most, has_total
    assert read(shelf) == sorted(shelf.ids)


@pytest.mark.parametrize("killed_after", range(6))
@pytest.mark.parametrize("gone", [0, 1, 7, 60, 300, 450])
def test_it_goes_on_from_any_place_though_rows_went(shelf, killed_after, gone):
    pages = list(islice(walk(shelf.client(), "things", {}), killed_after))
    before = [item["id"] for page in pages for item in page.items]
    place = pages[-1].after if pages else Place()
    shelf.ids -= set(range(1, gone + 1))
    after = read(shelf, start=place)
    last = before[-1] if before else 0
    assert after == [one for one in sorted(shelf.ids) if one > last]


def test_it_goes_on_though_rows_came_back_below(shelf):
    shelf.ids -= set(range(1, 200, 2))
    [first, second] = islice(walk(shelf.client(), "things", {}), 2)
    shelf.ids |= set(range(1, 200, 2))
    after = read(shelf, start=second.after)
    assert after == list(range(second.after.last_id + 1, 451))
    assert first.after.last_id < second.after.last_id


def change(shelf, random):
    """Some rows go, some that were gone come back, some are new at the end."""
    for _ in range(random.choice((0, 1, 1, 3, 40))):
        act = random.randrange(3)
        if act == 0 and len(shelf.ids) > 5:
            gone = random.choice(sorted(shelf.ids))
            shelf.ids.discard(gone)
            shelf.bin.add(gone)
            shelf.touched.add(gone)
        elif act == 1 and shelf.bin:
            back = random.choice(sorted(shelf.bin))
            shelf.bin.discard(back)
            shelf.ids.add(back)
        else:
            shelf.newest += random.randrange(1, 3)
            shelf.ids.add(shelf.newest)


@pytest.mark.parametrize("lanes", [1, MOST_LANES])
def test_trap_13_rows_that_live_through_the_walk_are_seen_exactly_once(lanes):
    """Between any two pages; two hundred seeds."""
    with serve(Shelf([])) as shelf:
        for seed in range(100):
            random = Random(seed)
            lived, seen, known = one_walk(shelf, random, lanes)
            assert len(seen) == len(set(seen)), seed
            assert lived <= set(seen), seed
            assert set(seen) <= known, seed


def one_walk(shelf, random, lanes):
    shelf.newest = random.choice((30, 100, 199, 350, 600))
    shelf.ids = set(random.sample(range(1, shelf.newest + 1), shelf.newest * 3 // 4))
    shelf.bin = set(range(1, shelf.newest + 1)) - shelf.ids
    shelf.forgets_total = random.random() < 0.5
    start, shelf.touched = set(shelf.ids), set()
    shelf.between = lambda number: number > 60 or change(shelf, random)
    shelf.asked = []
    seen = read(shelf, lanes=lanes)
    return start - shelf.touched, seen, start | shelf.ids | shelf.bin
