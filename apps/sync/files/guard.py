"""Text that a spreadsheet would run as a formula, made harmless and back again.

https://owasp.org/www-community/attacks/CSV_Injection
"""

from __future__ import annotations

import re

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")


def guard(cell: str) -> str:
    """An apostrophe before what would run, and before what already looks guarded.

    Without the second, text that begins with '= by itself would come back without it.
    """
    if cell.lstrip("'").startswith(DANGEROUS) and not NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell


def unguard(cell: str) -> str:
    if cell.startswith("'") and cell.lstrip("'").startswith(DANGEROUS):
        return cell[1:]
    return cell
