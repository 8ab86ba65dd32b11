"""A store's products, customers or orders as a file, which can be imported again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from apps.accounts.models import Store, User
from apps.accounts.services import audit
from apps.core.errors import InvalidInputError
from apps.sync.files.kinds import KINDS
from apps.sync.files.writing import FORMATS, write
from apps.sync.services.files import export_customers, export_orders, export_products

Row = dict[str, Any]
ROWS: dict[str, Callable[[Store], Iterator[Row]]] = {
    "products": export_products.rows,
    "customers": export_customers.rows,
    "orders": export_orders.rows,
}


def export(
    store: Store, kind: str, form: str = "csv", *, by: User | None = None
) -> Iterator[bytes]:
    """The file, a line at a time: memory does not grow with the shop."""
    if kind not in KINDS:
        raise InvalidInputError(f"There are files of: {', '.join(KINDS)}.")
    if form not in FORMATS:
        raise InvalidInputError(f"A file is one of: {', '.join(FORMATS)}.")
    audit.record(
        "file.exported", store=store, actor=by, detail={"kind": kind, "format": form}
    )
    names = [column.name for column in KINDS[kind].columns]
    return write(ROWS[kind](store), names, form)
