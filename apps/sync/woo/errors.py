"""What can go wrong with a shop, by name, and whether waiting heals it."""

from __future__ import annotations

from datetime import datetime

from apps.core.errors import LuxeBrainError


class ShopError(LuxeBrainError):
    """`can_heal`: the same request may succeed later. The message is for merchants."""

    code = "shop_error"
    status = 502
    can_heal = False
    retry_after: float | None = None


class ShopUnreachableError(ShopError):
    """No answer: name, network, time-out, or the connection was cut."""

    code = "shop_unreachable"
    can_heal = True


class UnsafeAddressError(ShopError):
    """The address leads into a private network, where a shop has no business."""

    code = "shop_address_unsafe"


class CertificateInvalidError(ShopError):
    code = "shop_certificate_invalid"


class ShopMovedError(ShopError):
    """Redirects are not followed: they could lead keys to another host."""

    code = "shop_moved"

    def __init__(self, location: str) -> None:
        super().__init__(f"The shop sends callers on to {location[:200]}.")
        self.location = location


class AnotherShopError(ShopError):
    """What answers is not the shop that was copied."""

    code = "shop_is_another"


class ShopBusyError(ShopError):
    code = "shop_busy"
    can_heal = True

    def __init__(
        self, message: str, retry_after: float | None, *, is_undone: bool = True
    ) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        # Surely nothing was done.
        self.is_undone = is_undone


class ShopBrokenError(ShopError):
    """An error page, or an answer that is not JSON."""

    code = "shop_broken"
    can_heal = True


class ShopSenselessError(ShopBrokenError):
    """Lists that are in no order, or never end: asking again makes them no better."""

    code = "shop_senseless"
    can_heal = False


class KeysRefusedError(ShopError):
    code = "shop_keys_refused"


class ClockSkewError(ShopError):
    """Signed requests are refused when clocks differ by more than 15 minutes."""

    code = "shop_clock_skew"


class NotPermittedError(ShopError):
    """The keys are right, but their person or their permission is not enough."""

    code = "shop_not_permitted"


class ThingMissingError(ShopError):
    """The shop does not know this id. `shop_at`: when it said so, by its clock."""

    code = "shop_thing_missing"

    def __init__(self, message: str, shop_at: datetime | None = None) -> None:
        super().__init__(message)
        self.shop_at = shop_at


class RouteMissingError(ShopError):
    """This WooCommerce is too old for the route, or its REST API is off."""

    code = "shop_route_missing"


class RequestRefusedError(ShopError):
    """The shop understood, and says no: `reason` is its own code."""

    code = "shop_refused"

    def __init__(self, message: str, reason: str = "") -> None:
        super().__init__(message)
        self.reason = reason
