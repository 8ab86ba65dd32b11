from __future__ import annotations

from apps.sync.admin import (
    connection,
    files,
    hooks,
    notices,
    proof,
    quality,
    runs,
    writes,
)

__all__ = [
    "connection",
    "files",
    "hooks",
    "notices",
    "proof",
    "quality",
    "runs",
    "writes",
]
