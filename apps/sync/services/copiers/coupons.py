"""Coupons."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from apps.accounts.models import Store
from apps.shop.models import Coupon
from apps.shop.services.upsert import Outcome, upsert
from apps.sync.services.copiers.base import Copier, Copy
from apps.sync.woo.things import Parsed


class CouponCopier(Copier[Coupon, Parsed]):
    model = Coupon

    def prepare(self, store: Store, things: Sequence[Parsed]) -> list[Copy[Parsed]]:
        return [Copy(thing, self.clean(thing.values)) for thing in things]

    def write(
        self, store: Store, copy: Copy[Parsed], seen_at: datetime | None
    ) -> Outcome:
        thing = copy.thing
        return upsert(
            Coupon,
            store,
            thing.woo_id,
            thing.modified_at,
            thing.values,
            seen_at=seen_at,
        )[1]
