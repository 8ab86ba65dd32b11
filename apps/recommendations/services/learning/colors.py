"""Which colors go together: neutrals with all; the same, near or opposite hues."""

from __future__ import annotations

from collections.abc import Collection

NEUTRAL = {
    "beige", "black", "brown", "camel", "charcoal", "cream", "denim", "ecru", "gold",
    "gray", "grey", "ivory", "khaki", "navy", "nude", "sand", "silver", "stone",
    "tan", "taupe", "white",
}  # fmt: skip
# Degrees of the color wheel of painters, on which red stands opposite of green.
HUES = {
    "red": 0, "burgundy": 0, "coral": 20, "rust": 30, "orange": 60, "peach": 60,
    "mustard": 100, "yellow": 120, "lime": 150, "olive": 150, "green": 180,
    "emerald": 180, "sage": 180, "mint": 190, "teal": 210, "turquoise": 220,
    "blue": 240, "indigo": 260, "purple": 300, "lilac": 300, "lavender": 290,
    "violet": 300, "plum": 320, "fuchsia": 335, "magenta": 335, "pink": 345,
    "rose": 350, "blush": 350,
}  # fmt: skip
SAME, NEUTRALS, NEAR, OPPOSITE, UNKNOWN, CLASH = 0.8, 1.0, 0.7, 0.7, 0.6, 0.3


def harmony(ours: Collection[str], theirs: Collection[str]) -> float:
    """0 to 1: of the two products' colors, those that go together best."""
    if not ours or not theirs:
        return UNKNOWN
    return max(pair(one, other) for one in ours for other in theirs)


def pair(one: str, other: str) -> float:
    if one == other:
        return SAME
    words, others = one.split(), other.split()
    if NEUTRAL & {*words, *others}:
        return NEUTRALS
    mine = next((HUES[word] for word in words if word in HUES), None)
    yours = next((HUES[word] for word in others if word in HUES), None)
    if mine is None or yours is None:
        return UNKNOWN
    apart = abs(mine - yours) % 360
    apart = min(apart, 360 - apart)
    if apart <= 45:
        return NEAR
    return OPPOSITE if apart >= 150 else CLASH
