"""Addresses of shops: as people paste them, as shops are asked, and whether two are one."""

from __future__ import annotations

from urllib.parse import urlsplit

from apps.core.errors import InvalidInputError

# A merchant copies the address from wherever they are: what follows is not the site's.
PAGES = (
    "wp-admin", "wp-login.php", "wp-json", "wp-content", "wc-auth", "index.php", "shop",
    "cart", "checkout", "my-account", "product", "product-category",
)  # fmt: skip
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
USUAL_PORTS = {"https": 443, "http": 80}
LONGEST = 300


def site_of(text: str) -> str:
    """https://shop.example or https://shop.example/store of what somebody pasted."""
    text = text.strip()
    if "://" not in text:
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
        host, port = ascii_host(parts.hostname or ""), parts.port
    except ValueError as error:
        raise InvalidInputError("This is no address of a shop.") from error
    if parts.scheme not in USUAL_PORTS or not host or len(text) > LONGEST:
        raise InvalidInputError("Enter an address like https://shop.example.")
    if parts.username is not None or parts.password is not None:
        raise InvalidInputError("Enter the address without a name or password in it.")
    written = f"[{host}]" if ":" in host else host
    if port and port != USUAL_PORTS[parts.scheme]:
        written = f"{written}:{port}"
    return f"{parts.scheme}://{written}{folder_of(parts.path)}"


def ascii_host(host: str) -> str:
    """café.example as a server is asked for it: xn--caf-dma.example."""
    if not host or ":" in host:
        return host
    try:
        written = host.rstrip(".").encode("idna").decode().lower()
    except UnicodeError as error:
        raise ValueError("no host") from error
    if not all(char.isalnum() or char in ".-_" for char in written):
        raise ValueError("no host")
    return written


def folder_of(path: str) -> str:
    """The part of a path that is WordPress's own folder: "" or /store."""
    kept: list[str] = []
    for part in path.split("/"):
        if part.lower() in PAGES:
            break
        if part:
            kept.append(part)
    return "".join(f"/{part}" for part in kept)


def is_same_address(one: str, other: str) -> bool:
    """Whatever the scheme, with www. or without."""
    return essence(one) == essence(other)


def essence(address: str) -> tuple[str, int | None, str]:
    """Host without www., a port that is not the usual one, and the folder.

    An address that cannot be read is like no other.
    """
    try:
        parts = urlsplit(address if "://" in address else f"https://{address}")
        host, port = ascii_host(parts.hostname or ""), parts.port
    except ValueError:
        return address, None, ""
    if host in LOOPBACK:
        host = "localhost"
    if port in USUAL_PORTS.values():
        port = None
    return host.removeprefix("www."), port, parts.path.rstrip("/").lower()


def upgraded(asked: str, location: str) -> str | None:
    """Where a redirect leads, if it is the same shop by https or with another www."""
    if not is_same_host(asked, location):
        return None
    site = site_of(location)
    if asked.startswith("https://") and not site.startswith("https://"):
        return None
    return site if site != asked else None


def is_same_host(one: str, other: str) -> bool:
    return essence(one)[:2] == essence(other)[:2]
