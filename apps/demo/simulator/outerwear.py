"""Coats, blazers, puffers, abayas and kaftans."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from apps.demo.simulator import torso
from apps.demo.simulator.canvas import Fold, Part, Piece, Seam
from apps.demo.simulator.outline import Point, curve, ellipse, flipped, mirrored, moved
from apps.demo.simulator.plan import Floats

LENGTHS = {"short": 330.0, "hip": 390.0, "knee": 520.0, "maxi": 640.0}


def coat(shape: Mapping[str, str], back: bool) -> list[Piece]:
    hem_y = LENGTHS[shape["length"]]
    style = shape["style"]
    hem = {"puffer": 112.0, "biker": 84.0}.get(style, 104 + hem_y / 26)
    waist = {"puffer": 106.0, "blazer": 80.0, "trench": 76.0, "biker": 78.0}.get(
        style, 94
    )
    pieces = torso.sleeves("long", 108, cuff=style in {"trench", "puffer", "biker"})
    if not back:
        pieces += torso.back_of_neck("v")
    half = torso.bodice("boat" if back else "v", hem_y, hem, waist, 110)
    pieces.append(Part(mirrored(half), folds=_drape(waist, hem, hem_y)))
    pieces += torso.armholes(110)
    if style == "puffer":
        pieces += _quilting(hem_y, hem) + torso.roll_neck(26)
        return pieces if back else [*pieces, *_zip(30, hem_y + 4)]
    if back:
        pieces += [Seam(np.array([[0.0, 32], [0, hem_y]]), 1.8, -30)]
    else:
        pieces += _front(style, hem_y, waist)
    return pieces + _coat_belt(style, waist, back)


def _drape(waist: float, hem: float, hem_y: float) -> tuple[Fold, ...]:
    return (
        *torso.body_folds(spread=66),
        (-waist * 0.6, 260, -hem * 0.62, hem_y, 9, -18),
        (waist * 0.65, 260, hem * 0.66, hem_y, 9, -20),
        (-waist * 0.3, 270, -hem * 0.3, hem_y, 8, 12),
    )


def _front(style: str, hem_y: float, waist: float) -> list[Piece]:
    if style == "biker":
        return [
            *_lapels(150, 62),
            *_zip(150, hem_y, -22),
            *_pocket(-54, 230),
            *_pocket(58, 250),
        ]
    depth = {"blazer": 215.0, "trench": 150.0}.get(style, 170.0)
    pieces: list[Piece] = [
        Seam(curve([(10, depth), (13, hem_y * 0.7), (16, hem_y + 6)]), 2.4, -44)
    ]
    pieces += _lapels(depth, 58 if style == "blazer" else 66)
    if style in {"trench", "double"}:
        for x in (-30.0, 34.0):
            pieces += torso.buttons(x, depth + 14, depth + 150, 3, size=6)
    else:
        pieces += torso.buttons(
            2,
            depth + 14,
            depth + 14 + 56 * (style != "blazer"),
            1 + 2 * (style != "blazer"),
            size=6.5,
        )
    y = max(270.0, waist * 2.9)
    return pieces + _pocket(-62, y) + _pocket(66, y)


def _lapels(depth: float, wide: float) -> list[Piece]:
    """Collar and lapels, folded back along the neckline."""
    lapel = curve(
        [
            (4, depth, 1),
            (36, 70),
            (38, 34, 1),
            (wide + 4, 62, 1),
            (wide - 6, 82, 1),
            (wide + 8, 92, 1),
            (38, depth * 0.72),
            (4, depth, 1),
        ]
    )
    neck = curve(
        [(38, 34, 1), (30, 12), (37, 8, 1), (54, 30), (wide + 4, 60, 1), (38, 36, 1)]
    )
    pieces: list[Piece] = []
    for side in (flipped(lapel), flipped(neck), lapel, neck):
        pieces += [
            Part(side, tone=7, volume=0.7),
            Seam(np.vstack([side, side[:1]]), 1.5, -36),
        ]
    return pieces


def _pocket(x: float, y: float) -> list[Piece]:
    flap = np.array([[x - 24, y], [x + 24, y - 2], [x + 24, y + 16], [x - 24, y + 18]])
    return [Part(flap, tone=4, volume=0.4), Seam(np.vstack([flap, flap[:1]]), 1.4, -36)]


def _zip(top: float, bottom: float, lean: float = 0.0) -> list[Piece]:
    path = np.array([[lean * 0.2, top], [lean, bottom]])
    return [
        Seam(path, 9, -26),
        Seam(path, 3.4, 0, "metal"),
        Part(ellipse(lean * 0.2, top + 14, 4, 9), "metal", 8, 0.4),
    ]


def _quilting(hem_y: float, hem: float) -> list[Piece]:
    pieces: list[Piece] = []
    for y in range(86, int(hem_y) - 8, 42):
        wide = 112.0 if y < 150 else hem + 4
        line = curve(
            [(-wide, y), (-wide / 2, y + 7), (0, y + 4), (wide / 2, y + 7), (wide, y)]
        )
        pieces += [
            Seam(moved(line, 0, -7), 9, 12),
            Seam(line, 3.4, -52),
            Seam(moved(line, 0, 7), 8, -14),
        ]
    for y in range(90, 340, 42):
        for s in (1, -1):
            arm = curve([(s * 102, y + 10), (s * 134, y + 2), (s * 172, y - 8)])
            pieces += [Seam(arm, 3, -44), Seam(moved(arm, 0, -7), 7, 9)]
    return pieces


def _coat_belt(style: str, waist: float, back: bool) -> list[Piece]:
    if style not in {"trench", "wrap"}:
        return []
    half: list[Point] = [(0, 232), (waist + 1, 224, 1), (waist + 2, 250, 1), (0, 258)]
    pieces: list[Piece] = [
        Part(mirrored(half), tone=-8, volume=0.8),
        Seam(curve([(-waist, 249), (0, 257), (waist, 249)]), 1.6, -40),
    ]
    if back:
        return pieces
    tail = curve(
        [(8, 246), (26, 300), (20, 372, 1), (44, 368, 1), (44, 296), (16, 240)]
    )
    return [*pieces, Part(tail, tone=-2), Part(ellipse(8, 245, 15, 15), tone=8)]


def abaya(shape: Mapping[str, str], back: bool) -> list[Piece]:
    """Floor-long and wide, with sleeves cut in one with the body or set in."""
    style = shape["style"]
    hem = {"kaftan": 200.0, "butterfly": 190.0, "open": 168.0}.get(style, 150.0)
    half = _robe(style, hem)
    folds: tuple[Fold, ...] = tuple(
        (s * 62, 160 + 40 * (i % 3), s * hem, 735, 9, -24 if i % 2 == 0 else 18)
        for i, s in enumerate((-0.8, -0.55, -0.32, -0.1, 0.14, 0.36, 0.6, 0.82))
    )
    pieces: list[Piece] = []
    if style not in {"kaftan", "butterfly"}:
        pieces += torso.sleeves("bell", 100)
    if not back:
        pieces += torso.back_of_neck("v" if style == "open" else "round")
    pieces.append(
        Part(mirrored(half if not back else _robe(style, hem, "boat")), folds=folds)
    )
    if style not in {"kaftan", "butterfly"}:
        pieces += torso.armholes(100)
    if back:
        return [*pieces, Seam(np.array([[0.0, 32], [0, 734]]), 1.4, -24)]
    return pieces + _adornment(shape, style, hem)


def _robe(style: str, hem: float, neck: str = "") -> list[Point]:
    neck = neck or ("v" if style == "open" else "round")
    points = torso.neck_points(neck)
    if style in {"kaftan", "butterfly"}:
        points += [
            (112, 46, 1),
            (168, 150),
            (214, 330, 1),
            (196, 352),
            (158, 352, 1),
            (124, 300),
            (118, 380),
            (hem * 0.86, 560),
        ]
    else:
        points += [(102, 40, 1), (90, 95), (92, 160, 1), (104, 280), (hem * 0.86, 560)]
    points += [(hem, 734, 1), (hem * 0.7, 746), (hem * 0.35, 740), (0, 748)]
    return points


def _adornment(shape: Mapping[str, str], style: str, hem: float) -> list[Piece]:
    pieces: list[Piece] = []
    if style == "open":
        pieces.append(Seam(curve([(0, 100), (4, 400), (9, 744)]), 3.4, -54))
        bands = [
            curve([(-40, 20), (-22, 62), (-9, 104), (-6, 400), (-3, 742)]),
            curve([(40, 20), (22, 62), (9, 104), (13, 400), (20, 742)]),
        ]
    else:
        bands = [
            curve([(-7, 44), (-7, 250)]),
            curve([(7, 44), (7, 250)]),
            torso.necklace(),
        ]
    if shape.get("trim") == "embroidered":
        for band in bands:
            pieces += [Seam(band, 9, 4, "trim"), *_beads(band)]
        if style in {"kaftan", "butterfly"}:
            for s in (1, -1):
                cuff = curve([(s * 210, 322), (s * 190, 342), (s * 158, 343)])
                pieces += [Seam(cuff, 8, 4, "trim"), *_beads(cuff)]
    else:
        pieces += [Seam(band, 1.6, -30) for band in bands]
    if shape.get("belt") == "yes":
        wide = 120.0 if style in {"kaftan", "butterfly"} else 100.0
        pieces.append(Seam(curve([(-wide, 262), (0, 272), (wide, 262)]), 10, 2, "trim"))
        pieces.append(Part(ellipse(0, 272, 11, 11), "metal", 8, 0.5))
    return pieces


def _beads(band: Floats) -> list[Piece]:
    length = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(band, axis=0).T))])
    spots = np.arange(4, length[-1], 11)
    x, y = np.interp(spots, length, band[:, 0]), np.interp(spots, length, band[:, 1])
    return [
        Part(ellipse(float(a), float(b), 2.2, 2.2, 8), "metal", 10, 0)
        for a, b in zip(x, y, strict=True)
    ]
