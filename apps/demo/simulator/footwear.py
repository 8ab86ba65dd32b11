"""Shoes from the side, toe to the left, standing on y = 0; a pair, one behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from apps.demo.simulator.canvas import Part, Piece, Seam
from apps.demo.simulator.outline import Point, curve, ellipse


def shoe(shape: Mapping[str, str], back: bool) -> list[Piece]:
    pieces = MAKERS[shape["style"]]()
    if back:
        pieces = [_map(piece, -0.92, 30, 8) for piece in pieces]
    behind = [_map(piece, 0.9, 52, -46) for piece in pieces]
    return [_darker(piece) for piece in behind] + pieces


def _map(piece: Piece, scale: float, dx: float, dy: float) -> Piece:
    grow = np.array([scale, abs(scale)])
    if isinstance(piece, Part):
        folds = tuple(
            (
                x0 * scale + dx,
                y0 * abs(scale) + dy,
                x1 * scale + dx,
                y1 * abs(scale) + dy,
                w,
                t,
            )
            for x0, y0, x1, y1, w, t in piece.folds
        )
        return replace(piece, outline=piece.outline * grow + [dx, dy], folds=folds)
    return replace(piece, path=piece.path * grow + [dx, dy])


def _darker(piece: Piece) -> Piece:
    return replace(piece, tone=piece.tone - 16)


def _closed(
    points: list[Point], ink: str = "fabric", tone: int = 0, volume: float = 0.8
) -> Part:
    return Part(curve([*points, points[0]]), ink, tone, volume)


def pump() -> list[Piece]:
    inside: list[Point] = [
        (-60, -66, 1),
        (0, -82),
        (80, -112),
        (150, -160, 1),
        (110, -90),
        (20, -58),
    ]
    upper: list[Point] = [
        (-206, -10, 1), (-190, -30), (-130, -58), (-62, -72, 1), (-30, -58), (30, -58),
        (96, -98), (150, -162, 1), (172, -130), (168, -92, 1), (120, -64), (60, -34), (0, -14), (-80, -6, 1), (-206, -6, 1),
    ]  # fmt: skip
    heel: list[Point] = [
        (168, -96, 1),
        (164, -50),
        (160, 0, 1),
        (148, 0, 1),
        (146, -40),
        (124, -68, 1),
    ]
    sole = curve([(-204, -4), (-80, -3), (0, -10), (60, -30), (130, -70)])
    return [
        _closed(inside, "lining", -30, 0.3),
        _closed(heel, "fabric", -10),
        _closed(upper),
        Seam(sole, 5, -10, "sole"),
        Seam(
            curve([(-62, -72), (-30, -58), (30, -58), (96, -98), (150, -162)]), 2.4, -30
        ),
        Seam(curve([(-170, -40), (-120, -56), (-80, -62)]), 6, 34),
    ]


def block_sandal() -> list[Piece]:
    sole: list[Point] = [
        (-200, -8, 1),
        (-120, -14),
        (-20, -26),
        (70, -78),
        (160, -112, 1),
        (166, -98, 1),
        (80, -60),
        (0, -10),
        (-100, 0),
        (-196, 0, 1),
    ]
    heel: list[Point] = [(166, -104, 1), (164, 0, 1), (112, 0, 1), (108, -76, 1)]
    vamp: list[Point] = [
        (-190, -10, 1),
        (-170, -44),
        (-120, -58),
        (-84, -50, 1),
        (-78, -18, 1),
    ]
    ankle = curve([(92, -90), (80, -150), (130, -196), (176, -170), (164, -104)])
    return [
        _closed(heel, "fabric", -8),
        _closed(sole, "sole", 0, 0.6),
        _closed(vamp),
        Seam(ankle, 13, 0, "fabric"),
        Seam(curve([(84, -150), (128, -186), (172, -172)]), 2, -30),
        Part(
            np.array([[120.0, -202], [142, -196], [140, -180], [118, -186]]),
            "metal",
            6,
            0.3,
        ),
    ]


def flat() -> list[Piece]:
    inside: list[Point] = [
        (-80, -46, 1),
        (0, -70),
        (100, -84),
        (164, -92, 1),
        (140, -50),
        (0, -34),
    ]
    upper: list[Point] = [
        (-204, -12, 1), (-192, -34), (-140, -50), (-80, -48, 1), (-40, -34), (40, -36),
        (120, -60), (166, -94, 1), (182, -60), (178, -10, 1), (60, -6), (-80, -6),
    ]  # fmt: skip
    return [
        _closed(inside, "lining", -26, 0.3),
        _closed(upper),
        Seam(curve([(-206, -4), (0, -2), (180, -4)]), 8, -6, "sole"),
        Seam(
            curve([(-80, -48), (-40, -34), (40, -36), (120, -60), (166, -94)]), 3, -28
        ),
        Part(ellipse(-112, -50, 15, 7), "metal", 6, 0.4),
        Seam(curve([(-180, -34), (-150, -44)]), 5, 30),
    ]


def loafer() -> list[Piece]:
    inside: list[Point] = [
        (-30, -96, 1),
        (40, -100),
        (120, -104),
        (168, -108, 1),
        (120, -80),
        (20, -72),
    ]
    upper: list[Point] = [
        (-204, -24, 1), (-196, -48), (-150, -70), (-80, -84), (-28, -98, 1), (20, -74), (100, -76),
        (168, -110, 1), (184, -70), (180, -18, 1), (0, -16), (-200, -18, 1),
    ]  # fmt: skip
    return [
        _closed(inside, "lining", -26, 0.3),
        _closed(
            [(182, -20, 1), (182, 0, 1), (100, 0, 1), (96, -18, 1)], "sole", -8, 0.4
        ),
        _closed(upper),
        Seam(curve([(-204, -14), (0, -12), (182, -14)]), 12, -6, "sole"),
        _closed(
            [(-100, -80, 1), (-60, -90, 1), (-30, -18, 1), (-74, -18, 1)],
            "fabric",
            8,
            0.5,
        ),
        Seam(np.array([[-86.0, -62], [-46, -66]]), 7, 4, "metal"),
        Seam(curve([(-186, -50), (-150, -76), (-106, -82)]), 2, -34),
        Seam(curve([(-176, -50), (-140, -64)]), 6, 28),
    ]


def boot() -> list[Piece]:
    upper: list[Point] = [
        (-196, -16, 1), (-186, -50), (-130, -80), (-50, -110), (-10, -170), (-6, -330, 1),
        (60, -340), (140, -332, 1), (136, -200), (152, -110), (150, -64, 1), (90, -40), (0, -16, 1),
    ]  # fmt: skip
    heel: list[Point] = [(150, -70, 1), (146, 0, 1), (92, 0, 1), (84, -44, 1)]
    body = Part(
        curve([*upper, upper[0]]),
        folds=(
            (-20, -130, 60, -110, 8, -24),
            (0, -160, 90, -150, 7, -18),
            (20, -320, 20, -190, 9, 16),
        ),
    )
    return [
        Part(ellipse(67, -333, 72, 10), "lining", -34, 0.2),
        _closed(heel, "sole", -6),
        body,
        Seam(curve([(-196, -7), (-80, -6), (0, -10), (88, -40)]), 10, -8, "sole"),
        Seam(np.array([[62.0, -334], [74, -80]]), 2, -34),
        Seam(curve([(-6, -314), (60, -322), (138, -314)]), 2, -26),
        Seam(curve([(-160, -60), (-110, -78)]), 7, 30),
    ]


def sneaker() -> list[Piece]:
    upper: list[Point] = [
        (-204, -36, 1), (-198, -62), (-150, -84), (-96, -92), (-40, -142), (-20, -150, 1), (30, -124),
        (100, -120), (160, -152, 1), (182, -110), (180, -36, 1),
    ]  # fmt: skip
    sole: list[Point] = [
        (-212, -40, 1),
        (-214, -12),
        (-196, 0),
        (170, 0),
        (188, -16),
        (186, -42, 1),
        (0, -32),
    ]
    laces: list[Piece] = [
        Seam(np.array([[x, y], [x + 30.0, y + 14]]), 6, 10, "white")
        for x, y in ((-92.0, -104.0), (-76, -118), (-60, -131), (-44, -144))
    ]
    return [
        Part(ellipse(70, -138, 92, 14), "lining", -26, 0.3),
        _closed(upper),
        _closed(sole, "white", -2, 0.5),
        Seam(curve([(-150, -84), (-140, -56), (-150, -36)]), 2, -28),
        Seam(curve([(-96, -92), (-50, -60), (60, -50), (120, -118)]), 2, -26),
        _closed(
            [(120, -120, 1), (160, -150, 1), (182, -110), (180, -60, 1), (136, -64, 1)],
            "trim",
            0,
            0.6,
        ),
        *laces,
        Seam(curve([(-208, -22), (0, -18), (186, -24)]), 2, -26),
    ]


MAKERS = {
    "pump": pump,
    "sandal": block_sandal,
    "flat": flat,
    "loafer": loafer,
    "boot": boot,
    "sneaker": sneaker,
}
