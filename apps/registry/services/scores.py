"""How a refusal says the quality of two rivals, and how it reads without: raw scores are
for whoever can read them."""

from __future__ import annotations

import re

SCORES = re.compile(r": -?[\d.]+ against -?[\d.]+ on [\d,]+ cases(?=\.)")


def with_scores(reason: str, ours: float, theirs: float, cases: int) -> str:
    return f"{reason}: {ours:.4f} against {theirs:.4f} on {cases:,} cases."


def without_scores(reasons: str) -> str:
    return SCORES.sub("", reasons)
