"""A "shop" with one list of ids, as WooCommerce pages through it, and its bad habits."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from urllib.parse import parse_qs, urlsplit

from apps.sync.woo.client import Client


class Shelf:
    def __init__(self, ids: range | list[int]) -> None:
        self.ids = set(ids)
        self.lock = Lock()
        # In the list and its count, but on no page: a plugin filters what was found.
        self.hidden: set[int] = set()
        # Rows on a page at most, whatever is asked for.
        self.most = 100
        self.has_total = True
        # As orders do, which forget their number past the end.
        self.forgets_total = False
        self.asked: list[int] = []
        # After each answer was made, with its number.
        self.between: Callable[[int], None] = lambda number: None
        self.url = ""

    def page(self, offset: int, size: int) -> tuple[list[int], dict[str, str]]:
        with self.lock:
            listed = sorted(self.ids)
            found = listed[offset : offset + min(size, self.most)]
            self.asked.append(offset)
            total = 0 if self.forgets_total and not found else len(listed)
            headers = {"X-WP-Total": str(total)} if self.has_total else {}
            shown = [one for one in found if one not in self.hidden]
            self.between(len(self.asked))
        return shown, headers

    def client(self) -> Client:
        return Client(self.url, "ck_x", "cs_x", may_be_private=True)


@contextmanager
def serve(shelf: Shelf) -> Iterator[Shelf]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def do_GET(self):
            query = parse_qs(urlsplit(self.path).query)
            assert (query["orderby"], query["order"]) == (["id"], ["asc"])
            offset, size = int(query["offset"][0]), int(query["per_page"][0])
            shown, headers = shelf.page(offset, size)
            body = json.dumps([{"id": one} for one in shown]).encode()
            self.send_response_only(200)
            for name, value in {**headers, "Content-Length": len(body)}.items():
                self.send_header(name, str(value))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    shelf.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield shelf
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
