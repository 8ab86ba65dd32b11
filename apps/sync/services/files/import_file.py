"""Take a file of products, customers or orders into a store: first tried, then for good."""

from __future__ import annotations

import hashlib
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import islice
from typing import IO
from uuid import uuid4

import structlog
from django.core.files import File
from django.core.files.storage import storages
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from apps.accounts.models import Store, User
from apps.accounts.services import audit
from apps.core.errors import ConflictError, InvalidInputError
from apps.sync.files import dialect, records
from apps.sync.files.columns import check_header
from apps.sync.files.dialect import Dialect, UnreadableError
from apps.sync.files.kinds import KINDS, Index, groups, index
from apps.sync.models import FileImport, FileImportProblem
from apps.sync.services.files.import_batch import Writer, shortened

log = structlog.get_logger(__name__)
Clock = Callable[[], datetime]
Status = FileImport.Status

STORAGE = "artefacts"
MOST_BYTES = 512 * 1024 * 1024
CHUNK = 1024 * 1024
# Rows in one transaction: what a kill costs at most.
BATCH = 200
# A worker that says nothing for so long is dead.
LEASE = timedelta(minutes=2)
# How long one call of `continue_all` may work.
SLICE = timedelta(seconds=40)


def receive(
    store: Store,
    kind: str,
    file: File[bytes],
    *,
    by: User | None,
    at: datetime,
    is_checked_first: bool = True,
) -> FileImport:
    """Keep the file in private storage and promise to read it."""
    if store.platform != Store.Platform.FILES:
        raise ConflictError(
            f"{store.name} is connected to a shop, and its data comes from there. "
            "Files are for stores that were opened for files."
        )
    if kind not in KINDS:
        raise InvalidInputError(f"A file has one of these: {', '.join(KINDS)}.")
    if file.size > MOST_BYTES:
        raise InvalidInputError(
            f"The file is larger than {MOST_BYTES // CHUNK} MiB. Cut it in parts."
        )
    digest = digest_of(file)
    path = storages[STORAGE].save(f"{store.pk}/imports/{uuid4()}", file)
    row = FileImport.objects.create(
        store=store,
        kind=kind,
        status=Status.CHECKING if is_checked_first else Status.IMPORTING,
        name=(file.name or "file").replace("\\", "/").rsplit("/", 1)[-1][:200],
        path=path,
        digest=digest,
        size=file.size,
        created_by=by,
        created_at=at,
    )
    record(row, "received", by)
    return row


def digest_of(file: File[bytes]) -> str:
    """SHA-256, hexadecimal; the file is at its beginning again."""
    found = hashlib.sha256()
    for chunk in file.chunks(CHUNK):
        found.update(chunk)
    file.seek(0)
    return found.hexdigest()


def cut_off(store: Store, kind: str, file: File[bytes]) -> FileImport | None:
    """The unfinished import of the same file, if there is one."""
    same = FileImport.objects.of(store).open().filter(kind=kind)
    return same.filter(digest=digest_of(file)).order_by("pk").last()


def confirm(row: FileImport, *, by: User | None) -> None:
    """The person saw what would happen: now for good."""
    with transaction.atomic():
        changed = move(row, Status.CHECKED, Status.IMPORTING)
        if not changed:
            raise ConflictError("This file does not wait for your word.")
        FileImportProblem.objects.of(row.store).filter(file_import=row).delete()
        record(row, "confirmed", by)
    row.refresh_from_db()


def throw_away(row: FileImport, at: datetime, *, by: User | None) -> None:
    """Nothing more is taken from the file; what was taken stays."""
    with transaction.atomic():
        rows = FileImport.objects.of(row.store).filter(pk=row.pk)
        stoppable = rows.filter(status__in=(*FileImport.OPEN, Status.CHECKED))
        if not stoppable.update(status=Status.STOPPED, finished_at=at, claim=""):
            raise ConflictError("There is nothing left to stop.")
        record(row, "stopped", by)
    row.refresh_from_db()


def move(row: FileImport, before: str, after: str) -> int:
    """One pass ends and the next begins at the first row."""
    rows = FileImport.objects.of(row.store).filter(pk=row.pk, status=before)
    return rows.update(status=after, rows_read=0, counts={})


def record(row: FileImport, verb: str, by: User | None) -> None:
    audit.record(
        f"file_import.{verb}",
        store=row.store,
        actor=by,
        subject=f"file_import:{row.pk}",
        detail={"kind": row.kind, "name": row.name, "digest": row.digest},
    )


def advance(
    row: FileImport,
    until: datetime,
    clock: Clock = timezone.now,
    watch: Callable[[FileImport], None] | None = None,
) -> bool:
    """Work on the pass under way until a moment; True if that pass is over.

    Raises ConflictError where another worker is at it. What was done stays done: the
    rows of a batch and the count of rows read are one transaction.
    """
    claim = claim_it(row, clock())
    try:
        with opened(row) as file:
            is_over = work(row, claim, file, until, clock, watch)
    except UnreadableError as error:
        refuse(row, claim, error.reason, clock())
        is_over = True
    # Only here: a worker that fails leaves its lease to run out, so that others' files
    # come first.
    mine = FileImport.objects.of(row.store).filter(pk=row.pk, claim=claim)
    mine.update(claim="", claimed_until=None)
    row.refresh_from_db()
    return is_over


