"""The upper body: bodices, necklines, sleeves, collars, buttons.

Units: shoulders at y 40, bust 150, waist 235, hips 335; the center is x = 0.
"""

from __future__ import annotations

import numpy as np

from apps.demo.simulator.canvas import Fold, Part, Piece, Seam
from apps.demo.simulator.outline import (
    Point,
    arc,
    curve,
    ellipse,
    flipped,
    mirrored,
    moved,
)
from apps.demo.simulator.plan import Floats

# Half width of the opening and its depth, by neckline.
NECKS: dict[str, tuple[float, float]] = {
    "round": (42, 44),
    "v": (40, 104),
    "deep-v": (46, 140),
    "square": (56, 82),
    "boat": (72, 26),
    "high": (30, 10),
    "collar": (34, 40),
    "sweetheart": (62, 96),
}


def neck_points(neck: str) -> list[Point]:
    """The right half of a neckline, from the center out to the shoulder."""
    width, depth = NECKS[neck]
    if neck in {"v", "deep-v", "collar"}:
        return [(0, depth, 1), (width * 0.62, depth * 0.42), (width, 18, 1)]
    if neck == "square":
        return [(0, depth), (width * 0.86, depth - 2, 1), (width, 20, 1)]
    if neck == "sweetheart":
        return [(0, depth + 14, 1), (24, depth - 8), (50, depth - 6), (width, 22, 1)]
    return [
        (0, depth),
        (width * 0.55, depth * 0.86),
        (width * 0.92, depth * 0.5),
        (width, 18, 1),
    ]


def bodice(
    neck: str,
    hem_y: float,
    hem: float,
    waist: float = 66.0,
    shoulder: float = 96.0,
) -> list[Point]:
    """The right half of a body from neckline to hem."""
    points = neck_points(neck)
    width = NECKS[neck][0]
    points += [
        (max(shoulder - 8, width + 8), 35),
        (max(shoulder, width + 12), 44, 1),
        (shoulder - 13, 95),
        (86, 148, 1),
        (waist + 10, 190),
        (waist, 235),
    ]
    if hem_y > 260:
        points.append((waist + (hem - waist) * 0.55, 235 + (hem_y - 235) * 0.5))
    points += [(hem, hem_y, 1), (hem * 0.5, hem_y + 6), (0, hem_y + 8)]
    return points


def strapped(hem_y: float, hem: float, waist: float = 64.0) -> list[Point]:
    """A camisole's half: no shoulders, a straight or curved top."""
    return [
        (0, 112),
        (28, 100),
        (58, 96, 1),
        (70, 110),
        (84, 150, 1),
        (waist + 9, 192),
        (waist, 235),
        (waist + (hem - waist) * 0.55, 235 + (hem_y - 235) * 0.5),
        (hem, hem_y, 1),
        (hem * 0.5, hem_y + 6),
        (0, hem_y + 8),
    ]


def straps(width: float = 5.0) -> list[Piece]:
    right = curve([(54, 100), (50, 60), (40, 22)])
    return [Seam(path, width, -14, "fabric") for path in (right, flipped(right))]


def back_of_neck(neck: str) -> list[Piece]:
    """The inside of the back, seen through the neckline."""
    width, depth = NECKS[neck]
    half: list[Point] = [
        (0, 30 if depth > 26 else 22),
        (width * 0.7, 24),
        (width + 2, 16, 1),
        (width + 3, 30),
        (width * 0.7, depth + 14),
        (0, depth + 24),
    ]
    label = np.array([[-9.0, 34.0], [9, 34], [9, 42], [-9, 42]])
    pieces: list[Piece] = [Part(mirrored(half), tone=-52, volume=0.5)]
    if depth > 42:
        pieces.append(Part(label, "label", 6, 0))
    return pieces


