"""Trousers and jeans."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from apps.demo.simulator.canvas import Fold, Part, Piece, Seam
from apps.demo.simulator.outline import Point, curve, flipped, mirrored

# Outer and inner x of the right leg at the knee and hem, by cut.
CUTS: dict[str, tuple[float, float, float, float]] = {
    "wide": (112, 14, 124, 14),
    "palazzo": (126, 8, 158, 6),
    "straight": (92, 22, 88, 26),
    "tapered": (90, 24, 70, 30),
    "skinny": (80, 26, 62, 30),
    "flared": (84, 24, 108, 14),
}


def trousers(shape: Mapping[str, str], back: bool) -> list[Piece]:
    knee_out, knee_in, hem_out, hem_in = CUTS[shape["cut"]]
    end = 480.0 if shape["length"] == "cropped" else 560.0
    leg: list[Point] = [
        (0, 10, 1), (70, 6, 1), (86, 50), (102, 118), (knee_out, 320),
        (hem_out, end, 1), ((hem_out + hem_in) / 2, end + 5), (hem_in, end, 1),
        (knee_in, 320), (6, 168, 1), (0, 156, 1), (0, 10, 1),
    ]  # fmt: skip
    right = curve(leg)
    folds = _folds(hem_out, hem_in, end)
    turned: tuple[Fold, ...] = tuple((-a, b, -c, d, w, t) for a, b, c, d, w, t in folds)
    inside: list[Point] = [(0, -6), (66, -9, 1), (66, 4, 1), (0, 8)]
    pieces: list[Piece] = [
        Part(mirrored(inside), tone=-54, volume=0),
        Part(flipped(right), folds=turned),
        Part(right, folds=folds),
        Part(mirrored([(0, 0), (68, -6, 1), (71, 20, 1), (0, 26)]), tone=2, volume=0.8),
        Seam(curve([(-71, 20), (0, 26), (71, 20)]), 1.6, -34),
        Seam(np.array([[0.0, 26], [0, 154]]), 1.8, -34),
    ]
    if shape["kind"] == "jeans":
        return [*pieces, *(_denim_back() if back else _denim_front())]
    if back:
        return [
            *pieces,
            Seam(np.array([[24.0, 66], [62, 66]]), 2.4, -40),
            Seam(np.array([[-62.0, 66], [-24, 66]]), 2.4, -40),
        ]
    pieces += [
        Seam(curve([(70, 28), (66, 50), (84, 90)]), 1.8, -32),
        Seam(curve([(-70, 28), (-66, 50), (-84, 90)]), 1.8, -32),
    ]
    if shape.get("belt") == "yes":
        pieces += [
            Part(
                mirrored([(0, 2), (69, -3, 1), (71, 15, 1), (0, 21)]), "trim", -4, 0.7
            ),
            Part(np.array([[-13.0, 1], [13, 1], [13, 22], [-13, 22]]), "metal", 4, 0.3),
            Part(np.array([[-8.0, 6], [8, 6], [8, 17], [-8, 17]]), "trim", -10, 0),
        ]
    else:
        pieces.append(
            Part(np.array([[-4.0, 8], [5, 8], [5, 17], [-4, 17]]), "button", 0, 0.4)
        )
    return pieces


def _folds(hem_out: float, hem_in: float, end: float) -> tuple[Fold, ...]:
    middle = (hem_out + hem_in) / 2
    return (
        (46, 40, middle, end, 6, 18),
        (50, 40, middle + 7, end, 5, -14),
        (8, 150, 62, 128, 7, -18),
        (10, 168, 56, 196, 6, -14),
        (30, 300, 78, 322, 7, -12),
    )


def _stitch(points: list[Point]) -> list[Piece]:
    path = curve(points)
    pieces: list[Piece] = [Seam(path, 1.6, -30)]
    dashes = path[: len(path) // 2 * 2].reshape(-1, 2, 2) + np.array([0, 3.5])
    pieces += [Seam(dash, 1.4, 0, "stitch") for dash in dashes]
    return pieces


def _denim_front() -> list[Piece]:
    pieces: list[Piece] = []
    for s in (1, -1):
        pieces += _stitch([(22 * s, 27), (28 * s, 62), (52 * s, 76), (88 * s, 62)])
        pieces.append(Seam(np.array([[s * 40.0, -3], [s * 40, 22]]), 5, -16, "fabric"))
    pieces += _stitch([(12, 26), (14, 80), (10, 118), (1, 134)])
    pieces += [
        Part(np.array([[-4.5, 8], [4.5, 8], [4.5, 17], [-4.5, 17]]), "metal", 4, 0.3)
    ]
    return pieces


def _denim_back() -> list[Piece]:
    pieces: list[Piece] = []
    for s in (1, -1):
        pocket: list[Point] = [
            (22 * s, 70, 1),
            (70 * s, 64, 1),
            (72 * s, 118, 1),
            (48 * s, 138, 1),
            (24 * s, 122, 1),
            (22 * s, 70, 1),
        ]
        pieces += _stitch(pocket)
        pieces += _stitch([(28 * s, 92), (46 * s, 104), (66 * s, 90)])
        pieces.append(Seam(np.array([[s * 30.0, -3], [s * 30, 22]]), 5, -16, "fabric"))
    pieces += _stitch([(-92, 46), (0, 62), (92, 46)])
    pieces.append(
        Part(np.array([[34.0, 2], [62, 0], [62, 19], [34, 21]]), "leather", 0, 0.4)
    )
    return pieces
