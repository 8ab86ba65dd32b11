"""Where a banner may lead."""

from __future__ import annotations

from urllib.parse import urlsplit

LONGEST = 600


def problem_of(address: str) -> str:
    """Empty where the address is fine: one of the web, or of the shop's own root."""
    if any(letter.isspace() or not letter.isprintable() for letter in address):
        return "An address holds no spaces."
    try:
        parts = urlsplit(address)
    except ValueError:
        return "This is no address."
    is_own = address.startswith("/") and not address.startswith(("//", "/\\"))
    if is_own or (parts.scheme in ("http", "https") and parts.netloc):
        return ""
    return "An address like https://your-shop.com/sale, or /sale."
