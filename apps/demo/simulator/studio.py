"""From a drawing to a picture: print the cloth, light it, set it before a backdrop."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from PIL import Image, ImageChops, ImageEnhance, ImageFilter

from apps.demo.simulator.canvas import Drawing, H, View, W, bounds, fit, paint
from apps.demo.simulator.garments import draw
from apps.demo.simulator.patterns import Color, contrast, mix, printed, weave

ANGLES = ("front", "back", "detail")
BACKDROPS: tuple[tuple[Color, Color], ...] = (
    ((247, 244, 240), (228, 222, 215)),
    ((244, 236, 232), (226, 211, 205)),
    ((238, 241, 238), (213, 220, 214)),
    ((240, 242, 246), (214, 220, 229)),
    ((246, 241, 231), (229, 218, 199)),
    ((242, 240, 245), (221, 215, 228)),
)
INKS: dict[str, Color] = {
    "metal": (201, 168, 104),
    "sole": (66, 52, 44),
    "leather": (122, 82, 54),
    "label": (236, 230, 222),
    "white": (240, 238, 234),
    "stitch": (196, 142, 84),
    "lining": (206, 184, 160),
}
STANDING = {"shoe", "bag", "hat"}


@lru_cache(maxsize=12)
def backdrop(number: int, floor: bool) -> Image.Image:
    """A soft gradient wall, brighter where the light falls; W x H RGB."""
    light, dark = BACKDROPS[number]
    y, x = np.mgrid[0:H, 0:W]
    far = np.hypot((x - W * 0.42) / W, (y - H * 0.36) / H)
    share = np.clip(far * 1.15, 0, 1)
    if floor:
        horizon = 1 / (1 + np.exp(-(y - H * 0.64) / 16))
        share = np.clip(share * 0.75 + 0.32 * horizon * (1.25 - y / H), 0, 1)
    pixels = np.array(light) + (np.array(dark) - np.array(light)) * share[..., None]
    return Image.fromarray(pixels.clip(0, 255).round().astype(np.uint8))


def view_of(shape: Mapping[str, str], angle: str) -> tuple[Drawing, float]:
    """Paint the garment from an angle; also the pixels per unit, for the prints."""
    pieces = draw(shape, back=angle == "back")
    low = shape["kind"] in STANDING
    view = fit(pieces, 500 if low else 470, 560 if low else 690)
    if angle == "back":
        view = replace(view, squeeze=0.93, slant=0.014)
    elif angle == "detail":
        view = _closer(view, bounds(pieces), shape["kind"])
    return paint(pieces, view), view.scale


def _closer(view: View, box: tuple[float, float, float, float], kind: str) -> View:
    left, top, right, bottom = box
    share = 0.5 if kind in STANDING else 0.24 if bottom - top > 380 else 0.36
    scale = view.scale * (1.75 if bottom - top > 380 else 1.5)
    middle = (left + right) / 2 - (right - left) * 0.06
    y = top + (bottom - top) * share
    return View(scale, W / 2 - scale * middle, H * 0.46 - scale * y, slant=-0.02)


@dataclass(frozen=True)
class Scene:
    """A lit drawing, the same for every color; all but the wall are cut to `box`."""

    box: tuple[int, int, int, int]
    mask: Image.Image  # L
    inks: dict[str, Image.Image]  # L each
    dark: Image.Image  # RGB to multiply with
    light: Image.Image  # RGB to screen with
    wall: Image.Image  # RGB, W x H, with the garment's shadow


def light_up(drawing: Drawing, grain: str, wall: Image.Image) -> Scene:
    box = drawing.mask.getbbox() or (0, 0, W, H)
    shade = ImageChops.add(drawing.shade.crop(box), weave(grain).crop(box), 1, -128)
    gloss = {"satin": 2.3, "leather": 2.0, "chiffon": 1.5}.get(grain, 1.15)
    dark = shade.point([255 - round((128 - min(v, 128)) * 1.75) for v in range(256)])
    light = shade.point([min(255, int(max(0, v - 128) * gloss)) for v in range(256)])
    return Scene(
        box,
        drawing.mask.crop(box),
        {ink: layer.crop(box) for ink, layer in drawing.inks.items()},
        Image.merge("RGB", (dark, dark, dark)),
        Image.merge("RGB", (light, light, light)),
        _shadowed(drawing.mask, wall),
    )


def develop(scene: Scene, sheet: Image.Image, color: Color) -> Image.Image:
    """Cut the garment from a sheet of cloth, light it and set it before the wall."""
    cloth = sheet.crop(scene.box)
    for ink, mask in scene.inks.items():
        if box := mask.getbbox():
            cloth.paste(_ink(ink, color), box, mask.crop(box))
    lit = ImageChops.screen(ImageChops.multiply(cloth, scene.dark), scene.light)
    picture = scene.wall.copy()
    picture.paste(lit, scene.box, scene.mask)
    return picture


def _ink(ink: str, color: Color) -> Color:
    if ink in INKS:
        return INKS[ink]
    if ink == "trim":
        return mix(contrast(color), (190, 160, 110), 0.35)
    return mix(color, contrast(color), 0.3)  # buttons


def _shadowed(mask: Image.Image, wall: Image.Image) -> Image.Image:
    small = mask.reduce(8)
    soft = small.filter(ImageFilter.GaussianBlur(4)).crop(
        (-2, -3, W // 8 - 2, H // 8 - 3)
    )
    near = small.filter(ImageFilter.GaussianBlur(1.4)).crop(
        (-1, -1, W // 8 - 1, H // 8 - 1)
    )
    fall = ImageChops.add(
        soft.point(lambda v: v * 0.22), near.point(lambda v: v * 0.16)
    )
    fall = ImageChops.invert(fall.resize((W, H), Image.Resampling.BICUBIC))
    return ImageChops.multiply(wall, Image.merge("RGB", (fall, fall, fall)))


def encode(picture: Image.Image) -> bytes:
    """WebP, at most 25 kB: a lower quality where a print is too busy for it."""
    for quality, effort in ((82, 0), (64, 3), (42, 3), (22, 3)):
        buffer = io.BytesIO()
        picture.save(buffer, "WEBP", quality=quality, method=effort)
        if buffer.tell() <= 25_000:
            break
    return buffer.getvalue()


def shoot(
    shape: Mapping[str, str],
    angle: str,
    colors: list[Color],
    pattern: str,
    grain: str,
    seed: int,
) -> list[bytes]:
    """One picture of this angle for each color."""
    drawing, scale = view_of(shape, angle)
    wall = backdrop(seed % len(BACKDROPS), shape["kind"] in STANDING)
    scene = light_up(drawing, grain, wall)
    pictures = []
    for color in colors:
        cloth = printed(pattern, color, scale, seed)
        if grain == "denim":
            cloth = ImageEnhance.Color(cloth).enhance(0.85)
        pictures.append(encode(develop(scene, cloth, color)))
    return pictures