def sleeves(kind: str, shoulder: float = 96.0, cuff: bool = False) -> list[Piece]:
    """Both sleeves, to be painted before the body lies over them."""
    half = _sleeve_points(kind, shoulder)
    if not half:
        return []
    right = curve([*half, half[0]])
    folds = _sleeve_folds(kind, shoulder)
    pieces: list[Piece] = []
    for side in (1, -1):
        turned = tuple(
            (x0 * side, y0, x1 * side, y1, width, tone)
            for x0, y0, x1, y1, width, tone in folds
        )
        pieces.append(Part(right * [side, 1.0], tone=-5, folds=turned))
    if cuff and kind in {"long", "puff-long", "bishop"}:
        pieces += _cuffs(kind, shoulder)
    return pieces


def _sleeve_points(kind: str, s: float) -> list[Point]:
    shapes: dict[str, list[Point]] = {
        "cap": [(s - 22, 32, 1), (s + 4, 42), (s + 14, 60), (s + 18, 84, 1), (s - 10, 100), (70, 120, 1)],
        "short": [
            (s - 22, 32, 1), (s + 3, 42), (s + 20, 72), (s + 42, 134, 1), (s + 22, 148),
            (s - 2, 154, 1), (80, 150, 1),
        ],
        "puff": [
            (s - 24, 34, 1), (s + 12, 22), (s + 50, 62), (s + 56, 120),
            (s + 34, 150, 1), (s + 2, 162, 1), (80, 146, 1),
        ],
        "elbow": [
            (s - 22, 32, 1), (s + 3, 42), (s + 22, 86), (s + 52, 205, 1), (s + 28, 218),
            (s + 2, 220, 1), (82, 152, 1),
        ],
        "long": [
            (s - 22, 32, 1), (s + 3, 42), (s + 22, 86), (s + 44, 190), (s + 58, 342, 1),
            (s + 44, 349), (s + 24, 350, 1), (s + 8, 230), (80, 150, 1),
        ],
        "puff-long": [
            (s - 24, 34, 1), (s + 14, 20), (s + 50, 66), (s + 50, 150),
            (s + 56, 250), (s + 58, 340, 1), (s + 28, 348, 1), (s + 8, 220), (80, 150, 1),
        ],
        "bishop": [
            (s - 22, 32, 1), (s + 3, 42), (s + 26, 90), (s + 58, 220), (s + 78, 318),
            (s + 56, 344, 1), (s + 30, 346, 1), (s + 6, 318), (s + 6, 230), (80, 150, 1),
        ],
        "bell": [
            (s - 22, 32, 1), (s + 3, 42), (s + 24, 90), (s + 58, 210), (s + 104, 318, 1),
            (s + 66, 338), (s + 18, 336, 1), (s + 12, 230), (80, 150, 1),
        ],
    }  # fmt: skip
    return shapes.get(kind, [])


def _sleeve_folds(kind: str, s: float) -> list[Fold]:
    if kind in {"long", "puff-long", "bishop", "bell"}:
        return [
            (s + 12, 90, s + 36, 300, 7, 16),
            (s + 4, 150, s + 30, 178, 6, -22),
            (s + 14, 196, s + 46, 186, 5, -16),
            (s + 26, 240, s + 40, 330, 6, -18),
        ]
    if kind == "puff":
        return [
            (s - 4, 40, s + 20, 140, 5, -22),
            (s + 14, 40, s + 36, 136, 5, 18),
            (s + 26, 60, s + 44, 130, 4, -18),
        ]
    return [(s + 4, 70, s + 22, 140, 6, 14)]


def _cuffs(kind: str, s: float) -> list[Piece]:
    top = 344.0 if kind != "bishop" else 342.0
    right = np.array(
        [[s + 26.0, top], [s + 59, top - 6], [s + 60, top + 18], [s + 28, top + 24]]
    )
    return [Part(right, tone=-10), Part(flipped(right), tone=-10)]


def armholes(shoulder: float = 96.0) -> list[Piece]:
    right = curve([(shoulder - 4, 40), (shoulder - 15, 95), (84, 148)])
    return [Seam(path, 1.6, -26) for path in (right, flipped(right))]


