"""A "shop" that gives one answer after the other, and notes what it was asked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from apps.sync.woo.client import Client


@dataclass
class Say:
    """`body`: data, or bytes as they are. `is_cut`: the connection ends in the middle."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    is_cut: bool = False

    def bytes(self) -> bytes:
        return (
            self.body
            if isinstance(self.body, bytes)
            else json.dumps(self.body).encode()
        )


class Script:
    """The last answer is repeated."""

    def __init__(self) -> None:
        self.answers: list[Say] = [Say(body={"id": 1})]
        self.asked: list[tuple[str, str]] = []
        self.connections = 0
        self.slept: list[float] = []
        self.url = ""

    def next(self) -> Say:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def client(self) -> Client:
        return Client(
            self.url, "ck_x", "cs_x", may_be_private=True, sleep=self.slept.append
        )


@contextmanager
def serve(script: Script) -> Iterator[Script]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1

        def setup(self):
            super().setup()
            script.connections += 1

        def do_GET(self):
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            script.asked.append((self.command, self.path.split("?")[0]))
            say = script.next()
            body = say.bytes()
            self.send_response_only(say.status)
            for name, value in say.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if say.is_cut:
                body, self.close_connection = body[: len(body) // 2], True
            self.wfile.write(body)

        do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815 - http.server's names

        def log_message(self, *args):
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    script.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield script
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
