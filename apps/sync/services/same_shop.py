"""Whether a shop at another address is the one that was copied here.

The copy knows things by the shop's own numbers. Another shop uses the same numbers for
other things, and the two would be mixed up beyond repair.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from apps.accounts.models import Store
from apps.core.errors import ConflictError
from apps.shop.models import Order, Product
from apps.shop.models.source import SourceQuerySet
from apps.sync.woo.client import Client
from apps.sync.woo.fields import id_of, moment

# The newest: shops that were cloned from one template share their oldest.
LOOKED_AT = 5
REFUSAL = (
    "This is another shop than the one that was copied into this store. "
    "Open another store for it, and connect it there."
)


@dataclass(frozen=True)
class Sample:
    """Some known things: when each was made, by its number in the shop."""

    path: str
    made_at: dict[int, datetime]


def sample(store: Store) -> Sample | None:
    """None where nothing was copied yet."""
    rows: SourceQuerySet[Any]
    for path, rows in (
        ("orders", Order.objects.of(store).placed()),
        ("products", Product.objects.of(store).live()),
    ):
        known = rows.exclude(woo_id=None).exclude(source_created_at=None)
        pairs = known.order_by("-woo_id").values_list("woo_id", "source_created_at")
        if found := {woo_id: at for woo_id, at in pairs[:LOOKED_AT] if woo_id and at}:
            return Sample(path, found)
    return None


def is_known(client: Client, known: Sample) -> bool:
    """More of them are there as they were than are something else by now: a merchant
    may have deleted one, or changed its date. Touches no database."""
    asked = {
        "include": ",".join(map(str, sorted(known.made_at))),
        "per_page": 100,
        "_fields": "id,date_created_gmt",
    }
    said = {
        id_of(row): moment(row, "date_created")
        for row in client.get(known.path, **asked).rows
    }
    answers = [
        said[woo_id] == at for woo_id, at in known.made_at.items() if woo_id in said
    ]
    return sum(answers) * 2 > len(answers)


def refuse_another(client: Client, known: Sample | None) -> None:
    if known is not None and not is_known(client, known):
        raise ConflictError(REFUSAL)
