"""The official client, wrapped once: time-outs, retries, named errors, reuse."""

from __future__ import annotations

import json
import random
import re
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode

import requests  # noqa: TID251 - for the names of its errors
import woocommerce
from woocommerce.oauth import OAuth

from apps.sync.woo import plugin, transport
from apps.sync.woo.decode import decoded, storable
from apps.sync.woo.errors import (
    CertificateInvalidError,
    ClockSkewError,
    KeysRefusedError,
    NotPermittedError,
    RequestRefusedError,
    RouteMissingError,
    ShopBrokenError,
    ShopBusyError,
    ShopError,
    ShopMovedError,
    ShopUnreachableError,
    ThingMissingError,
)

Payload = dict[str, Any]
ATTEMPTS = 4
LONGEST_PAUSE = 20.0
# A longer wait is not for a worker to sit through: the work comes back later.
LONGEST_RETRY_AFTER = 30.0
# A shop that asks for a year is not left alone for one.
LONGEST_WAIT = 3600.0
# The whole index lists every route of every plugin: more than a megabyte.
INDEX_FIELDS = "name,url,home,gmt_offset,timezone_string,namespaces"
COUNT = re.compile(r"[0-9]{1,9}")
TRUE_REFUSALS = frozenset({400, 405, 409, 410, 413, 422, 501})


@dataclass(frozen=True)
class Answer:
    data: Any
    # X-WP-Total: how many there are in all; None where the route does not say.
    total: int | None
    # The shop's clock.
    shop_at: datetime | None

    @property
    def rows(self) -> list[Payload]:
        """Of a list. What is no thing in it is {}: nobody can read that, but it counts."""
        if not isinstance(self.data, list):
            raise ShopBrokenError("The shop answers with something else than a list.")
        return [row if isinstance(row, dict) else {} for row in self.data]

    @property
    def thing(self) -> Payload:
        if not isinstance(self.data, dict):
            raise ShopBrokenError("The shop answers with something else than a thing.")
        return self.data


class FreshOAuth(OAuth):  # type: ignore[misc]
    """The package draws nonces of eight digits. The shop remembers each for a quarter of
    an hour and refuses it the second time: a fast sync would meet one soon."""

    @staticmethod
    def generate_nonce() -> str:
        return secrets.token_hex(16)


