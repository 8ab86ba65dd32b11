"""Which code made a model: a digest of the sources that have a say in it."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from django.conf import settings

ROOT = Path(__file__).resolve().parents[3]


@cache
def digest(kind: str) -> str:
    """Of ml_models and the app of the kind's brain. A container has no version control
    to ask, and a checkout may hold changes that no commit knows."""
    app = ROOT.joinpath(*settings.BRAINS[kind].split(".")[:2])
    known = hashlib.sha256()
    for folder in (ROOT / "ml_models", app):
        for path in sorted(folder.rglob("*.py")):
            known.update(path.relative_to(ROOT).as_posix().encode())
            known.update(path.read_bytes())
    return known.hexdigest()[:16]
