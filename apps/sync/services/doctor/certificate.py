from __future__ import annotations

import socket
import ssl
from datetime import UTC, datetime
from urllib.parse import urlsplit

from apps.sync.services.doctor.check import Check, bad, ok, warn
from apps.sync.woo.advice import happened, step
from apps.sync.woo.errors import CertificateInvalidError, UnsafeAddressError
from apps.sync.woo.transport import (
    CONNECT_SECONDS,
    refuse_private,
    refuse_private_name,
)

SOON_DAYS = 14


def certificate_check(url: str, at: datetime, *, may_be_private: bool) -> Check | None:
    """None without https, and where another check says that nobody answers."""
    parts = urlsplit(url)
    if parts.scheme != "https":
        return None
    try:
        ends_at = end_of_certificate(
            parts.hostname or "", parts.port or 443, may_be_private=may_be_private
        )
    except ssl.SSLError:
        error = CertificateInvalidError("")
        return bad("Certificate", happened(error), step(error))
    except (OSError, UnsafeAddressError):
        return None
    days = (ends_at - at).days
    if days < SOON_DAYS:
        return warn(
            "Certificate",
            f"The certificate of your shop ends in {max(days, 0)} days. After that nobody reaches it.",
            "Ask your host to renew it now, and to let it renew itself.",
        )
    return ok("Certificate", f"The certificate is valid for another {days} days.")


def end_of_certificate(host: str, port: int, *, may_be_private: bool) -> datetime:
    if not may_be_private:
        refuse_private_name(host, port)
    with socket.create_connection((host, port), timeout=CONNECT_SECONDS) as plain:
        if not may_be_private:
            refuse_private(plain)
        context = ssl.create_default_context()
        with context.wrap_socket(plain, server_hostname=host) as secure:
            certificate = secure.getpeercert() or {}
    seconds = ssl.cert_time_to_seconds(str(certificate["notAfter"]))
    return datetime.fromtimestamp(seconds, UTC)
