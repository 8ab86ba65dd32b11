"""`track`, as type checkers see it: which fields each type of event takes."""

from __future__ import annotations

from typing import Any, Literal, Unpack, overload

from . import events as e


class Tracks:
    """The types alone; client.py does the work."""

    @overload
    def track(
        self, kind: Literal["page_view", "login"], /, **fields: Unpack[e.Event]
    ) -> str: ...
    @overload
    def track(
        self, kind: Literal["page_leave"], /, **fields: Unpack[e.PageLeave]
    ) -> str: ...
    @overload
    def track(
        self, kind: Literal["product_view"], /, **fields: Unpack[e.ProductView]
    ) -> str: ...
    @overload
    def track(
        self, kind: Literal["category_view"], /, **fields: Unpack[e.CategoryView]
    ) -> str: ...
    @overload
    def track(self, kind: Literal["search"], /, **fields: Unpack[e.Search]) -> str: ...
    @overload
    def track(self, kind: Literal["click"], /, **fields: Unpack[e.Click]) -> str: ...
    @overload
    def track(
        self,
        kind: Literal["add_to_cart", "remove_from_cart"],
        /,
        **fields: Unpack[e.CartChange],
    ) -> str: ...
    @overload
    def track(self, kind: Literal["cart"], /, **fields: Unpack[e.Cart]) -> str: ...
    @overload
    def track(
        self, kind: Literal["checkout_start"], /, **fields: Unpack[e.CheckoutStart]
    ) -> str: ...
    @overload
    def track(
        self, kind: Literal["checkout_step"], /, **fields: Unpack[e.CheckoutStep]
    ) -> str: ...
    @overload
    def track(self, kind: Literal["order"], /, **fields: Unpack[e.Order]) -> str: ...
    @overload
    def track(
        self,
        kind: Literal["recommendation_shown"],
        /,
        **fields: Unpack[e.RecommendationShown],
    ) -> str: ...
    @overload
    def track(
        self,
        kind: Literal["recommendation_clicked"],
        /,
        **fields: Unpack[e.RecommendationClicked],
    ) -> str: ...
    @overload
    def track(
        self,
        kind: Literal["message_sent", "message_opened", "message_clicked"],
        /,
        **fields: Unpack[e.Message],
    ) -> str: ...
    @overload
    def track(
        self, kind: Literal["wishlist"], /, **fields: Unpack[e.Wishlist]
    ) -> str: ...
    @overload
    def track(self, kind: Literal["review"], /, **fields: Unpack[e.Review]) -> str: ...
    @overload
    def track(
        self,
        kind: Literal["rage_click", "dead_click"],
        /,
        **fields: Unpack[e.Frustration],
    ) -> str: ...
    @overload
    def track(
        self, kind: Literal["form_error"], /, **fields: Unpack[e.FormError]
    ) -> str: ...
    @overload
    def track(self, kind: Literal["custom"], /, **fields: Unpack[e.Custom]) -> str: ...

    def track(self, kind: str, /, **fields: Any) -> str:
        """Queue one event and answer its id; nothing is sent by this thread."""
        return self._queue(kind, fields)

    def _queue(self, kind: str, fields: dict[str, Any]) -> str:
        raise NotImplementedError
