"""Passes a site's pages on in small pieces, as a bad line does."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

PIECE, PAUSE = 300, 0.02
# Said anew, or not true of what is passed on.
OWN = {"transfer-encoding", "connection", "content-length", "content-encoding"}


@contextmanager
def dripping(url: str) -> Iterator[str]:
    """The address where the same pages come bit by bit."""
    there = urlsplit(url)

    class Line(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = http.client.HTTPConnection(there.hostname, there.port, timeout=30)
            # Whoever goes to another page hears no more of this one.
            with closing(asked), suppress(ConnectionError):
                kept = {"Host": there.netloc, "Cookie": self.headers.get("Cookie", "")}
                asked.request("GET", self.path, headers=kept)
                answer = asked.getresponse()
                self.send_response(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in OWN:
                        self.send_header(name, value)
                self.end_headers()
                self.pass_on(answer.read(), answer.getheader("Content-Type", ""))

        def pass_on(self, body: bytes, kind: str) -> None:
            size = PIECE if kind.startswith("text/html") else len(body) or 1
            for start in range(0, len(body), size):
                self.wfile.write(body[start : start + size])
                time.sleep(PAUSE if size == PIECE else 0)

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    with ThreadingHTTPServer(("localhost", 0), Line) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://localhost:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
