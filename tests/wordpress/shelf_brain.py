"""A LuxeBrain that fills shelves, and misbehaves when told."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.wordpress.brain import KEY, signature

PUBLISHABLE = "pk_a1B2c3D4e5F6g7H8i9J0k1L2"
DECISION = "0197a000-0000-7000-8000-00000000000{}"
COPIES = "/api/v1/storefront/pages"
PAGE = "/api/v1/storefront/page"
EVENTS = "/api/v1/events/track"
PICTURE = "/api/v1/visual-search/search"


class ShelfBrain:
    """start(), url, stop(); `shelves` and the rest are what it answers."""

    def __init__(self) -> None:
        self.shelves: dict[str, list[int]] = {}
        self.personal: dict[str, list[dict[str, Any]]] = {}
        self.titles: dict[str, str] = {}
        self.held_out: set[str] = set()
        self.hidden: list[str] = []  # From the visitor: banner, lines.
        self.off: list[str] = []  # From everybody.
        self.limits: dict[str, int] = {}  # What placements are set to.
        self.hero: Any = None
        self.lines: list[Any] = []
        self.status = 200
        self.delay = 0.0
        self.body: str | None = None  # Said as it is, in the place of an answer.
        self.allows_browsers = True
        self.slow: set[int] = (
            set()
        )  # Products whose pages take longer than anyone waits.
        self.huge: set[int] = set()  # Products whose pages are too much for one answer.
        self.seen: list[str] = []
        self.asked: list[dict[str, Any]] = []  # Copies, batch by batch.
        self.questions: list[dict[str, str]] = []  # For one visitor.
        self.events: list[dict[str, Any]] = []
        self.found: list[dict[str, Any]] = []  # By picture.
        self.pictures: list[tuple[str, bytes]] = []  # As they came: kind and body.
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server.daemon_threads = True
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

    def page(self, named: list[str], limit: int = 8) -> dict[str, Any]:
        """The answer for everybody; `named` as LuxeBrain reads it: trending:12."""
        places = [place.partition(":")[0] for place in named]
        sizes = dict(place.split(":") for place in named if ":" in place)
        return {
            "shelves": [
                self._shelf(
                    place,
                    [
                        {"product": one}
                        for one in self.shelves[place][: self.size(place, sizes, limit)]
                    ],
                    1,
                )
                for place in places
                if place in self.shelves and place not in self.off
            ],
            "hidden": [],
            "off": [place for place in places if place in self.off],
            "hero": self.hero if "home-hero" in places else None,
            "lines": self.lines if "price-line" in places else [],
            "personal": False,
            "made_at": "2026-11-22T02:00:00Z",
            "fresh_seconds": 300,
        }

    def size(self, place: str, sizes: dict[str, str], limit: int) -> int:
        own = int(sizes.get(place, 0))
        return own or min(limit, self.limits.get(place, limit))

    def visitors(self, named: list[str]) -> dict[str, Any]:
        """The answer for one visitor."""
        places = list(dict.fromkeys(place.partition(":")[0] for place in named))
        told = self.page([])
        told["hidden"] = [place for place in places if place in self.hidden]
        told["off"] = [place for place in places if place in self.off]
        told["personal"] = True
        told["lines"] = self.lines if "price-line" in places else []
        told["hero"] = self.hero if "home-hero" in places else None
        told["shelves"] = [
            self._shelf(place, self.personal.get(place, []), 2)
            for place in places
            if place not in self.off
            # A banner stands in the place of its products.
            and not (place == "home-hero" and self.hero)
        ]
        return told

    def _shelf(self, place: str, picks: list[Any], number: int) -> dict[str, Any]:
        is_held_out = number == 2 and place in self.held_out
        return {
            "place": place,
            "title": self.titles.get(place, "You may also like"),
            "kind": "similar",
            "limit": self.limits.get(place),
            "decision": DECISION.format(number),
            "held_out": is_held_out,
            "picks": [] if is_held_out else picks,
        }

    def _answer(self, path: str, body: bytes) -> dict[str, Any]:
        if path.startswith(COPIES):
            told = json.loads(body)
            self.asked.append(told)
            asked = {page.get("product") for page in told["pages"]}
            time.sleep(16 if asked & self.slow else 0)
            filler = {"filler": "x" * (3 << 20)} if asked & self.huge else {}
            pages = [
                self.page(page["places"], page.get("limit", 8))
                for page in told["pages"]
            ]
            return filler | {"pages": pages}
        question = {k: v[0] for k, v in parse_qs(urlsplit(path).query).items()}
        self.questions.append(question)
        return self.visitors(question["places"].split(","))

    def _handler(brain) -> type[BaseHTTPRequestHandler]:  # noqa: N805
        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                brain.seen.append(f"{self.command} {self.path}")
                is_browser = "Origin" in self.headers and "key=pk_" in self.path
                if not is_browser and not self._is_signed(body):
                    return self._say(401, "{}")
                time.sleep(brain.delay)
                if brain.status != 200 or brain.body is not None:
                    return self._say(brain.status, brain.body or "{}")
                if self.path.startswith(EVENTS):
                    brain.events += json.loads(body)["events"]
                if self.path.startswith(PICTURE):
                    kind = self.headers.get("Content-Type", "")
                    brain.pictures.append((kind, body))
                    told = brain._shelf("picture-search", brain.found, 2)
                    return self._say(200, json.dumps(told))
                if not self.path.startswith((COPIES, PAGE)):
                    return self._say(200, "{}")
                return self._say(200, json.dumps(brain._answer(self.path, body)))

            def _say(self, status: int, text: str) -> None:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                if brain.allows_browsers:
                    self.send_header("Access-Control-Allow-Origin", "*")
                self.end_headers()
                self.wfile.write(text.encode())

            def _is_signed(self, body: bytes) -> bool:
                told = signature(
                    KEY,
                    self.command,
                    self.path,
                    self.headers.get("LuxeBrain-Timestamp", ""),
                    self.headers.get("LuxeBrain-Nonce", ""),
                    hashlib.sha256(body).hexdigest(),
                )
                return told == self.headers.get("LuxeBrain-Signature")

            def log_message(self, *args: object) -> None:
                """Silent: pytest's output belongs to the tests."""

            do_GET = do_POST = answer  # noqa: N815

        return Handler
