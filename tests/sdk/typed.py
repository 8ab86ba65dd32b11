"""What a type checker must accept, and refuse: each `ignore` below has to be needed."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from luxebrain import LuxeBrain

luxe = LuxeBrain("https://brain.example", "sk_a_b")
luxe.track("page_view")
luxe.track("page_view", visitor="v1", context={"url": "https://shop.example/"})
luxe.track("search", query="linen", at=datetime.now(UTC))
luxe.track("order", order=1, value=Decimal("9.90"), items=[{"product": 7}])
luxe.track("custom", name="size_guide", properties={"opened": True, "seconds": 1.5})
luxe.track("search")  # type: ignore[call-overload]
luxe.track("search", query=1)  # type: ignore[call-overload]
luxe.track("page_view", query="linen")  # type: ignore[call-overload]
luxe.track("wishlist", product=7, action="keep")  # type: ignore[call-overload]
luxe.track("nothing")  # type: ignore[call-overload]