class OfficialAPI(woocommerce.API):  # type: ignore[misc]
    """Signs and addresses as the package does, but over one session.

    The package opens a connection for each request; its `__request` is the only place
    that could reuse one. Over plain http it signs the query into the URL and hands the
    same query on, which would send everything twice.
    """

    def __init__(
        self,
        session: requests.Session,
        *args: Any,
        signer: plugin.Signer | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.session, self.signer = session, signer

    def _API__get_oauth_url(  # noqa: N802 - the package's private name
        self, url: str, method: str
    ) -> str:
        oauth = FreshOAuth(
            url=url,
            consumer_key=self.consumer_key,
            consumer_secret=self.consumer_secret,
            version=self.version,
            method=method,
        )
        return str(oauth.get_oauth_url())

    def _API__request(  # noqa: N802 - the package's private name
        self, method: str, endpoint: str, data: Any, params: Any = None, **kwargs: Any
    ) -> requests.Response:
        url = self._API__get_url(endpoint).replace("/wp-json//", "/wp-json/")
        auth, signed = None, self.signed(method, endpoint, params, data)
        # The index is public: no key goes there.
        if self.version and self.is_ssl:
            auth = (self.consumer_key, self.consumer_secret)
        elif self.version:
            url = self._API__get_oauth_url(f"{url}?{urlencode(params or {})}", method)
            params = None
        headers = {
            "User-Agent": self.user_agent,
            "Accept": "application/json",
            **signed,
        }
        if data is not None:
            data = json.dumps(data, ensure_ascii=False).encode()
            headers["Content-Type"] = "application/json; charset=utf-8"
        return self.session.request(
            method, url, auth=auth, params=params, data=data, headers=headers,
            timeout=(transport.CONNECT_SECONDS, transport.READ_SECONDS),
            allow_redirects=False, stream=True, **kwargs,
        )  # fmt: skip

    def signed(
        self, method: str, endpoint: str, params: Any, data: Any
    ) -> dict[str, str]:
        """Only what goes to our plugin, which is only read."""
        if self.signer is None or data is not None:
            return {}
        return self.signer.headers(method, f"/{self.version}/{endpoint}", params or {})


class Client:
    """One shop. A client is used by one thread at a time; `fork` gives another."""

    def __init__(
        self,
        url: str,
        key: str,
        secret: str,
        *,
        may_be_private: bool,
        sleep: Callable[[float], None] = time.sleep,
        signer: plugin.Signer | None = None,
    ) -> None:
        # With what questions to our plugin are signed; None where it does not know us.
        self.signer = signer
        self.url, self.key, self.secret = url.rstrip("/"), key, secret
        self.may_be_private, self.sleep = may_be_private, sleep
        self.session = transport.open_session(may_be_private=may_be_private)
        self.woo = self.api("wc/v3")
        # What a pace listens to: how each try went.
        self.listeners: list[Callable[[ShopError | None], None]] = []
        # Forks that nobody uses now, with their connections open.
        self.spares: list[Client] = []

    def api(self, version: str) -> OfficialAPI:
        return OfficialAPI(
            self.session, self.url, self.key, self.secret,
            version=version, user_agent="LuxeBrain/1",
            signer=self.signer if version == plugin.NAMESPACE else None,
        )  # fmt: skip

    def fork(self) -> Client:
        twin = Client(
            self.url,
            self.key,
            self.secret,
            may_be_private=self.may_be_private,
            sleep=self.sleep,
            signer=self.signer,
        )
        twin.listeners = self.listeners
        return twin

    @contextmanager
    def lane(self) -> Iterator[Client]:
        """A fork for a thread to use meanwhile. Another thread may take the last spare
        at the same moment, so it is taken rather than looked for."""
        try:
            twin = self.spares.pop()
        except IndexError:
            twin = self.fork()
        try:
            yield twin
        finally:
            self.spares.append(twin)

    def get(self, path: str, **params: Any) -> Answer:
        return self.patiently("GET", path, params=params)

    def post(self, path: str, data: Payload) -> Answer:
        """Not tried again where the shop may have done it: the caller reads back."""
        return self.patiently("POST", path, data=data)

    def put(self, path: str, data: Payload) -> Answer:
        return self.patiently("PUT", path, data=data)

    def delete(self, path: str, **params: Any) -> Answer:
        return self.patiently("DELETE", path, params=params)

    def index(self) -> Answer:
        """/wp-json/: name, address, time zone and namespaces; needs no key."""
        return self.patiently("GET", "", params={"_fields": INDEX_FIELDS}, version="")

    def patiently(
        self,
        method: str,
        path: str,
        *,
        params: Payload | None = None,
        data: Payload | None = None,
        version: str = "wc/v3",
    ) -> Answer:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                answer = self.ask(method, path, params, data, version)
            except ShopError as error:
                self.tell(error)
                pause = pause_before_next(error, method, attempt)
                if pause is None:
                    raise
                self.sleep(pause)
            else:
                self.tell(None)
                return answer
        raise AssertionError("The last attempt answers or raises.")

    def tell(self, error: ShopError | None) -> None:
        for listener in self.listeners:
            listener(error)

    def ask(
        self, method: str, path: str, params: Any, data: Any, version: str
    ) -> Answer:
        with named_errors():
            response = self.send(method, path, params, data, version)
            body = transport.read(response)
        return understand(response, body)

    def send(
        self, method: str, path: str, params: Any, data: Any, version: str
    ) -> requests.Response:
        """The head of an answer; the body is still to be read."""
        api = self.woo if version == "wc/v3" else self.api(version)
        sent: requests.Response = api._API__request(method, path, data, params=params)
        return sent

    def stream(self, path: str, params: Payload) -> tuple[bytes, datetime | None]:
        """What our plugin writes line by line, as far as it came, and the shop's clock."""
        with named_errors():
            response = self.send("GET", path, params, None, plugin.NAMESPACE)
            if response.status_code != 200:
                understand(response, transport.read(response))
            body = transport.read_on(response)
        return body, moment_of(response.headers.get("Date", ""))


@contextmanager
def named_errors() -> Iterator[None]:
    try:
        yield
    except requests.exceptions.SSLError as error:
        raise CertificateInvalidError("The shop's certificate is not valid.") from error
    except (requests.exceptions.RequestException, OSError) as error:
        raise ShopUnreachableError("The shop does not answer.") from error


def pause_before_next(error: ShopError, method: str, attempt: int) -> float | None:
    """Seconds to wait, with jitter so that workers do not march in step; None: give up."""
    # A gateway's 503 may come after the shop did its work; one that names a time to
    # come back, or a 429, is said instead of it.
    is_undone = isinstance(error, ShopBusyError) and error.is_undone
    if (
        not error.can_heal
        or attempt == ATTEMPTS
        or (method == "POST" and not is_undone)
    ):
        return None
    if error.retry_after is not None:
        return error.retry_after if error.retry_after <= LONGEST_RETRY_AFTER else None
    return random.uniform(0.1, min(LONGEST_PAUSE, 0.5 * 2**attempt))  # noqa: S311


def understand(response: requests.Response, body: bytes) -> Answer:
    status = response.status_code
    if 300 <= status < 400:
        raise ShopMovedError(storable(response.headers.get("Location", "")))
    if status in (429, 503):
        raise ShopBusyError(
            "The shop asks for a pause.",
            wait_asked(response),
            is_undone=status == 429 or "Retry-After" in response.headers,
        )
    data = decoded(body, status)
    shop_at = moment_of(response.headers.get("Date", ""))
    if status >= 400:
        raise refusal(status, data, shop_at)
    total = response.headers.get("X-WP-Total", "")
    return Answer(
        data=data,
        total=int(total) if COUNT.fullmatch(total) else None,
        shop_at=shop_at,
    )


def refusal(status: int, data: Any, shop_at: datetime | None) -> ShopError:
    said = data if isinstance(data, dict) else {}
    reason = storable(str(said.get("code", "")))[:100]
    text = storable(str(said.get("message", "")))[:200]
    if status == 401:
        return unauthorized(text)
    if status == 403:
        return NotPermittedError(text or "The keys may not do this.")
    if status == 404:
        return (
            RouteMissingError("The shop does not have this part of the REST API.")
            if reason == "rest_no_route"
            else ThingMissingError(text or "The shop does not know this id.", shop_at)
        )
    if status in TRUE_REFUSALS or status < 500:
        return RequestRefusedError(text or f"The shop says no ({status}).", reason)
    return ShopBrokenError(f"The shop has an error ({status}).")


def unauthorized(text: str) -> ShopError:
    """One status and one code for all; only English shops let their text be told apart."""
    if "does not have" in text and "permission" in text:
        return NotPermittedError(text)
    if "nonce" in text:  # something on the way repeats what we send
        return ShopBrokenError("The shop says that a request came twice.")
    if "timestamp" in text:
        return ClockSkewError("The clocks of the shop and of this machine differ.")
    return KeysRefusedError(text or "The shop refuses the keys.")


def wait_asked(response: requests.Response) -> float | None:
    """Retry-After: seconds or a date."""
    text = response.headers.get("Retry-After", "")
    if COUNT.fullmatch(text):
        return min(float(text), LONGEST_WAIT)
    until = moment_of(text)
    if until is None:
        return None
    now = moment_of(response.headers.get("Date", "")) or datetime.now(UTC)
    return min(max(0.0, (until - now).total_seconds()), LONGEST_WAIT)


def moment_of(text: str) -> datetime | None:
    """None for what databases cannot hold in every zone, too."""
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError, OverflowError):
        return None
    if not 1900 < moment.year < 9000:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
