"""What stands where LuxeBrain would: writes down each request, answers as it is told."""

from __future__ import annotations

import gzip
import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any

KEY = "sk_a1B2c3D4e5F6_0123456789abcdefghijklmnopqrstuv"


@dataclass(frozen=True)
class Request:
    path: str
    headers: dict[str, str]
    # As it came over the wire.
    body: bytes

    @property
    def is_packed(self) -> bool:
        return self.headers.get("content-encoding") == "gzip"

    @property
    def data(self) -> Any:
        return json.loads(gzip.decompress(self.body) if self.is_packed else self.body)

    @property
    def events(self) -> list[dict[str, Any]]:
        return self.data["events"]

    @property
    def ids(self) -> list[str]:
        return [event["id"] for event in self.events]


@dataclass(frozen=True)
class Reply:
    """`status` 0 cuts the line without a word."""

    status: int = 200
    data: Any = None
    headers: dict[str, str] = field(default_factory=dict)


Step = Callable[[Request], Reply]


def accept(request: Request) -> Reply:
    return Reply(200, {"accepted": len(request.events), "rejected": [], "now": 0})


def say(status: int, data: Any = None, **headers: str) -> Step:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda request: Reply(status, data, named)


def cut(request: Request) -> Reply:
    return Reply(0)


class Door:
    """`steps` answer one request each; then `usual` answers all."""

    def __init__(self, usual: Step = accept) -> None:
        self.usual = usual
        self.steps: deque[Step] = deque()
        self.requests: list[Request] = []
        # Cleared, it keeps every request waiting.
        self.is_open = Event()
        self.is_open.set()
        self.lock = Lock()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        # Many at once must not be refused by the listening socket.
        self.server.socket.listen(64)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = Thread(target=self.server.serve_forever, args=(0.02,))

    def __enter__(self) -> Door:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.is_open.set()
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    @property
    def ids(self) -> list[str]:
        return [each for request in self.requests for each in request.ids]

    def answer(self, request: Request) -> Reply:
        with self.lock:
            self.requests.append(request)
            step = self.steps.popleft() if self.steps else self.usual
        self.is_open.wait(20)
        return step(request)

    def handler(self) -> type[BaseHTTPRequestHandler]:
        door = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                named = {name.lower(): value for name, value in self.headers.items()}
                reply = door.answer(Request(self.path, named, body))
                if not reply.status:
                    self.close_connection = True
                    return
                text = reply.data
                if not isinstance(text, bytes):
                    text = json.dumps(text).encode()
                # Not send_response(), which adds a Date of its own.
                self.send_response_only(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_: object) -> None:
                pass

        return Handler


def forward(port: int) -> Step:
    """Hands the request on to a real LuxeBrain, byte for byte."""

    def send(request: Request) -> Reply:
        connection = HTTPConnection("127.0.0.1", port, timeout=20)
        kept = {
            name: value
            for name, value in request.headers.items()
            if name not in {"connection", "host", "transfer-encoding"}
        }
        try:
            connection.request("POST", request.path, request.body, kept)
            answer = connection.getresponse()
            headers = {
                name: value
                for name, value in answer.getheaders()
                if name in {"Date", "Retry-After", "date", "retry-after"}
            }
            return Reply(answer.status, answer.read(), headers)
        except OSError:
            return Reply(0)
        finally:
            connection.close()

    return send
