"""The rows of a file that were not taken, as a file to mend and choose again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from apps.sync.files.kinds import KINDS
from apps.sync.files.writing import write
from apps.sync.models import FileImport, FileImportProblem

# Before the file's own columns; an import leaves them out as unknown.
SAID = ("problem_line", "problem_column", "problem")
CHUNK = 500


def lines(row: FileImport) -> Iterator[bytes]:
    """CSV: what is wrong, then the row as it came."""
    found = FileImportProblem.objects.of(row.store).filter(file_import=row)
    found = found.order_by("line", "pk")
    names = set().union(*found.values_list("row", flat=True)[:CHUNK]) - set(SAID)
    known = [column.name for column in KINDS[row.kind].columns if column.name in names]
    others = sorted(names - set(known))
    rows = (said_of(each) for each in found.iterator(chunk_size=CHUNK))
    return write(rows, [*SAID, *known, *others], "csv")


def said_of(problem: FileImportProblem) -> dict[str, Any]:
    return {
        **problem.row,
        "problem_line": str(problem.line),
        "problem_column": problem.column,
        "problem": problem.reason,
    }
