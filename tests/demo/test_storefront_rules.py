"""What the demo shop's merchant would have set."""

from __future__ import annotations

import pytest

from apps.recommendations.services.segments import GROUPS
from apps.storefront.services.hero import banner_for
from apps.storefront.services.load import clear
from apps.storefront.services.plans import plans_of
from tests.demo.conftest import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_it_has_two_rules_and_a_banner_for_each_group(small_shop):
    home = plans_of(small_shop, NOW)["home-picks"].wishes
    assert home.most_per_brand == 2
    assert [(match.is_new_days, factor) for match, factor in home.factors] == [
        (30, 1.3)
    ]
    heroes = [banner_for(small_shop, group, NOW) for group in ("", *GROUPS)]
    assert len({hero.banner for hero in heroes}) == 5
    assert all(hero.image and hero.url for hero in heroes)
    # Built anew, it has none of the old.
    clear(small_shop)
    assert banner_for(small_shop, "high", NOW) is None
    assert plans_of(small_shop, NOW)["home-picks"].wishes.factors == ()
