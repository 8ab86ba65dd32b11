"""Two at the same moment, for tests of races. Needs a database that locks rows."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection

from apps.core.errors import ConflictError


def at_once(*verbs: Callable[[Any], Any], rows: Sequence[Any]) -> list[str]:
    """Run each verb on its row in a thread of its own: "won" or "conflict" each."""
    gate, results = threading.Barrier(len(verbs)), []

    def run(verb: Callable[[Any], Any], row: Any) -> None:
        gate.wait()
        try:
            verb(row)
            results.append("won")
        except ConflictError:
            results.append("conflict")
        finally:
            connection.close()

    pairs = zip(verbs, rows, strict=True)
    threads = [threading.Thread(target=run, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
