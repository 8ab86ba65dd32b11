"""Many pages, one statement: who comes while another one writes is written by the next.

A statement costs a trip to the database and a flush of the disk, however many rows it
has. Nobody lingers: the first writes at once, alone. Whoever comes meanwhile waits for
its end; then the first of those writes for all of them.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

Row = Sequence[Any]
# Two shelves of each of the web's threads.
MOST_ROWS = 64
PATIENCE_SECONDS = 2.0


@dataclass(slots=True, eq=False)
class Job:
    rows: Sequence[Row]
    is_done: bool = False
    # Held until the job is done, or is to write; cheaper than an event.
    gate: Any = field(default_factory=threading.Lock)


class Together:
    """`write` commits the rows it is given, or none of them; rows that are there already
    it leaves alone."""

    def __init__(self, write: Callable[[Sequence[Row]], None]) -> None:
        self.write = write
        self.begin()
        # Whoever wrote when a process was forked writes in the parent.
        os.register_at_fork(after_in_child=self.begin)

    def begin(self) -> None:
        self.lock = threading.Lock()
        self.waiting: list[Job] = []
        self.is_writing = False

    def keep(self, rows: Sequence[Row]) -> None:
        """Returns when they are committed; else raises."""
        job = Job(rows)
        job.gate.acquire()
        with self.lock:
            is_first = not self.is_writing
            self.is_writing = True
            if not is_first:
                self.waiting.append(job)
        if is_first or self.is_to_lead(job):
            self.lead(job)
        elif not job.is_done:
            # Whoever writes hangs. Perhaps for this one, too: the same rows twice are one.
            self.write(job.rows)

    def is_to_lead(self, job: Job) -> bool:
        """Waits for its turn, or until it is done; not for ever."""
        if job.gate.acquire(timeout=PATIENCE_SECONDS):
            return not job.is_done
        with self.lock:
            if job in self.waiting:
                self.waiting.remove(job)
            return False

    def lead(self, job: Job) -> None:
        """Write one's own and what waits; then the next in the line leads."""
        with self.lock:
            jobs = [job, *self.taken(MOST_ROWS - len(job.rows))]
        try:
            self.write([row for one in jobs for row in one.rows])
        except BaseException:
            # Whose fault it was is not known: each of the others writes for itself.
            self.pass_on([], jobs[1:])
            if len(jobs) == 1:
                raise
            self.write(job.rows)
        else:
            self.pass_on(jobs[1:], [])

    def taken(self, room: int) -> list[Job]:
        found: list[Job] = []
        while self.waiting and len(self.waiting[0].rows) <= room:
            room -= len(self.waiting[0].rows)
            found.append(self.waiting.pop(0))
        return found

    def pass_on(self, done: Sequence[Job], alone: Sequence[Job]) -> None:
        with self.lock:
            leader = self.waiting.pop(0) if self.waiting else None
            self.is_writing = leader is not None
        for one in done:
            one.is_done = True
        for one in (*done, *alone):
            one.gate.release()
        if leader:
            leader.gate.release()
