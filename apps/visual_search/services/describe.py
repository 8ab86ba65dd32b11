"""A picture as 234 numbers: what a network's embedding will be one day.

Whoever makes them otherwise changes this module and MAKER; rows of another maker are
made anew by themselves (index.py), and only numbers of one maker are compared. The
cosine of two pictures is the sum of the cosines of their parts, each by its weight:

    color     58   shares of 58 shades in Lab, of the thing without its backdrop
    outline   64   the silhouette in 8 by 8 cells
    edges     96   in which of 6 directions edges run, in 4 by 4 cells
    pattern   16   how strong fine and coarse edges are inside: plain, or patterned
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

from apps.visual_search.models import Color
from apps.visual_search.services.lab import Floats, lab_of
from apps.visual_search.services.opened import opened
from apps.visual_search.services.palette import SHADES, families, shares
from apps.visual_search.services.silhouette import box_of, inside, weights_of

MAKER = "pixels-1"
CELLS, DIRECTIONS, SIDE = 4, 6, 64
STEPS = (1.5, 3, 5, 8, 12, 18, 28)
# How many numbers each has, and how much it counts.
PARTS = {
    "color": (len(SHADES), 0.45),
    "outline": (64, 0.2),
    "edges": (CELLS * CELLS * DIRECTIONS, 0.15),
    "pattern": (2 * (len(STEPS) + 1), 0.2),
}
LENGTH = sum(count for count, _ in PARTS.values())
# A color that covers less is no main one.
LEAST_SHARE = 0.12
STORED = np.dtype("<f2")


@dataclass(frozen=True, slots=True, eq=False)
class Described:
    """`numbers` (LENGTH,) are one unit long all together; `colors` the main ones, the
    largest first."""

    numbers: Floats
    colors: tuple[Color, ...]

    def as_bytes(self) -> bytes:
        return self.numbers.astype(STORED).tobytes()


def describe(data: bytes) -> Described:
    """PictureRefusedError says why there is nothing to be seen."""
    return described(opened(data))


def described(picture: Image.Image) -> Described:
    pixels = np.asarray(picture)
    lab, alpha = lab_of(pixels[..., :3]), pixels[..., 3]
    weights, is_cut_out = weights_of(lab, alpha)
    colors = shares(lab.reshape(-1, 3), weights.reshape(-1))
    light, cut = squared(lab[..., 0], weights)
    parts = {
        "color": np.sqrt(colors),
        # Where nothing was cut out there is no outline to compare.
        "outline": outline(cut) if is_cut_out else np.zeros(64, np.float32),
        "edges": edges(light),
        "pattern": pattern(light, cut),
    }
    numbers = np.concatenate(
        [unit(parts[name]) * np.sqrt(weight) for name, (_, weight) in PARTS.items()]
    )
    main = [name for name, share in families(colors) if share >= LEAST_SHARE]
    return Described(unit(numbers), tuple(main or [families(colors)[0][0]]))


def unit(values: Floats) -> Floats:
    length = float(np.sqrt((values**2).sum()))
    return (values / length if length > 1e-6 else values).astype(np.float32)


def squared(light: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """The thing alone on a square of SIDE, as large as it fits, and where on it it is."""
    box = box_of(weights)
    # The backdrop's own light would draw an edge of another strength in each shop.
    alone = light[box] * weights[box] + 50 * (1 - weights[box])
    height, width = alone.shape
    scale = SIDE / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    top, left = (SIDE - size[1]) // 2, (SIDE - size[0]) // 2
    where = np.s_[top : top + size[1], left : left + size[0]]
    found = []
    for values, empty in ((alone, 50.0), (weights[box], 0.0)):
        drawn = np.full((SIDE, SIDE), empty, np.float32)
        resized = Image.fromarray(values).resize(size, Image.Resampling.BILINEAR)
        drawn[where] = np.asarray(resized)
        found.append(drawn)
    return found[0], found[1]


def cells(values: Floats, count: int) -> Floats:
    """Means of count by count cells."""
    side = SIDE // count
    found: Floats = values.reshape(count, side, count, side).mean((1, 3))
    return found


def outline(cut: Floats) -> Floats:
    """Around nought, so that what one covers and the other does not speaks against."""
    return cells(cut, 8).reshape(-1) - 0.5


def slopes(light: Floats) -> tuple[Floats, Floats]:
    """Strength and direction (0 to 1, half a turn) of each pixel's edge."""
    down, across = np.gradient(light)
    return np.hypot(down, across), (np.arctan2(down, across) / np.pi) % 1.0


def edges(light: Floats) -> Floats:
    strength, direction = slopes(light)
    place = direction * DIRECTIONS
    found = []
    for number in range(DIRECTIONS):
        apart = np.abs(place - number)
        # Between two directions it counts for both.
        share = np.clip(1 - np.minimum(apart, DIRECTIONS - apart), 0, None)
        found.append(cells(strength * share, CELLS))
    return np.sqrt(np.stack(found).reshape(-1))


def pattern(light: Floats, cut: Floats) -> Floats:
    core = inside(cut > 0.5, 4)
    where = core if core.mean() > 0.02 else cut > 0.25
    coarse = np.asarray(
        Image.fromarray(light).resize((SIDE // 4,) * 2).resize((SIDE,) * 2)
    )
    fine = slopes(light)[0][where], 3 * slopes(coarse)[0][where]
    found = [
        np.bincount(np.digitize(one, STEPS), minlength=len(STEPS) + 1) for one in fine
    ]
    return np.sqrt(np.concatenate(found).astype(np.float32))


def parts_of(numbers: Floats) -> dict[str, Floats]:
    """(…, LENGTH) -> each part's own."""
    found, start = {}, 0
    for name, (count, _) in PARTS.items():
        found[name] = numbers[..., start : start + count]
        start += count
    return found
