"""Connections to a shop: reused, bounded in time and size, never into our own network."""

from __future__ import annotations

import ipaddress
import socket
from time import monotonic
from typing import Any

from requests import Response, Session  # noqa: TID251 - the one place
from requests.adapters import HTTPAdapter  # noqa: TID251
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError

from apps.sync.woo.errors import ShopUnreachableError, UnsafeAddressError

CONNECT_SECONDS = 5.0
# WooCommerce builds a page of 100 orders in seconds; slow hosts take half a minute.
READ_SECONDS = 40.0
WHOLE_SECONDS = 120.0
MOST_BYTES = 64 * 1024 * 1024
CHUNK = 64 * 1024
CONNECTIONS = 8
# An IPv4 address in the clothes of an IPv6 one: https://www.rfc-editor.org/rfc/rfc6052
NAT64 = ipaddress.ip_network("64:ff9b::/96")


def is_private(address: str) -> bool:
    peer = ipaddress.ip_address(address.split("%")[0])
    if isinstance(peer, ipaddress.IPv6Address):
        inner = peer.ipv4_mapped or peer.sixtofour
        if peer in NAT64:
            inner = ipaddress.IPv4Address(int(peer) & 0xFFFFFFFF)
        if inner is None and (peer.is_site_local or peer.teredo):
            return True
        return is_inward(inner or peer)
    return is_inward(peer)


def is_inward(peer: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return not peer.is_global or peer.is_multicast


def refuse_private_name(host: str, port: int | None) -> None:
    """Before anything is sent: whether a port is open in our network would tell, too."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        return  # connecting says so in its own words
    if any(is_private(str(row[4][0])) for row in found):
        raise UnsafeAddressError("This address is not on the internet.")


def refuse_private(sock: socket.socket) -> socket.socket:
    """Asked of the connection itself: a name may resolve differently each time."""
    if is_private(sock.getpeername()[0]):
        sock.close()
        raise UnsafeAddressError("This address is not on the internet.")
    return sock


class PublicHTTP(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        refuse_private_name(self._dns_host, self.port)
        return refuse_private(super()._new_conn())


class PublicHTTPS(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        refuse_private_name(self._dns_host, self.port)
        return refuse_private(super()._new_conn())


class PublicHTTPPool(HTTPConnectionPool):
    ConnectionCls = PublicHTTP


class PublicHTTPSPool(HTTPSConnectionPool):
    ConnectionCls = PublicHTTPS


class PublicAdapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {
            "http": PublicHTTPPool,
            "https": PublicHTTPSPool,
        }


def open_session(*, may_be_private: bool) -> Session:
    session = Session()
    # Neither the machine's proxy settings nor its .netrc have a say.
    session.trust_env = False
    adapter = (HTTPAdapter if may_be_private else PublicAdapter)(
        pool_connections=2, pool_maxsize=CONNECTIONS
    )
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def read(response: Response) -> bytes:
    """The body, unless it is endless or drips."""
    until = monotonic() + WHOLE_SECONDS
    parts, size = [], 0
    # What has arrived, not a full chunk: that may take a byte a second, for hours.
    while part := piece(response):
        parts.append(part)
        size += len(part)
        if size > MOST_BYTES or monotonic() > until:
            response.close()
            raise ShopUnreachableError("The shop's answer does not end.")
    return b"".join(parts)


def piece(response: Response) -> bytes:
    try:
        return bytes(response.raw.read1(CHUNK, decode_content=True))
    except HTTPError as error:
        raise ShopUnreachableError("The shop's answer broke off.") from error


def read_on(response: Response) -> bytes:
    """As far as it came, where each line is good by itself."""
    until = monotonic() + WHOLE_SECONDS
    parts, size = [], 0
    try:
        while part := piece(response):
            parts.append(part)
            size += len(part)
            if size > MOST_BYTES or monotonic() > until:
                break
    except ShopUnreachableError:
        pass
    response.close()
    return b"".join(parts)
