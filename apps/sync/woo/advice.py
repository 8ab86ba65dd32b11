"""What went wrong with a shop, in plain words, and the one thing to do about it."""

from __future__ import annotations

from apps.sync.woo.errors import (
    AnotherShopError,
    CertificateInvalidError,
    ClockSkewError,
    KeysRefusedError,
    NotPermittedError,
    RouteMissingError,
    ShopBrokenError,
    ShopBusyError,
    ShopError,
    ShopMovedError,
    ShopSenselessError,
    ShopUnreachableError,
    UnsafeAddressError,
)

# In this order: what happened, what to do.
ADVICE: dict[type[ShopError], tuple[str, str]] = {
    AnotherShopError: (
        "This is another shop than the one that was copied into this store. Nothing was copied from it or changed in it, and the connection is paused.",
        "Connect the shop that was copied again, or open another store for this one.",
    ),
    KeysRefusedError: (
        "Your shop refuses the keys that LuxeBrain was given.",
        "Connect the shop again, by approval or with new keys from WooCommerce → Settings → Advanced → REST API.",
    ),
    NotPermittedError: (
        "The keys work, but they may not do everything that is needed.",
        "In WooCommerce → Settings → Advanced → REST API give the key “Read/Write” and an administrator as its user, then connect again.",
    ),
    ClockSkewError: (
        "The clocks of your shop and of LuxeBrain differ by more than 15 minutes.",
        "Ask your host to set the server's clock by NTP, and check the clock of the machine that runs LuxeBrain.",
    ),
    CertificateInvalidError: (
        "The certificate of your shop's address is not valid.",
        "Ask your host to renew the certificate; most do it with one click (“Let's Encrypt”).",
    ),
    UnsafeAddressError: (
        "The address of your shop leads into a private network.",
        "Enter the address that your shoppers use. If LuxeBrain and the shop run on one machine, set SHOPS_MAY_BE_PRIVATE=1.",
    ),
    RouteMissingError: (
        "Your shop has no WooCommerce REST API at this address.",
        "In WordPress → Settings → Permalinks choose anything but “Plain” and save. Check that WooCommerce is active and that no security plugin blocks /wp-json/.",
    ),
    ShopMovedError: (
        "Your shop sends callers on to another address.",
        "Connect the shop again with the address at which it really answers, with https:// and with or without www. as there.",
    ),
    ShopBusyError: (
        "Your shop is overloaded or under maintenance and asks for a pause.",
        "Nothing: LuxeBrain slows down and tries again by itself. If it lasts for hours, ask your host why the shop answers 429 or 503.",
    ),
    ShopSenselessError: (
        "Your shop lists its products or orders in a wrong order, or without an end.",
        "A plugin changes the lists of the REST API. Switch off plugins that sort or filter products and orders one by one, until “Check the connection” is well.",
    ),
    ShopBrokenError: (
        "Your shop answers with an error page instead of data.",
        "Look into WooCommerce → Status → Logs for “fatal-errors”. Often a plugin that was updated lately is the cause, or a firewall that shows a page of its own.",
    ),
    ShopUnreachableError: (
        "Your shop does not answer.",
        "Open the shop in a browser. If it opens, ask your host whether a firewall blocks the machine that runs LuxeBrain.",
    ),
}
OTHER = ("Your shop says no.", "Open “Check the connection” to see where.")


def happened(error: ShopError) -> str:
    return found(error)[0]


def step(error: ShopError) -> str:
    return found(error)[1]


def plain(error: ShopError) -> str:
    return " ".join(found(error))


def found(error: ShopError) -> tuple[str, str]:
    kind = next((known for known in ADVICE if isinstance(error, known)), None)
    return ADVICE[kind] if kind else OTHER
