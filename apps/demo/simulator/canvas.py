"""Paint pieces of a garment into a mask, a shade map and ink masks.

Geometry is in free units with y down; the canvas is W x H pixels. A shade of 128
leaves the color as it is, less darkens, more lightens.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeAlias

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from apps.demo.simulator.plan import Floats

W, H = 600, 800
EDGE = 48
SOFT = 4  # shading is blurred at a quarter of the size: sixteen times cheaper
# (x0, y0, x1, y1, width, tone) of a soft fold in the cloth
Fold: TypeAlias = tuple[float, float, float, float, float, int]


@dataclass(frozen=True)
class Part:
    """A filled outline (points, 2). `volume` darkens its edges as a body would."""

    outline: Floats
    ink: str = "fabric"
    tone: int = 0
    volume: float = 1.0
    folds: tuple[Fold, ...] = ()


@dataclass(frozen=True)
class Seam:
    """An open stroke (points, 2): a seam when `ink` is empty, else a strap or chain."""

    path: Floats
    width: float = 2.0
    tone: int = -34
    ink: str = ""


Piece: TypeAlias = Part | Seam


@dataclass(frozen=True)
class View:
    """How geometry is laid on the canvas: scale, then squeeze and slant, then shift."""

    scale: float
    dx: float
    dy: float
    squeeze: float = 1.0
    slant: float = 0.0

    def place(self, points: Floats) -> Floats:
        x = points[:, 0] * self.squeeze
        y = points[:, 1] + points[:, 0] * self.slant
        return np.stack([x * self.scale + self.dx, y * self.scale + self.dy], axis=1)


@dataclass
class Drawing:
    """What any color of the garment is printed from, all W x H."""

    mask: Image.Image = field(default_factory=lambda: Image.new("L", (W, H), 0))
    shade: Image.Image = field(default_factory=lambda: Image.new("L", (W, H), 128))
    inks: dict[str, Image.Image] = field(default_factory=dict)


def bounds(pieces: list[Piece]) -> tuple[float, float, float, float]:
    points = np.concatenate(
        [piece.outline if isinstance(piece, Part) else piece.path for piece in pieces]
    )
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    return float(left), float(top), float(right), float(bottom)


def fit(pieces: list[Piece], width: float = 470, height: float = 670) -> View:
    """The view that shows everything, centered, with air around."""
    left, top, right, bottom = bounds(pieces)
    scale = min(width / (right - left), height / (bottom - top))
    return View(
        scale,
        W / 2 - scale * (left + right) / 2,
        H / 2 - scale * (top + bottom) / 2,
    )


def paint(pieces: list[Piece], view: View) -> Drawing:
    drawing = Drawing()
    for piece in pieces:
        if isinstance(piece, Part):
            _fill(drawing, piece, view)
        else:
            _stroke(drawing, piece, view)
    return drawing


def _box(points: Floats, margin: int) -> tuple[int, int, int, int] | None:
    left, top = np.floor(points.min(axis=0)).astype(int) - margin
    right, bottom = np.ceil(points.max(axis=0)).astype(int) + margin
    # Cloth goes on beyond the picture: cut at its very edge it would look hemmed there.
    left, top = max(left, -EDGE) // SOFT * SOFT, max(top, -EDGE) // SOFT * SOFT
    right, bottom = min(right, W + EDGE), min(bottom, H + EDGE)
    if right - left < 2 or bottom - top < 2:
        return None
    return left, top, right, bottom


def _fill(drawing: Drawing, part: Part, view: View) -> None:
    points = view.place(part.outline)
    box = _box(points, 2)
    if box is None:
        return
    size = (box[2] - box[0], box[3] - box[1])
    tile = Image.new("L", (size[0] * 2, size[1] * 2), 0)
    corners = ((points - box[:2]) * 2).ravel().tolist()
    ImageDraw.Draw(tile).polygon(corners, fill=255)
    mask = tile.reduce(2)
    shade = _volume(mask, part, view, box)
    drawing.shade.paste(shade, box[:2], mask)
    drawing.mask.paste(255, box, mask)
    _ink(drawing, part.ink, box, mask)


def _volume(
    mask: Image.Image, part: Part, view: View, box: tuple[int, int, int, int]
) -> Image.Image:
    """Light from the upper left: edges turn away and darken, more on the right."""
    small = mask.reduce(SOFT)
    width, height = small.size
    # A border of nothing, so that the blur sees the edge of the cloth.
    pad = 8
    framed = Image.new("L", (width + 2 * pad, height + 2 * pad), 0)
    framed.paste(small, (pad, pad))
    radius = max(1.6, min(width, height) * 0.12)
    near = framed.filter(ImageFilter.GaussianBlur(min(radius, 4.5)))
    lit = ImageChops.offset(near, 3, 2)
    gain = 0.3 * part.volume
    level = 128 + part.tone
    base = near.point(_ramp(level, gain))
    side = lit.point(_ramp(128, 0.24 * part.volume))
    soft = ImageChops.add(base, side, 1, -128)
    if part.folds:
        soft = ImageChops.add(soft, _folds(part, view, box, soft.size, pad), 1, -128)
    soft = soft.crop((pad, pad, pad + width, pad + height))
    return soft.resize((width * SOFT, height * SOFT), Image.Resampling.BILINEAR).crop(
        (0, 0, *mask.size)
    )


@lru_cache(maxsize=256)
def _ramp(level: int, gain: float) -> list[int]:
    """A table for `point`: `level` where the cloth is whole, less towards its edge."""
    return [int(level + (v - 225) * gain) for v in range(256)]


@lru_cache(maxsize=256)
def _step(tone: int) -> list[int]:
    return [max(0, min(255, v + tone)) for v in range(256)]


def _folds(
    part: Part,
    view: View,
    box: tuple[int, int, int, int],
    size: tuple[int, int],
    pad: int,
) -> Image.Image:
    layer = Image.new("L", size, 128)
    draw = ImageDraw.Draw(layer)
    for x0, y0, x1, y1, width, tone in part.folds:
        ends = view.place(np.array([[x0, y0], [x1, y1]]))
        ends = (ends - box[:2]) / SOFT + pad
        thick = max(1, round(width * view.scale / SOFT))
        draw.line(ends.ravel().tolist(), fill=128 + tone, width=thick)
    return layer.filter(ImageFilter.GaussianBlur(1.6))


def _stroke(drawing: Drawing, seam: Seam, view: View) -> None:
    points = view.place(seam.path)
    width = max(1.0, seam.width * view.scale)
    box = _box(points, int(width) + 2)
    if box is None:
        return
    tile = Image.new("L", ((box[2] - box[0]) * 2, (box[3] - box[1]) * 2), 0)
    path = ((points - box[:2]) * 2).ravel().tolist()
    ImageDraw.Draw(tile).line(path, fill=255, width=round(width * 2), joint="curve")
    mask = tile.reduce(2)
    if seam.ink:
        drawing.mask.paste(255, box, mask)
        _ink(drawing, seam.ink, box, mask)
        drawing.shade.paste(128 + seam.tone, box, mask)
        return
    # A seam only where there is cloth, and softer than ink.
    mask = ImageChops.multiply(mask, drawing.mask.crop(box))
    area = drawing.shade.crop(box)
    moved = area.point(_step(seam.tone))
    drawing.shade.paste(moved, box[:2], mask)


def _ink(
    drawing: Drawing, ink: str, box: tuple[int, int, int, int], mask: Image.Image
) -> None:
    for name, layer in drawing.inks.items():
        if name != ink:
            layer.paste(0, box, mask)
    if ink == "fabric":
        return
    layer = drawing.inks.setdefault(ink, Image.new("L", (W, H), 0))
    layer.paste(255, box, mask)
