"""A crowd: `python -m benchmarks.ingest.load` sends requests over many connections.

As fast as it can, or at a rate. At a rate each request has a moment at which it is due,
and its time counts from then: a server that stalls cannot make the crowd wait unseen.
"""

from __future__ import annotations

import json
import selectors
import socket
import sys
import time
from collections import deque
from typing import Any

from benchmarks.ingest.bodies import requests


class Line:
    """One connection: one request at a time."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.due = 0.0
        self.answer = b""

    def send(self, request: bytes, due: float) -> None:
        self.due, self.answer = due, b""
        self.socket.sendall(request)

    def receive(self) -> bytes | None:
        """The whole answer, or None until it is there."""
        self.answer += self.socket.recv(65536)
        head, found, body = self.answer.partition(b"\r\n\r\n")
        if not found:
            return None
        at = head.lower().index(b"content-length:") + 15
        length = int(head[at:].split(b"\r\n", 1)[0])
        return self.answer if len(body) >= length else None


class Crowd:
    def __init__(self, port: int, lines: int, batch: int) -> None:
        self.selector = selectors.DefaultSelector()
        self.idle = deque(Line(port) for _ in range(lines))
        for line in self.idle:
            self.selector.register(line.socket, selectors.EVENT_READ, line)
        self.batch = batch
        self.busy, self.accepted, self.refused = 0, 0, 0
        self.seconds: list[float] = []

    def send(self, request: bytes, due: float) -> None:
        self.idle.popleft().send(request, due)
        self.busy += 1

    def listen(self, patience: float) -> None:
        for key, _ in self.selector.select(patience):
            line: Line = key.data
            answer = line.receive()
            if answer is None:
                continue
            self.seconds.append(time.perf_counter() - line.due)
            self.busy -= 1
            self.idle.append(line)
            if answer.startswith(b"HTTP/1.1 200"):
                self.accepted += self.batch
            else:
                self.refused += self.batch

    def flood(self, supply: deque[bytes], seconds: float) -> None:
        end = time.perf_counter() + seconds
        while supply and time.perf_counter() < end:
            while self.idle and supply:
                self.send(supply.popleft(), time.perf_counter())
            self.listen(0.1)
        while self.busy:
            self.listen(1)

    def pour(self, supply: deque[bytes], rate: float) -> None:
        """`rate` requests a second, evenly."""
        began = time.perf_counter()
        sent = 0
        while supply or self.busy:
            now = time.perf_counter()
            due = began + sent / rate
            while supply and self.idle and due <= now:
                self.send(supply.popleft(), due)
                sent += 1
                due = began + sent / rate
            wait = 0.1 if not supply or not self.idle else max(0.0, due - now)
            self.listen(min(wait, 0.1))


def main(asked: dict[str, Any]) -> dict[str, Any]:
    crowd = Crowd(asked["port"], asked["lines"], asked["batch"])
    made = requests(
        asked["events"], asked["batch"], asked["seed"], asked["key"], asked["origin"]
    )
    supply = deque(made)
    began = time.perf_counter()
    if rate := asked.get("rate"):
        crowd.pour(supply, rate / asked["batch"])
    else:
        crowd.flood(supply, asked["seconds"])
    took = time.perf_counter() - began
    times = sorted(crowd.seconds)
    return {
        "accepted": crowd.accepted,
        "refused": crowd.refused,
        "seconds": took,
        "p50_ms": times[len(times) // 2] * 1000,
        "p99_ms": times[int(len(times) * 0.99)] * 1000,
        "longest_ms": times[-1] * 1000,
        # Of many short runs the whole list is needed to tell the percentile.
        "times_ms": [round(s * 1000, 2) for s in times] if asked.get("all") else [],
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(json.loads(sys.argv[1]))))
