"""How many pages are asked for at once."""

from __future__ import annotations

import pytest

from apps.sync.woo.errors import KeysRefusedError, ShopBrokenError, ShopBusyError
from apps.sync.woo.pace import LOOK_EVERY, MOST_LANES, TRY_AGAIN_AFTER, Pace

ROWS = 100


class Shop:
    """Pages take a second each; `lanes` of them are worked on at once."""

    def __init__(self, lanes: float) -> None:
        self.lanes, self.now = lanes, 0.0
        self.pace = Pace(lambda: self.now)

    def read(self, pages: int) -> list[int]:
        """The lanes after each page."""
        found = []
        for _ in range(pages):
            self.now += 1 / min(self.pace.lanes, self.lanes)
            self.pace.took(ROWS)
            found.append(self.pace.lanes)
        return found


def test_it_begins_with_one():
    assert Pace().lanes == 1


def test_it_climbs_while_that_helps():
    shop = Shop(lanes=MOST_LANES)
    lanes = shop.read(LOOK_EVERY * (1 + 2 + 3 + 4))
    assert lanes == sorted(lanes)
    assert lanes[LOOK_EVERY - 1] == 2
    assert set(lanes) == {1, 2, 3, 4}


def test_it_never_asks_for_more_than_the_most():
    assert max(Shop(lanes=100).read(1000)) == MOST_LANES


def test_it_settles_at_one_where_more_do_not_help():
    """WooCommerce reads orders no faster with four readers."""
    shop = Shop(lanes=1)
    lanes = shop.read(LOOK_EVERY + 2 * LOOK_EVERY + TRY_AGAIN_AFTER)
    assert lanes[LOOK_EVERY - 1] == 2
    after = lanes[3 * LOOK_EVERY - 1 :]
    assert set(after[: TRY_AGAIN_AFTER - LOOK_EVERY]) == {1}


def test_it_tries_again_later():
    shop = Shop(lanes=1)
    shop.read(3 * LOOK_EVERY)
    assert shop.pace.lanes == 1
    shop.lanes = MOST_LANES
    assert max(shop.read(TRY_AGAIN_AFTER + 100)) == MOST_LANES


def test_it_seldom_bothers_a_shop_that_has_one_lane():
    lanes = Shop(lanes=1).read(1000)
    assert lanes.count(1) / len(lanes) > 0.8


def test_it_settles_where_the_shop_ends():
    lanes = Shop(lanes=2).read(1000)
    assert max(lanes) == 3
    assert lanes.count(2) / len(lanes) > 0.6


@pytest.mark.parametrize("error", [ShopBusyError("", None), ShopBrokenError("")])
def test_it_halves_at_a_sign_of_distress(error):
    shop = Shop(lanes=MOST_LANES)
    shop.read(LOOK_EVERY * (1 + 2 + 3))
    assert shop.pace.lanes == 4
    shop.pace.heard(error)
    assert shop.pace.lanes == 2
    shop.pace.heard(error)
    shop.pace.heard(error)
    assert shop.pace.lanes == 1
    assert set(shop.read(TRY_AGAIN_AFTER - LOOK_EVERY)) == {1}


def test_other_errors_say_nothing_about_the_speed():
    shop = Shop(lanes=MOST_LANES)
    shop.read(LOOK_EVERY * (1 + 2 + 3))
    shop.pace.heard(KeysRefusedError(""))
    shop.pace.heard(None)
    assert shop.pace.lanes == 4
