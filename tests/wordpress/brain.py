"""A LuxeBrain that checks signatures by its own reading of the rule, and misbehaves when told."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KEY = "sk_a1B2c3D4e5F6_0123456789abcdefghijklmnopqrstuv"


def signature(key: str, *lines: str) -> str:
    derived = hmac.digest(key.encode(), b"luxebrain-signing-v1", "sha256")
    return hmac.digest(derived, "\n".join(lines).encode(), "sha256").hex()


class Brain:
    """start(), url, stop(); `status` and `body` are what it answers when the signature is right."""

    def __init__(self) -> None:
        self.status = 200
        self.body = json.dumps({"store": "maison", "store_name": "Maison"})
        self.seen: list[str] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def start(self) -> None:
        self.thread.start()

    def stop(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def _handler(brain) -> type[BaseHTTPRequestHandler]:  # noqa: N805
        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                brain.seen.append(f"{self.command} {self.path}")
                status = brain.status if self._is_signed(body) else 401
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(brain.body.encode())

            def _is_signed(self, body: bytes) -> bool:
                told = signature(
                    KEY,
                    self.command,
                    self.path,
                    self.headers["LuxeBrain-Timestamp"],
                    self.headers["LuxeBrain-Nonce"],
                    hashlib.sha256(body).hexdigest(),
                )
                return told == self.headers["LuxeBrain-Signature"]

            def log_message(self, *args: object) -> None:
                """Silent: pytest's output belongs to the tests."""

            do_GET = do_POST = do_DELETE = answer  # noqa: N815

        return Handler
