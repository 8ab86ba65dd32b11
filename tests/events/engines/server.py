"""ClickHouse's HTTP interface in front of chdb: as much of it as a client asks for."""

from __future__ import annotations

import re
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

FORMAT = re.compile(r"\sFORMAT\s+(\w+)\s*;?\s*$", re.IGNORECASE)


class Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.answer(b"")

    def do_POST(self):
        self.answer(self.rfile.read(int(self.headers["Content-Length"] or 0)))

    def answer(self, body):
        said = {k: v[0] for k, v in parse_qs(urlsplit(self.path).query).items()}
        if "query" not in said:
            # Data follows its INSERT in the next line.
            head, _, data = body.partition(b"\n")
            sql, body = (head, data) if body.startswith(b"INSERT") else (body, b"")
            said["query"] = sql.decode()
        sql = said["query"]
        self.server.said.append(said)
        try:
            self.reply(200, run(self.server.chdb, sql, body, self.headers))
        except RuntimeError as error:
            self.reply(500, str(error).encode(), {"X-ClickHouse-Exception-Code": "1"})

    def reply(self, status, body, headers=()):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for name, value in dict(headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def run(chdb, sql, body, headers):
    named = FORMAT.search(sql)
    form = named[1] if named else headers.get("X-ClickHouse-Format", "TabSeparated")
    sql = FORMAT.sub("", sql)
    if not body:
        return bytes(chdb.query(sql, form).bytes() or b"")
    columns = sql[sql.index("(") : sql.rindex(")") + 1]
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).write_bytes(body)
        chdb.query(f"{sql} SELECT {columns[1:-1]} FROM file('{file.name}', {form})")
    return b""


class Server(ThreadingHTTPServer):
    def __init__(self, chdb):
        super().__init__(("127.0.0.1", 0), Handler)
        self.chdb, self.said = chdb, []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return (
            f"http://ada:se%40cret@127.0.0.1:{self.server_port}/default?max_threads=2"
        )
