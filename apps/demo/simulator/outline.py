"""Curves: smooth outlines through a few points, mirrored where a body is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from apps.demo.simulator.plan import Floats

# (x, y) is passed smoothly, (x, y, 1) is a corner.
Point: TypeAlias = tuple[float, float] | tuple[float, float, int]
STEPS = 7


def curve(points: Sequence[Point]) -> Floats:
    """An open Catmull-Rom curve through points, broken at corners: (n, 2)."""
    runs: list[list[tuple[float, float]]] = [[]]
    last = len(points) - 1
    for place, point in enumerate(points):
        runs[-1].append((point[0], point[1]))
        if len(point) == 3 and place not in (0, last):
            runs.append([(point[0], point[1])])
    return np.concatenate([_smooth(np.array(run)) for run in runs])


def _smooth(points: Floats) -> Floats:
    if len(points) < 3:
        return points
    padded = np.concatenate(
        [2 * points[:1] - points[1:2], points, 2 * points[-1:] - points[-2:-1]]
    )
    before, here, there, after = padded[:-3], padded[1:-2], padded[2:-1], padded[3:]
    t = (np.arange(STEPS) / STEPS)[None, :, None]
    a, b, c, d = (p[:, None, :] for p in (before, here, there, after))
    path = 0.5 * (
        2 * b
        + (c - a) * t
        + (2 * a - 5 * b + 4 * c - d) * t**2
        + (3 * b - a - 3 * c + d) * t**3
    )
    return np.concatenate([path.reshape(-1, 2), points[-1:]])


def mirrored(half: Sequence[Point]) -> Floats:
    """A closed outline from its right half, given from the top center down."""
    right = curve(half)
    left = right[::-1] * [-1.0, 1.0]
    return np.concatenate([right, left])


def flipped(points: Floats) -> Floats:
    return points * [-1.0, 1.0]


def ellipse(x: float, y: float, rx: float, ry: float, count: int = 40) -> Floats:
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
    return np.stack([x + rx * np.cos(angle), y + ry * np.sin(angle)], axis=1)


def arc(x: float, y: float, rx: float, ry: float, start: float, end: float) -> Floats:
    """A piece of an ellipse, degrees clockwise from the right: (n, 2)."""
    angle = np.radians(np.linspace(start, end, 28))
    return np.stack([x + rx * np.cos(angle), y + ry * np.sin(angle)], axis=1)


def moved(points: Floats, dx: float, dy: float, scale: float = 1.0) -> Floats:
    return points * scale + [dx, dy]
