"""Where in a picture the thing is: shop pictures stand before one color."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from apps.visual_search.services.lab import Floats

# A backdrop's own light and shade, and a shadow on it.
NEAR = 11.0
# Of the border, so much must be of one color to be a backdrop.
UNIFORM = 0.6
# Of the picture, a thing covers so much at least, else it was mistaken for backdrop.
LEAST, MOST = 0.02, 0.97
Mask = NDArray[np.bool_]


def weights_of(lab: Floats, alpha: NDArray[np.uint8]) -> tuple[Floats, bool]:
    """How much each pixel is the thing, 0 to 1, and whether that was seen: else it is
    guessed to stand in the middle."""
    if (alpha < 128).mean() > LEAST:
        mask = alpha >= 128
    else:
        mask = ~backdrop(lab)
    if LEAST <= mask.mean() <= MOST:
        return mask.astype(np.float32), True
    return middle(*mask.shape), False


def backdrop(lab: Floats) -> Mask:
    """What is of the border's color and reaches the border."""
    border = np.concatenate([lab[0], lab[-1], lab[:, 0], lab[:, -1]])
    color = np.median(border, axis=0)
    if (distance(border, color) < NEAR).mean() < UNIFORM:
        return np.zeros(lab.shape[:2], np.bool_)
    alike = distance(lab, color) < NEAR
    reached = np.zeros_like(alike)
    reached[[0, -1]], reached[:, [0, -1]] = alike[[0, -1]], alike[:, [0, -1]]
    while True:
        grown = grow(reached) & alike
        if (grown == reached).all():
            return reached
        reached = grown


def distance(lab: Floats, color: Floats) -> Floats:
    found: Floats = np.sqrt(((lab - color) ** 2).sum(-1))
    return found


def grow(mask: Mask) -> Mask:
    """By one pixel up, down, left and right."""
    grown = mask.copy()
    grown[1:] |= mask[:-1]
    grown[:-1] |= mask[1:]
    grown[:, 1:] |= mask[:, :-1]
    grown[:, :-1] |= mask[:, 1:]
    return grown


def inside(mask: Mask, steps: int) -> Mask:
    """Without its rim, where the thing's outline would pass for a pattern."""
    outside = ~mask
    for _ in range(steps):
        outside = grow(outside)
    return ~outside


def middle(height: int, width: int) -> Floats:
    down = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    across = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    found: Floats = np.exp(-2.5 * (down**2 + across**2)).astype(np.float32)
    return found


def box_of(weights: Floats) -> tuple[slice, slice]:
    rows = np.flatnonzero(weights.max(1) > 0.05)
    columns = np.flatnonzero(weights.max(0) > 0.05)
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
