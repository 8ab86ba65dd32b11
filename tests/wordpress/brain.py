"""A LuxeBrain that checks signatures by its own reading of the rule, and misbehaves when told."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

CONNECT = "POST /api/v1/connect/plugin/"
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
        # Other answers, by "METHOD /path": status and body.
        self.answers: dict[str, tuple[int, object]] = {}
        # What came unsigned to where a one-time code is the pass.
        self.letters: list[dict[str, Any]] = []
        # What reached events/track with a right signature, batch by batch.
        self.batches: list[dict[str, Any]] = []
        # What events/track answers next instead of taking them: status and body.
        self.moods: list[tuple[int, str]] = []
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

    @property
    def events(self) -> list[dict[str, Any]]:
        """Each event once, however often it was sent."""
        found = [event for batch in self.batches for event in batch["events"]]
        return list({event["id"]: event for event in found}.values())

    def take(self, body: bytes) -> tuple[int, str]:
        """As docs/events.md says, unless a test set a mood."""
        batch = json.loads(body)
        if self.moods:
            return self.moods.pop(0)
        self.batches.append(batch)
        taken = {"accepted": len(batch["events"]), "rejected": [], "now": 0}
        return 200, json.dumps(taken)

    def _handler(brain) -> type[BaseHTTPRequestHandler]:  # noqa: N805
        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                brain.seen.append(f"{self.command} {self.path}")
                status, said = self._answer(body)
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(said.encode())

            def _answer(self, body: bytes) -> tuple[int, str]:
                asked = f"{self.command} {self.path}"
                if asked == CONNECT:
                    brain.letters.append(json.loads(body))
                elif not self._is_signed(body):
                    return 401, brain.body
                if asked in brain.answers:
                    status, told = brain.answers[asked]
                    return status, told if isinstance(told, str) else json.dumps(told)
                is_track = self.path.partition("?")[0].endswith("/events/track")
                if is_track and brain.status == 200:
                    return brain.take(body)
                return brain.status, brain.body

            def _is_signed(self, body: bytes) -> bool:
                if "LuxeBrain-Signature" not in self.headers:
                    return False
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
