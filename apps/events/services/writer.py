"""Many requests, one commit.

A commit costs a flush of the disk, however many rows it has. So each process has one
thread that writes: it takes whatever requests have piled up while it wrote before,
commits that as one batch, and only then lets those requests answer.
"""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

import structlog
from django.db import (
    DatabaseError,
    DataError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    connection,
)
from django.utils import timezone
from prometheus_client import Counter, Histogram

from apps.core.errors import InvalidInputError, LuxeBrainError
from apps.events.services.engines.base import Engine

log = structlog.get_logger(__name__)
# Rows of one commit: more would let the first of them wait too long.
MOST_ROWS = 20_000
# Requests that are worth a commit at once; fewer wait for others, so long.
FEW = 8
LINGER_SECONDS = 0.002
# Rows that wait; whoever comes then is asked to come again.
MOST_WAITING = 200_000
PATIENCE_SECONDS = 10.0
ATTEMPTS = 3
KEPT = Counter("luxebrain_events_kept", "Events committed, resent ones too")
COMMITS = Histogram(
    "luxebrain_events_commit_seconds", "Seconds of one commit of events"
)


class NotKeptError(LuxeBrainError):
    """Whether the events are kept is not known: the same again, with the same ids."""

    code = "busy"
    status = 503


@dataclass(slots=True)
class Job:
    prepared: Any
    count: int
    error: LuxeBrainError | None = None
    # Held until the job is done; cheaper than an event.
    gate: Any = field(default_factory=threading.Lock)


class Writer:
    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.jobs: deque[Job] = deque()
        self.waiting = 0
        self.bell = threading.Condition()
        self.pid = 0

    def start(self) -> None:
        """Once in each process; a fork begins without its parent's thread."""
        with self.bell:
            if self.pid == os.getpid():
                return
            self.pid, self.waiting = os.getpid(), 0
            self.jobs.clear()
        threading.Thread(target=self.run, name="events", daemon=True).start()

    def keep(self, prepared: Any, count: int) -> None:
        """Return when the rows are durable; else raise.

        Inside somebody's transaction they belong to that one: kept or undone with it.
        """
        if connection.in_atomic_block:
            self.engine.append([prepared], count, timezone.now())
            return
        # Who waits holds no connection, or the writer might find none left.
        connection.close()
        if self.pid != os.getpid():
            self.start()
        job = Job(prepared, count)
        job.gate.acquire()
        with self.bell:
            if self.waiting > MOST_WAITING:
                raise NotKeptError("Too much at once. Send the same again.")
            self.jobs.append(job)
            self.waiting += count
            self.bell.notify()
        if not job.gate.acquire(timeout=PATIENCE_SECONDS):
            raise NotKeptError("This takes too long. Send the same again.")
        if job.error is not None:
            raise job.error

    def run(self) -> None:
        try:
            # Before there is a crowd that takes all connections.
            connection.ensure_connection()
        except DatabaseError:
            log.warning("events.database_away")
        while True:
            jobs = self.take()
            try:
                self.commit(jobs)
            except Exception as error:  # noqa: BLE001 - each waits for an answer
                log.error("events.not_kept", reason=type(error).__name__)
                self.fail(jobs)
            for job in jobs:
                job.gate.release()

    def take(self) -> list[Job]:
        with self.bell:
            while not self.jobs:
                self.bell.wait()
            is_alone = len(self.jobs) < FEW
        if is_alone:
            # Whoever comes in the next moment shares the commit.
            time.sleep(LINGER_SECONDS)
        with self.bell:
            jobs = [self.jobs.popleft()]
            total = jobs[0].count
            while self.jobs and total + self.jobs[0].count <= MOST_ROWS:
                jobs.append(self.jobs.popleft())
                total += jobs[-1].count
            self.waiting -= total
        return jobs

    def commit(self, jobs: list[Job]) -> None:
        """Tried again where the connection broke: ids make sure that nothing doubles."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                self.append(jobs)
            except (OperationalError, InterfaceError):
                connection.close()
                if attempt == ATTEMPTS:
                    raise
                time.sleep(0.1 * attempt)
            except (DataError, IntegrityError):
                self.commit_apart(jobs)
                return
            else:
                return

    def append(self, jobs: list[Job]) -> None:
        count = sum(job.count for job in jobs)
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                # An answer promises that not even a power cut loses the events.
                cursor.execute("PRAGMA synchronous=FULL")
        with COMMITS.time():
            self.engine.append([job.prepared for job in jobs], count, timezone.now())
        KEPT.inc(count)

    def commit_apart(self, jobs: list[Job]) -> None:
        """One that the database refuses takes no other with it."""
        for job in jobs:
            try:
                self.append([job])
            except (DataError, IntegrityError) as error:
                log.error("events.refused", reason=type(error).__name__)
                job.error = InvalidInputError("The events cannot be stored.")
            except (DatabaseError, InterfaceError) as error:
                # Its own trouble, not the sender's, who would drop what is refused.
                connection.close()
                log.error("events.not_kept", reason=type(error).__name__)
                self.fail([job])

    def fail(self, jobs: list[Job]) -> None:
        for job in jobs:
            job.error = NotKeptError("The events could not be stored. Send them again.")
