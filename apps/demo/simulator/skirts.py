"""Skirts, alone or as the lower half of a dress."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from apps.demo.simulator.canvas import Fold, Part, Piece, Seam
from apps.demo.simulator.outline import Point, curve, mirrored, moved


def skirt_part(
    kind: str, top: float, waist: float, hem_y: float, hem: float
) -> list[Piece]:
    """From a waist line down: (kind) sheath, a-line, full, tiered, wrap or pleated."""
    hip_y = top + 96
    hip = max(98.0, waist + (hem - waist) * 0.42) if hem_y > hip_y + 20 else hem
    if kind == "pleated":
        hip = waist + (hem - waist) * 0.5
    half: list[Point] = [(0, top - 2), (waist, top, 1), (waist + 9, top + 30)]
    if hem_y > hip_y + 20:
        half.append((hip, hip_y))
    half += [(hem, hem_y - 6, 1), *_hem(kind, hem, hem_y)]
    folds = _folds(kind, top, waist, hem_y, hem)
    pieces: list[Piece] = [Part(mirrored(half), folds=folds)]
    if kind == "tiered":
        pieces += _tiers(top, waist, hem_y, hem)
    inset = hem - 3
    pieces.append(
        Seam(
            curve([(-inset, hem_y - 15), (0, hem_y - 5), (inset, hem_y - 15)]), 1.2, -20
        )
    )
    return pieces


def _hem(kind: str, hem: float, hem_y: float) -> list[Point]:
    if kind in {"full", "tiered", "pleated"}:
        share = np.linspace(0.86, 0, 7)
        return [
            (float(hem * s), hem_y + (9 if i % 2 else 1) + 5 * float(1 - s))
            for i, s in enumerate(share)
        ]
    return [(hem * 0.5, hem_y + 5), (0, hem_y + 8)]


def _folds(
    kind: str, top: float, waist: float, hem_y: float, hem: float
) -> tuple[Fold, ...]:
    if kind == "pleated":
        share, depth = np.linspace(-0.92, 0.92, 17), 26
    elif kind in {"full", "tiered"}:
        share, depth = np.array([-0.8, -0.52, -0.3, -0.02, 0.24, 0.5, 0.78]), 26
    elif kind == "a-line":
        share, depth = np.array([-0.6, -0.2, 0.25, 0.62]), 16
    else:
        share, depth = np.array([-0.35, 0.3]), 9
    folds: list[Fold] = []
    for place, s in enumerate(share):
        start = top + (8 if kind == "pleated" else 30 + 34 * (place % 3))
        tone = -depth if place % 2 == 0 else round(depth * 0.75)
        folds.append((float(s * waist), start, float(s * hem), hem_y, 8, tone))
    return tuple(folds)


def _tiers(top: float, waist: float, hem_y: float, hem: float) -> list[Piece]:
    pieces: list[Piece] = []
    for share in (0.36, 0.68):
        y = top + (hem_y - top) * share
        width = waist + (hem - waist) * share**0.8 + 10
        line = curve(
            [
                (-width, y - 6),
                (-width / 2, y + 2),
                (0, y + 4),
                (width / 2, y + 2),
                (width, y - 6),
            ]
        )
        pieces += [Seam(line, 3, -40), Seam(moved(line, 0, 5), 4, 14)]
        for x in np.linspace(-width * 0.9, width * 0.9, 15):
            gather = np.array([[x, y + 3.0], [x * 1.02, y + 26.0]])
            pieces.append(Seam(gather, 1.8, -18))
    return pieces


def skirt(shape: Mapping[str, str], back: bool) -> list[Piece]:
    length = {"mini": 200.0, "knee": 290.0, "midi": 400.0, "maxi": 510.0}[
        shape["length"]
    ]
    flare = {
        "sheath": -6,
        "a-line": 58,
        "full": 120,
        "tiered": 104,
        "pleated": 92,
        "wrap": 34,
    }
    hem = 98 + flare[shape["skirt"]] * (0.5 + length / 900)
    pieces = skirt_part(shape["skirt"], 20, 68, length + 20, hem)
    band: list[Point] = [(0, 0), (66, -4, 1), (69, 22, 1), (0, 28)]
    inside: list[Point] = [(0, -8), (65, -5, 1), (62, 2, 1), (0, 2)]
    pieces.insert(0, Part(mirrored(inside), tone=-54, volume=0))
    pieces += [
        Part(mirrored(band), tone=3, volume=0.8),
        Seam(curve([(-69, 21), (0, 27), (69, 21)]), 1.6, -34),
    ]
    if back:
        pieces.append(Seam(np.array([[0.0, 26.0], [0, 150]]), 2, -36))
    elif shape["skirt"] == "wrap":
        pieces.append(Seam(curve([(58, 24), (30, 200), (18, length + 22)]), 2.6, -42))
        pieces.append(
            Part(np.array([[44.0, 8], [66, 6], [66, 20], [44, 22]]), "metal", 4, 0.3)
        )
    elif shape["skirt"] == "sheath":
        pieces.append(
            Seam(np.array([[34.0, length - 60], [36, length + 24]]), 2.4, -40)
        )
    return pieces
