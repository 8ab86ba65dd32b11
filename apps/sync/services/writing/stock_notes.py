"""A note on a product's or variant's stock, such as "The next 40 come on 3 May"."""

from __future__ import annotations

from typing import Any

from apps.core.errors import InvalidInputError
from apps.sync.woo.changes import NOTE

LONGEST = 500


def values_for(text: str) -> dict[str, Any]:
    """WooCommerce has no such field: it is kept in the product's own meta data, which
    themes and our plugin can show. An empty text takes the note away."""
    clean = " ".join(text.split())
    if len(clean) > LONGEST:
        raise InvalidInputError(f"The note is longer than {LONGEST} letters.")
    if not clean.isprintable() or "<" in clean:
        raise InvalidInputError("The note is plain text, without control signs or <.")
    return {"meta_data": [{"key": NOTE, "value": clean or None}]}
