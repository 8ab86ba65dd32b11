"""Cloth: woven textures and printed patterns, as W x H RGB pictures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TypeAlias

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from apps.demo.simulator.canvas import H, W
from apps.demo.simulator.outline import ellipse, moved

Color: TypeAlias = tuple[int, int, int]
WEAVES = ("smooth", "satin", "knit", "denim", "linen", "leather", "chiffon")


@lru_cache(maxsize=16)
def weave(name: str) -> Image.Image:
    """The cloth's own grain as an L picture around 128."""
    rng = np.random.default_rng(WEAVES.index(name))
    y, x = np.mgrid[0:H, 0:W].astype(np.float32)
    noise = rng.normal(0, 1, (H // 2, W // 2)).astype(np.float32)
    grain = np.kron(noise, np.ones((2, 2), np.float32))
    if name == "knit":
        wave = 7 * np.sin(x * np.pi / 5) + 4 * np.sin(
            y * np.pi / 4 + np.sin(x * np.pi / 5)
        )
        field = wave + grain
    elif name == "denim":
        field = 5 * np.sin((x + y) * np.pi / 2.5) + 4 * grain
    elif name == "linen":
        slub = rng.normal(0, 1, (H, 1)) * 2.6 + rng.normal(0, 1, (1, W)) * 2.6
        field = slub + 1.6 * grain
    elif name == "leather":
        pores = Image.fromarray((noise * 18 + 128).clip(0, 255).astype(np.uint8))
        soft = np.asarray(pores.resize((W, H)).filter(ImageFilter.GaussianBlur(1.2)))
        field = (soft.astype(np.float32) - 128) * 0.4
    else:
        field = {"satin": 0.5, "chiffon": 0.9}.get(name, 1.2) * grain
    return Image.fromarray((128 + field).clip(0, 255).astype(np.uint8))


def mix(a: Color, b: Color, share: float) -> Color:
    red, green, blue = (round(x + (y - x) * share) for x, y in zip(a, b, strict=True))
    return red, green, blue


def contrast(color: Color) -> Color:
    """A second color that goes with the first: light on dark, deep on light."""
    light = 0.3 * color[0] + 0.59 * color[1] + 0.11 * color[2]
    return (
        mix(color, (252, 246, 236), 0.86)
        if light < 140
        else mix(color, (46, 40, 52), 0.66)
    )


def printed(pattern: str, color: Color, scale: float, seed: int) -> Image.Image:
    """A whole sheet of the pattern; `scale` is the garment's pixels per unit."""
    if pattern == "plain":
        return Image.new("RGB", (W, H), color)
    return PRINTS[pattern](
        color, contrast(color), max(0.6, scale), np.random.default_rng(seed)
    )


def _tiled(tile: Image.Image) -> Image.Image:
    sheet = Image.new("RGB", (W, H))
    for x in range(0, W, tile.width):
        for y in range(0, H, tile.height):
            sheet.paste(tile, (x, y))
    return sheet


def striped(
    color: Color, second: Color, scale: float, rng: np.random.Generator
) -> Image.Image:
    period = round(scale * float(rng.choice([12, 18, 26])))
    thick = max(2, round(period * float(rng.choice([0.3, 0.5]))))
    tile = Image.new("RGB", (W, period), color)
    ImageDraw.Draw(tile).rectangle((0, 0, W, thick), fill=second)
    sheet = _tiled(tile)
    if rng.random() < 0.4:
        return sheet.transpose(Image.Transpose.ROTATE_90).resize((W, H))
    return sheet


def dotted(
    color: Color, second: Color, scale: float, rng: np.random.Generator
) -> Image.Image:
    step = round(scale * float(rng.choice([16, 22, 32])))
    size = step * 2
    tile = Image.new("RGB", (size * 2, size * 2), color)
    draw = ImageDraw.Draw(tile)
    radius = step * 0.46
    for x, y in ((0.5, 0.5), (1.5, 1.5)):
        center = (x * step * 2, y * step * 2)
        box = (
            center[0] - radius,
            center[1] - radius,
            center[0] + radius,
            center[1] + radius,
        )
        draw.ellipse(box, fill=second)
    return _tiled(tile.reduce(2))


def checked(
    color: Color, second: Color, scale: float, rng: np.random.Generator
) -> Image.Image:
    step = round(scale * float(rng.choice([9, 15, 24])))
    tile = Image.new("RGB", (step * 2, step * 2), color)
    draw = ImageDraw.Draw(tile, "RGBA")
    band = (*second, 112)
    draw.rectangle((0, 0, step - 1, step * 2), fill=band)
    draw.rectangle((0, 0, step * 2, step - 1), fill=band)
    if step > scale * 12:
        line = (*mix(second, (200, 60, 60), 0.4), 150)
        draw.line((step * 1.5, 0, step * 1.5, step * 2), fill=line, width=2)
        draw.line((0, step * 1.5, step * 2, step * 1.5), fill=line, width=2)
    return _tiled(tile)


def floral(
    color: Color, second: Color, scale: float, rng: np.random.Generator
) -> Image.Image:
    petals: Sequence[Color] = (
        second,
        mix((214, 92, 112), color, 0.15),
        mix((238, 190, 120), color, 0.1),
        mix((120, 140, 196), color, 0.2),
    )
    leaf = mix((86, 122, 84), color, 0.3)
    size = round(150 * scale)
    tile = Image.new("RGB", (size * 2, size * 2), color)
    draw = ImageDraw.Draw(tile)
    big = float(rng.choice([0.7, 1.0, 1.4])) * scale * 2
    for spot in _scatter(rng, 5, size * 2):
        _flower(
            draw,
            spot,
            big * float(rng.uniform(6, 11)),
            petals[int(rng.integers(4))],
            leaf,
            size * 2,
        )
    return _tiled(tile.reduce(2))


def _scatter(
    rng: np.random.Generator, side: int, size: int
) -> list[tuple[float, float]]:
    cell = size / side
    return [
        (
            cell * (i + float(rng.uniform(0.2, 0.8)) + 0.5 * (j % 2)),
            cell * (j + float(rng.uniform(0.2, 0.8))),
        )
        for i in range(side)
        for j in range(side)
    ]


def _flower(
    draw: ImageDraw.ImageDraw,
    spot: tuple[float, float],
    r: float,
    petal: Color,
    leaf: Color,
    wrap: int,
) -> None:
    """Five petals, a heart and a leaf; painted again where it crosses the tile's edge."""
    turn = spot[0] % 6.28
    for ox in (-wrap, 0, wrap):
        for oy in (-wrap, 0, wrap):
            x, y = spot[0] % wrap + ox, spot[1] + oy
            if not (-3 * r < x < wrap + 3 * r and -3 * r < y < wrap + 3 * r):
                continue
            side = ellipse(0, 0, r * 1.1, r * 0.42, 12) @ np.array(
                [[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]
            )
            draw.polygon(
                moved(side, x + r * 1.4 * np.cos(turn), y + r * 1.4 * np.sin(turn))
                .ravel()
                .tolist(),
                fill=leaf,
            )
            for k in range(5):
                a = turn + k * 1.2566
                px, py = x + r * 0.62 * np.cos(a), y + r * 0.62 * np.sin(a)
                draw.ellipse(
                    (px - r * 0.52, py - r * 0.52, px + r * 0.52, py + r * 0.52),
                    fill=petal,
                )
            draw.ellipse(
                (x - r * 0.3, y - r * 0.3, x + r * 0.3, y + r * 0.3),
                fill=mix(petal, (240, 200, 90), 0.7),
            )


def leopard(
    color: Color, second: Color, scale: float, rng: np.random.Generator
) -> Image.Image:
    base = mix(color, (206, 164, 112), 0.65)
    size = round(150 * scale)
    tile = Image.new("RGB", (size * 2, size * 2), base)
    draw = ImageDraw.Draw(tile)
    dark = (52, 38, 30)
    for x, y in _scatter(rng, 9, size * 2):
        r = scale * float(rng.uniform(7, 12))
        start = float(rng.uniform(0, 360))
        box = (x - r, y - r * 0.8, x + r, y + r * 0.8)
        draw.ellipse(box, fill=mix(base, dark, 0.3))
        draw.arc(box, start, start + 220, fill=dark, width=max(3, round(scale * 5)))
    return _tiled(tile.reduce(2))


def geometric(
    color: Color, second: Color, scale: float, rng: np.random.Generator
) -> Image.Image:
    step = round(scale * float(rng.choice([24, 34])))
    tile = Image.new("RGB", (step * 4, step * 4), color)
    draw = ImageDraw.Draw(tile)
    for grow, paint in ((1.0, second), (0.68, color), (0.36, mix(second, color, 0.35))):
        r = step * 2 * grow * 0.94
        draw.polygon(
            [
                step * 2,
                step * 2 - r,
                step * 2 + r,
                step * 2,
                step * 2,
                step * 2 + r,
                step * 2 - r,
                step * 2,
            ],
            fill=paint,
        )
    return _tiled(tile.reduce(2))


def paisley(
    color: Color, second: Color, scale: float, rng: np.random.Generator
) -> Image.Image:
    """Watercolor strokes: soft blots of kindred colors."""
    small = Image.new("RGB", (W // 4, H // 4), color)
    draw = ImageDraw.Draw(small)
    kin = (
        mix(color, second, 0.55),
        mix(color, (236, 200, 160), 0.5),
        mix(color, (120, 150, 190), 0.45),
    )
    for _ in range(90):
        x, y = float(rng.uniform(0, W / 4)), float(rng.uniform(0, H / 4))
        rx, ry = float(rng.uniform(3, 12)) * scale, float(rng.uniform(2, 7)) * scale
        draw.ellipse((x - rx, y - ry, x + rx, y + ry), fill=kin[int(rng.integers(3))])
    return small.filter(ImageFilter.GaussianBlur(1.4)).resize(
        (W, H), Image.Resampling.BICUBIC
    )


def lace(
    color: Color, second: Color, scale: float, rng: np.random.Generator
) -> Image.Image:
    step = round(scale * 26)
    tile = Image.new("RGB", (step * 4, step * 4), mix(color, (40, 34, 40), 0.16))
    draw = ImageDraw.Draw(tile)
    light = mix(color, (255, 252, 246), 0.4)
    for x, y in ((1, 1), (3, 3)):
        for k in range(6):
            a = k * np.pi / 3
            px, py = (
                x * step + step * 0.5 * np.cos(a),
                y * step + step * 0.5 * np.sin(a),
            )
            draw.ellipse(
                (px - step * 0.3, py - step * 0.3, px + step * 0.3, py + step * 0.3),
                outline=light,
                width=max(2, round(scale * 3)),
            )
    for x, y in ((1, 3), (3, 1)):
        draw.ellipse(
            (
                x * step - step * 0.5,
                y * step - step * 0.5,
                x * step + step * 0.5,
                y * step + step * 0.5,
            ),
            outline=light,
            width=max(2, round(scale * 3)),
        )
    return _tiled(tile.reduce(2))


PRINTS: dict[str, Callable[[Color, Color, float, np.random.Generator], Image.Image]] = {
    "striped": striped,
    "dotted": dotted,
    "checked": checked,
    "floral": floral,
    "animal": leopard,
    "geometric": geometric,
    "watercolor": paisley,
    "lace": lace,
}
