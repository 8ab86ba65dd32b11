"""Bags, scarves and hats."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from apps.demo.simulator.canvas import Part, Piece, Seam
from apps.demo.simulator.outline import arc, curve, ellipse, mirrored
from apps.demo.simulator.plan import Floats


def bag(shape: Mapping[str, str], back: bool) -> list[Piece]:
    return MAKERS[shape["style"]](back)


def tote(back: bool) -> list[Piece]:
    body = mirrored(
        [(0, 0), (140, 0, 1), (158, 120), (166, 246), (156, 258, 1), (0, 262)]
    )
    folds = ((-100, 20, -120, 240, 9, 12), (60, 10, 74, 250, 8, -9))
    pieces: list[Piece] = [
        Seam(arc(0, 4, 74, 150, 180, 360), 11, -34, "leather"),
        Part(
            mirrored([(0, -10), (138, -6, 1), (138, 10, 1), (0, 12)]),
            "lining",
            -40,
            0.2,
        ),
        Part(body, folds=folds),
        Seam(arc(0, 14, 78, 152, 180, 360), 12, 0, "leather"),
        Seam(np.array([[-142.0, 12], [142, 12]]), 1.6, -30),
        Seam(curve([(-158, 244), (0, 250), (158, 244)]), 1.6, -26),
    ]
    for x in (-78.0, 78.0):
        pieces += [
            Seam(np.array([[x, 12], [x, 66]]), 12, -4, "leather"),
            Part(ellipse(x, 58, 4, 4, 16), "metal", 8, 0.2),
        ]
    if not back:
        pieces.append(
            Part(
                np.array([[-26.0, 96], [26, 96], [26, 112], [-26, 112]]),
                "metal",
                0,
                0.2,
            )
        )
    return pieces


def flap(back: bool) -> list[Piece]:
    body = mirrored([(0, 0), (130, 4), (142, 20), (146, 168), (134, 186, 1), (0, 190)])
    cover = mirrored([(0, -4), (132, -2), (146, 14, 1), (142, 84), (96, 116), (0, 124)])
    chain = arc(0, 6, 128, 250, 180, 360)
    pieces: list[Piece] = [*_chain(chain), Part(body, tone=-8)]
    if back:
        pocket = mirrored([(0, 60), (118, 60, 1), (118, 172, 1), (0, 174)])
        return [
            *pieces,
            Part(pocket, tone=3, volume=0.5),
            Seam(np.array([[-118.0, 60], [118, 60]]), 2, -36),
        ]
    pieces += [
        Part(cover, tone=5),
        Seam(curve([(-142, 84), (-96, 114), (0, 122), (96, 114), (142, 84)]), 2.4, -42),
    ]
    pieces += [
        Seam(curve([(-134, 78), (-92, 106), (0, 113), (92, 106), (134, 78)]), 1.2, -22)
    ]
    clasp = np.array([[-17.0, 104], [17, 104], [17, 134], [-17, 134]])
    return [
        *pieces,
        Part(clasp, "metal", 4, 0.4),
        Part(ellipse(0, 119, 6, 6, 18), "metal", -36, 0),
    ]


def _chain(path: Floats) -> list[Piece]:
    return [
        Seam(path, 6, -20, "metal"),
        *[
            Part(ellipse(float(x), float(y), 5, 5, 10), "metal", 8, 0.3)
            for x, y in path
        ],
    ]


def bucket(back: bool) -> list[Piece]:
    body = mirrored(
        [(0, 0), (84, -4, 1), (100, 90), (118, 196), (104, 220, 1), (0, 228)]
    )
    folds = tuple(
        (x, 10.0, x * 1.3, 120.0, 6.0, t)
        for x, t in ((-60.0, -26), (-30.0, 18), (0.0, -22), (32.0, 16), (60.0, -24))
    )
    pieces: list[Piece] = [
        Seam(arc(0, 10, 96, 190, 180, 360), 10, -8, "leather"),
        Part(ellipse(0, -2, 84, 16), "lining", -44, 0.2),
        Part(body, folds=folds),
        Seam(curve([(-90, 34), (0, 42), (90, 34)]), 5, -20, "leather"),
        Seam(curve([(-114, 176), (0, 186), (114, 176)]), 2, -34),
    ]
    if not back:
        tail = curve([(6, 40), (18, 90), (12, 130)])
        pieces += [
            Seam(tail, 6, -8, "leather"),
            Part(ellipse(12, 138, 7, 12), "leather", 0),
            Part(ellipse(0, 40, 9, 9), "metal", 6, 0.4),
        ]
    return pieces


def clutch(back: bool) -> list[Piece]:
    body = mirrored([(0, 0), (168, 0, 1), (172, 100), (166, 150, 1), (0, 154)])
    pieces: list[Piece] = [Part(body, folds=((-140, 40, 120, 130, 12, 8),))]
    if back:
        return [*pieces, Seam(np.array([[-150.0, 40], [150, 40]]), 3, -30)]
    cover = mirrored([(0, -2), (168, -2, 1), (164, 30), (0, 104, 1)])
    pieces += [
        Part(cover, tone=8),
        Seam(np.array([[-166.0, 30], [0, 104], [166, 30]]), 3, -40),
    ]
    return [
        *pieces,
        Part(ellipse(0, 96, 12, 12), "metal", 6, 0.6),
        Part(ellipse(-3, 93, 4, 4, 12), "metal", 60, 0),
    ]


def hobo(back: bool) -> list[Piece]:
    body = curve(
        [
            (-150, 20, 1),
            (-168, 90),
            (-130, 186),
            (0, 206),
            (130, 186),
            (168, 90),
            (150, 20, 1),
            (90, 70),
            (0, 86),
            (-90, 70),
            (-150, 20, 1),
        ]
    )
    strap = curve([(-152, 26), (-128, -90), (0, -160), (128, -90), (152, 26)])
    folds = (
        (-110, 70, -70, 170, 9, -20),
        (60, 90, 90, 160, 9, -18),
        (-20, 92, 0, 180, 10, 14),
    )
    pieces: list[Piece] = [
        Seam(strap, 17, -4, "fabric"),
        Seam(strap, 2, -20),
        Part(body, folds=folds),
    ]
    pieces.append(
        Seam(curve([(-146, 26), (-90, 74), (0, 90), (90, 74), (146, 26)]), 3, -36)
    )
    pieces += [Part(ellipse(x, 26, 10, 10), "metal", 4, 0.4) for x in (-150.0, 150.0)]
    if not back:
        pieces.append(Seam(curve([(-60, 84), (0, 92), (60, 84)]), 3, 6, "metal"))
    return pieces


def scarf(shape: Mapping[str, str], back: bool) -> list[Piece]:
    """A soft loop with two falling ends, or a folded square."""
    if shape["style"] == "square":
        return _folded_square()
    left = curve(
        [
            (-92, 60, 1),
            (-118, 220),
            (-128, 440, 1),
            (-32, 452, 1),
            (-14, 240),
            (10, 90, 1),
        ]
    )
    right = curve(
        [(20, 80, 1), (34, 240), (28, 380, 1), (122, 372, 1), (120, 200), (96, 60, 1)]
    )
    loop = curve(
        [
            (-110, 40),
            (-96, -40),
            (0, -66),
            (96, -40),
            (112, 40),
            (70, 118),
            (0, 138),
            (-70, 118),
            (-110, 40),
        ]
    )
    hole = curve(
        [
            (-58, 8),
            (-40, -26),
            (0, -36),
            (42, -26),
            (58, 8),
            (28, 40),
            (0, 46),
            (-28, 40),
            (-58, 8),
        ]
    )
    fringe: list[Piece] = [
        Seam(np.array([[x, 440.0], [x - 2, 482]]), 2.4, -10, "fabric")
        for x in np.linspace(-124, -36, 15)
    ]
    fringe += [
        Seam(np.array([[x, 370.0], [x + 1, 412]]), 2.4, -10, "fabric")
        for x in np.linspace(32, 118, 15)
    ]
    return [
        *fringe,
        Part(
            left,
            folds=(
                (-80, 100, -96, 440, 9, -24),
                (-50, 120, -60, 440, 8, 18),
                (-30, 140, -40, 440, 7, -22),
            ),
        ),
        Part(
            right, tone=-4, folds=((54, 90, 52, 380, 9, -24), (84, 90, 92, 370, 8, 16))
        ),
        Part(
            loop,
            tone=4,
            folds=(
                (-96, 40, -20, 116, 8, -28),
                (-84, 20, 10, 100, 7, 18),
                (96, 30, 10, 124, 8, -26),
                (80, 0, 20, 84, 7, 16),
                (-60, -40, 40, -52, 8, -18),
            ),
        ),
        Part(hole, tone=-62, volume=0.4),
    ]


def _folded_square() -> list[Piece]:
    base = curve(
        [(-190, -60, 1), (150, -130, 1), (196, 90, 1), (-150, 150, 1), (-190, -60, 1)]
    )
    middle = curve(
        [(-170, -40, 1), (120, -100, 1), (60, 130, 1), (-140, 120, 1), (-170, -40, 1)]
    )
    corner = curve([(-150, -20, 1), (70, -66, 1), (-40, 128, 1), (-150, -20, 1)])
    pieces: list[Piece] = []
    for tone, shape in ((-12, base), (0, middle), (8, corner)):
        pieces += [
            Part(
                shape,
                tone=tone,
                volume=0.5,
                folds=((-60, -60, 80, 100, 14, -9), (-120, 60, 60, -60, 12, 8)),
            ),
            Seam(np.vstack([shape, shape[:1]]), 6, 0, "trim"),
        ]
    return pieces


def hat(shape: Mapping[str, str], back: bool) -> list[Piece]:
    crown = mirrored(
        [(0, -128), (60, -122), (92, -86), (104, -10), (106, 8, 1), (0, 22)]
    )
    band = mirrored([(0, -30), (102, -40, 1), (106, -4, 1), (0, 12)])
    return [
        Part(ellipse(0, 10, 234, 62, 60), tone=-6, volume=0.9),
        Part(
            ellipse(0, 2, 232, 54, 60),
            tone=6,
            volume=0.6,
            folds=((-180, 0, -60, 30, 10, 12), (60, 30, 190, 4, 10, -14)),
        ),
        Part(ellipse(3, 14, 116, 26, 40), tone=-42, volume=0.3),
        Part(
            crown, folds=((-30, -120, -20, -50, 12, -20), (40, -110, 46, -40, 10, 12))
        ),
        Part(band, "trim", 0, 0.7),
    ]


MAKERS = {"tote": tote, "flap": flap, "bucket": bucket, "clutch": clutch, "hobo": hobo}