def claim_it(row: FileImport, at: datetime) -> str:
    claim = uuid4().hex
    free = FileImport.objects.of(row.store).free(at).filter(pk=row.pk)
    if not free.update(claim=claim, claimed_until=at + LEASE):
        row.refresh_from_db()
        if row.status in FileImport.OPEN:
            raise ConflictError("Another worker is reading this file.")
        raise ConflictError("There is nothing to do on this file.")
    row.refresh_from_db()
    return claim


@contextmanager
def opened(row: FileImport) -> Iterator[IO[bytes]]:
    """A copy on this machine's disk: bucket or folder, it can be read twice."""
    with tempfile.TemporaryFile() as copy:
        try:
            with storages[STORAGE].open(row.path) as stored:
                for chunk in stored.chunks(CHUNK):
                    copy.write(chunk)
        except (FileNotFoundError, ValueError) as error:
            raise UnreadableError("The file is gone. Choose it again.") from error
        copy.seek(0)
        yield copy


def work(
    row: FileImport,
    claim: str,
    file: IO[bytes],
    until: datetime,
    clock: Clock,
    watch: Callable[[FileImport], None] | None,
) -> bool:
    found, written = examine(row, claim, file)
    writer = Writer(row.store, row.created_at, found)
    left = islice(records.read(file, written), row.rows_read, None)
    for batch in batches(groups(left, found.kind)):
        write_batch(row, claim, writer, batch, clock)
        if watch:
            watch(row)
        if clock() >= until and row.rows_read < found.row_total:
            return False
    finish(row, claim, clock())
    return True


def examine(row: FileImport, claim: str, file: IO[bytes]) -> tuple[Index, Dialect]:
    """Read the file once through: how it is written, and which rows come again."""
    kind = KINDS[row.kind]
    written = Dialect(**row.dialect) if row.dialect else dialect.detect(file, row.name)
    ignored = check_header(records.columns(file, written), kind.columns, kind.required)
    found = index(records.read(file, written), kind)
    if not found.row_total:
        raise UnreadableError("The file has no rows below its header.")
    if row.row_total is None:
        row.dialect = {
            "format": written.format,
            "encoding": written.encoding,
            "delimiter": written.delimiter,
        }
        row.ignored_columns = [name[:100] for name in ignored]
        row.row_total = found.row_total
        keep(row, claim, "dialect", "ignored_columns", "row_total")
    return found, written


def keep(row: FileImport, claim: str, *fields: str) -> None:
    """Write fields, unless the lease ran out and another worker has taken over."""
    mine = FileImport.objects.of(row.store).filter(pk=row.pk, claim=claim)
    if not mine.update(**{name: getattr(row, name) for name in fields}):
        raise ConflictError("Another worker has taken over this file.")


def batches(
    found: Iterator[list[records.Record]],
) -> Iterator[list[list[records.Record]]]:
    held: list[list[records.Record]] = []
    size = 0
    for group in found:
        held.append(group)
        size += len(group)
        if size >= BATCH:
            yield held
            held, size = [], 0
    if held:
        yield held


def write_batch(
    row: FileImport,
    claim: str,
    writer: Writer,
    batch: list[list[records.Record]],
    clock: Clock,
) -> None:
    """The rows, what is wrong with them, and how far we are: all or nothing."""
    before = (row.rows_read, row.counts)
    try:
        with transaction.atomic():
            with transaction.atomic():
                counts, said = writer.write(batch)
                if row.is_rehearsal:
                    transaction.set_rollback(True)
            FileImportProblem.objects.bulk_create(
                FileImportProblem(
                    store=row.store,
                    file_import=row,
                    line=refusal.record.line,
                    column=refusal.column,
                    reason=refusal.reason[:400],
                    is_refused=is_refused,
                    row=shortened(refusal.record),
                )
                for refusal, is_refused in said
            )
            row.rows_read += sum(len(group) for group in batch)
            row.counts = dict(Counter(row.counts) + counts)
            row.claimed_until = clock() + LEASE
            keep(row, claim, "rows_read", "counts", "claimed_until")
    except BaseException:
        row.rows_read, row.counts = before
        raise
    if row.is_rehearsal:
        writer.shelves.clear()


def finish(row: FileImport, claim: str, at: datetime) -> None:
    if row.is_rehearsal:
        row.preview, row.status = row.counts, Status.CHECKED
        keep(row, claim, "preview", "status")
    else:
        row.status, row.finished_at = Status.DONE, at
        keep(row, claim, "status", "finished_at")
    log.info("file_import.read", import_id=row.pk, status=row.status, **row.counts)


def refuse(row: FileImport, claim: str, reason: str, at: datetime) -> None:
    row.status, row.error, row.finished_at = Status.REFUSED, reason[:400], at
    keep(row, claim, "status", "error", "finished_at")
    log.info("file_import.refused", import_id=row.pk)


def continue_all(now: datetime, clock: Clock = timezone.now) -> int:
    """Go on with every file that waits, the longest waiting first; how many are over."""
    until, over = now + SLICE, 0
    closed = Q(store__status=Store.Status.CLOSED)
    waiting = FileImport.objects.across_stores().free(now).exclude(closed)
    for row in waiting.select_related("store").order_by("created_at", "pk"):
        if clock() >= until:
            break
        try:
            over += advance(row, until, clock)
        except ConflictError:
            continue
    forget(now)
    return over


def forget(now: datetime) -> int:
    """Delete files and refused rows that were kept long enough: they name people."""
    rows = FileImport.objects.across_stores().outdated(now).select_related("store")
    for row in rows:
        storages[STORAGE].delete(row.path)
        FileImportProblem.objects.of(row.store).filter(file_import=row).delete()
        FileImport.objects.of(row.store).filter(pk=row.pk).update(path="")
    return len(rows)
