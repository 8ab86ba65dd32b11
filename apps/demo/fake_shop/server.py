"""Serves a fake shop: threads, HTTP/1.1 with connections kept, and no word on the terminal."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from apps.demo.fake_shop import approve, control
from apps.demo.fake_shop.rest.about import http_date
from apps.demo.fake_shop.rest.messages import Answer, Request
from apps.demo.fake_shop.rest.routes import App
from apps.demo.fake_shop.shop import FakeShop
from apps.demo.fake_shop.trouble import CACHED, ERRORS, NOTICE, Weather

EXPOSE = "X-WP-Total, X-WP-TotalPages, Link"


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    allow_reuse_address = True

    def __init__(self, shop: FakeShop, port: int, host: str = "127.0.0.1") -> None:
        super().__init__((host, port), Handler)
        self.shop = shop
        self.app = App(shop)
        self.weather = Weather(shop.quirks, shop.seed)
        self.open: set[Any] = set()
        shop.url = f"http://{host}:{self.server_port}"

    def process_request(self, request: Any, client_address: Any) -> None:
        self.open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self.open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that hangs up is no news."""

    def hang_up(self) -> None:
        """Kept connections end too, or a stopped server would go on answering."""
        for connection in list(self.open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body leave in one piece

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 its name
        """Quiet."""

    def send_header(self, keyword: str, value: str) -> None:
        if keyword != "Server":
            super().send_header(keyword, value)

    def do_GET(self) -> None:
        self.serve()

    do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_GET  # noqa: N815 http.server's names

    def serve(self) -> None:
        parts = urlsplit(self.path)
        size = int(self.headers.get("Content-Length") or 0)
        request = Request(
            self.command, parts.path, parts.query, dict(self.headers.items()),
            self.rfile.read(size), self.headers.get("Host", "127.0.0.1"),
        )  # fmt: skip
        if parts.path.startswith("/__fake__/"):
            control.handle(self, self.server.shop, request)
        elif parts.path.startswith("/wc-auth/"):
            self.reply(approve.answer(self.server.shop, request))
        elif parts.path.startswith("/wp-json"):
            self.rest(request)
        else:
            page = f"<!DOCTYPE html><title>{self.server.shop.name}</title>"
            self.reply(html(200 if parts.path == "/" else 404, page))

    def rest(self, request: Request) -> None:
        quirks, weather = self.server.shop.quirks, self.server.weather
        trouble = weather.draw(quirks)
        if trouble == "limited":
            body = {"code": "too_many_requests", "message": "Too many requests.", "data": {"status": 429}}  # fmt: skip
            self.reply(
                Answer(429, body, {"Retry-After": str(quirks.retry_after_seconds)})
            )
            return
        if trouble in ("error", "cut") and weather.pick() >= quirks.done_anyway_share:
            answer = Answer(200, {})  # nothing was done
        else:
            answer = self.work(request)
        if trouble == "slow":
            time.sleep(quirks.slow_seconds)
        weather.work(quirks, answer.objects if answer.status < 300 else 0)
        if trouble == "error":
            status = (500, 502, 503)[int(weather.pick() * 3)]
            answer = html(status, ERRORS[status])
        elif trouble == "garbage":
            page = CACHED if weather.pick() < 0.5 else NOTICE + answer.bytes()
            answer = Answer(answer.status, page, {"Content-Type": "text/html; charset=UTF-8"}, is_raw=True)  # fmt: skip
        self.reply(answer, is_cut=trouble == "cut")

    def work(self, request: Request) -> Answer:
        try:
            return self.server.app.answer(request)
        except (KeyError, TypeError, ValueError, AttributeError):
            # Where PHP would die of what it was sent, WordPress says this.
            message = "<p>There has been a critical error on this website.</p>"
            body = {"code": "internal_server_error", "message": message, "data": {"status": 500}}  # fmt: skip
            return Answer(500, body)

    def reply(self, answer: Answer, *, is_cut: bool = False) -> None:
        body = answer.bytes()
        shop = self.server.shop
        self.send_response_only(answer.status)
        headers = {
            "Date": http_date(shop),
            "Content-Type": "application/json; charset=UTF-8",
            "X-Robots-Tag": "noindex",
            "Access-Control-Expose-Headers": EXPOSE,
            **answer.headers,
            "Content-Length": str(len(body)),
        }
        if shop.quirks.page_cache_header:
            name, _, value = shop.quirks.page_cache_header.partition(":")
            headers[name.strip()] = value.strip() or "HIT"
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if is_cut:
            self.wfile.write(body[: len(body) // 2])
            self.close_connection = True
        elif self.command != "HEAD":
            self.wfile.write(body)
        self.wfile.flush()


def html(status: int, page: str) -> Answer:
    headers = {"Content-Type": "text/html; charset=UTF-8"}
    return Answer(status, page.encode(), headers, is_raw=True)


@contextmanager
def serve(shop: FakeShop, port: int = 0) -> Iterator[str]:
    """Yields the base address; ends every connection on the way out."""
    server = Server(shop, port)
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
    )
    thread.start()
    try:
        yield shop.url
    finally:
        server.shutdown()
        server.hang_up()
        server.server_close()
        thread.join()
