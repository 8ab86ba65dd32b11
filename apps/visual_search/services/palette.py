"""Fifty-eight colors that stand for all, and the family of each.

A pixel belongs to those near it, the nearer the more, so that two shades on either side
of a border do not become strangers.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from apps.visual_search.models import Color
from apps.visual_search.services.lab import Floats

# How far a color reaches, in steps that an eye just tells apart (about 2.3 each).
REACH = 13.0
# What counts for less is not looked at.
LEAST = 0.02
GRAYS = (6.0, 22.0, 38.0, 52.0, 66.0, 80.0, 95.0)
HUES = range(0, 360, 30)
# Lightness and chroma: deep, vivid, muted, pale.
TONES = ((30.0, 38.0), (52.0, 62.0), (58.0, 24.0), (78.0, 32.0))
# Cream, sand and taupe: clothes have many of these.
SANDS = ((90.0, 13.0, 88.0), (73.0, 17.0, 80.0), (54.0, 15.0, 70.0))
# From this hue on, in degrees of Lab's circle.
FAMILIES = (
    (0, Color.RED), (50, Color.ORANGE), (85, Color.YELLOW), (115, Color.GREEN),
    (180, Color.TEAL), (235, Color.BLUE), (305, Color.PURPLE), (335, Color.PINK),
)  # fmt: skip


def shades() -> Iterator[tuple[float, float, float]]:
    """Lightness, chroma, hue."""
    yield from ((gray, 0.0, 0.0) for gray in GRAYS)
    yield from SANDS
    yield from ((light, chroma, hue) for hue in HUES for light, chroma in TONES)


def family_of(light: float, chroma: float, hue: float) -> Color:
    if chroma < 10:
        if light < 28:
            return Color.BLACK
        return Color.WHITE if light > 88 else Color.GRAY
    family = next(name for start, name in reversed(FAMILIES) if hue >= start)
    if family == Color.RED and light > 65:
        return Color.PINK
    if family in (Color.ORANGE, Color.YELLOW) and light < 45:
        return Color.BROWN
    if family in (Color.ORANGE, Color.YELLOW) and chroma < 35:
        return Color.BEIGE
    return family


SHADES = tuple(shades())
FAMILY_OF = tuple(family_of(*shade) for shade in SHADES)
POINTS = np.array(
    [
        (light, chroma * np.cos(np.radians(hue)), chroma * np.sin(np.radians(hue)))
        for light, chroma, hue in SHADES
    ],
    np.float32,
)


def shares(lab: Floats, weights: Floats) -> Floats:
    """How much of each shade there is; 1 in all. `lab` is (pixels, 3)."""
    there = weights > LEAST
    lab, weights = lab[there], weights[there]
    squares = (lab**2).sum(1)[:, None] - 2 * lab @ POINTS.T + (POINTS**2).sum(1)
    # The nearest counts in full, however far it is: a vivid red lies outside of all.
    nearness = np.exp((squares.min(1, keepdims=True) - squares) / (2 * REACH**2))
    nearness /= nearness.sum(1, keepdims=True)
    found: Floats = weights @ nearness / max(float(weights.sum()), 1e-6)
    return found


def families(shares: Floats) -> list[tuple[Color, float]]:
    """The largest first."""
    found: dict[Color, float] = {}
    for family, share in zip(FAMILY_OF, shares.tolist(), strict=True):
        found[family] = found.get(family, 0.0) + share
    return sorted(found.items(), key=lambda one: -one[1])