def body_folds(waist_y: float = 235, spread: float = 56) -> tuple[Fold, ...]:
    """Where cloth pulls: from the bust to the waist and at the sides."""
    return (
        (-spread, 120, -spread * 0.5, waist_y, 7, -13),
        (spread, 120, spread * 0.5, waist_y, 7, -15),
        (-spread * 0.45, 150, -spread * 0.3, waist_y + 40, 9, 10),
        (spread * 0.2, 160, spread * 0.1, waist_y + 40, 6, -9),
        (-78, waist_y + 4, -30, waist_y - 12, 6, -15),
        (78, waist_y + 4, 30, waist_y - 10, 6, -17),
    )


def neck_trim(neck: str, back: bool = False) -> list[Piece]:
    points = curve(neck_points("boat" if back else neck))
    pieces: list[Piece] = []
    for path in (points, flipped(points)):
        pieces += [Seam(path, 3.2, -20), Seam(moved(path, 0, 5), 1.2, -16)]
    return pieces


def collar(ink: str = "fabric") -> list[Piece]:
    """A shirt collar: two points lying open over the neckline."""
    right = curve(
        [(0, 46, 1), (30, 8), (36, 8, 1), (56, 40), (40, 78, 1), (18, 62), (0, 46, 1)]
    )
    pieces: list[Piece] = []
    for side in (right, flipped(right)):
        pieces += [Part(side, ink, 8, 0.7), Seam(np.vstack([side, side[:1]]), 1.4, -30)]
    return pieces


def roll_neck(height: float = 34.0) -> list[Piece]:
    half: list[Point] = [
        (0, 16 - height),
        (26, 13 - height),
        (34, 16 - height, 1),
        (36, 10),
        (40, 30, 1),
        (20, 42),
        (0, 45),
    ]
    rim = ellipse(0, 17 - height, 33, 6)
    return [
        Part(mirrored(half), tone=4, folds=((-30, 6, 30, 10, 4, -16),)),
        Part(rim, tone=-46, volume=0.3),
    ]


def buttons(
    x: float,
    top: float,
    bottom: float,
    count: int,
    ink: str = "button",
    size: float = 5,
) -> list[Piece]:
    pieces: list[Piece] = []
    for y in np.linspace(top, bottom, count):
        pieces += [
            Part(ellipse(x + 1, y + 1.5, size, size, 20), tone=-40, volume=0),
            Part(ellipse(x, y, size, size, 20), ink, 6, 0.4),
        ]
    return pieces


def placket(top: float, bottom: float, x: float = 0.0) -> list[Piece]:
    return [
        Seam(np.array([[x - 9.0, top], [x - 9.0, bottom]]), 1.3, -24),
        Seam(np.array([[x + 9.0, top], [x + 9.0, bottom]]), 1.6, -30),
    ]


def bow(y: float, ink: str = "fabric") -> list[Piece]:
    """A tied bow at the neck with two tails."""
    loop = curve(
        [(0, y), (22, y - 24), (46, y - 18), (44, y + 10), (20, y + 12), (0, y)]
    )
    tail = curve(
        [(2, y), (14, y + 50), (12, y + 104, 1), (32, y + 98, 1), (26, y + 44), (6, y)]
    )
    knot = ellipse(0, y, 9, 11)
    return [
        Part(flipped(tail), ink, -8),
        Part(tail, ink, -2),
        Part(loop, ink, 6, folds=((6, y, 34, y - 8, 4, -26),)),
        Part(flipped(loop), ink, 2, folds=((-6, y, -34, y - 8, 4, -26),)),
        Part(knot, ink, 10),
    ]


def ribs(points: Floats, count: int, length: float) -> list[Piece]:
    """Short vertical knit ribs hanging down from a line of points."""
    picks = np.linspace(0, len(points) - 1, count).astype(int)
    return [
        Seam(np.array([[x, y], [x, y + length]]), 1.5, -22) for x, y in points[picks]
    ]


def necklace(y: float = 40.0) -> Floats:
    return arc(0, y, 44, 40, 0, 180)
