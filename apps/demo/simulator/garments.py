"""Clothes as geometry: which pieces make a dress, a knit, a coat, seen from a side.

`draw(shape, back)` returns the pieces in the order of painting. A shape is what the
catalogue says of a product: {"kind": "dress", "neck": "v", "sleeve": "long", ...}.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from apps.demo.simulator import torso
from apps.demo.simulator.accessories import bag, hat, scarf
from apps.demo.simulator.canvas import Part, Piece, Seam
from apps.demo.simulator.footwear import shoe
from apps.demo.simulator.legs import trousers
from apps.demo.simulator.outerwear import abaya, coat
from apps.demo.simulator.outline import Point, curve, ellipse, mirrored
from apps.demo.simulator.skirts import skirt, skirt_part

Shape = Mapping[str, str]
LENGTHS = {"mini": 430.0, "knee": 520.0, "midi": 620.0, "maxi": 740.0}
FLARES = {"sheath": 0.0, "a-line": 44.0, "full": 96.0, "tiered": 84.0, "wrap": 30.0}


def draw(shape: Shape, back: bool = False) -> list[Piece]:
    return MAKERS[shape["kind"]](shape, back)


def dress(shape: Shape, back: bool) -> list[Piece]:
    neck, sleeve = shape["neck"], shape["sleeve"]
    length = LENGTHS[shape["length"]]
    hem = 96 + FLARES[shape["skirt"]] * (0.55 + (length - 235) / 700)
    pieces = _upper(neck, sleeve, back, 246, 68)
    pieces += skirt_part(shape["skirt"], 238, 66, length, hem)
    pieces += _waist(shape, back)
    if shape["skirt"] == "wrap" and not back:
        pieces.append(Seam(curve([(60, 240), (20, 420), (-24, length)]), 2.4, -40))
    return pieces


def _upper(neck: str, sleeve: str, back: bool, hem_y: float, hem: float) -> list[Piece]:
    """Sleeves, the inside of the back, and the body of anything worn on top."""
    if sleeve == "straps":
        body = Part(mirrored(torso.strapped(hem_y, hem)), folds=torso.body_folds())
        return [*torso.straps(), body]
    shape = "boat" if back else neck
    pieces = torso.sleeves(sleeve, cuff=sleeve in {"puff-long", "bishop"})
    if not back:
        pieces += torso.back_of_neck(neck)
    half = torso.bodice(shape, hem_y, hem)
    pieces.append(Part(mirrored(half), folds=torso.body_folds()))
    if sleeve != "none":
        pieces += torso.armholes()
    pieces += torso.neck_trim(neck, back)
    if back:
        pieces.append(Seam(np.array([[0.0, 34.0], [0, hem_y - 8]]), 1.6, -30))
    return pieces


def _waist(shape: Shape, back: bool) -> list[Piece]:
    if shape.get("belt") != "yes":
        return [Seam(curve([(-67, 238), (0, 246), (67, 238)]), 2, -30)]
    half: list[Point] = [(0, 232), (67, 225, 1), (68, 247, 1), (0, 255)]
    pieces: list[Piece] = [Part(mirrored(half), "trim", -4, 0.8)]
    if not back:
        pieces.append(Part(ellipse(0, 243, 13, 12), "metal", 6, 0.5))
        pieces.append(Part(ellipse(0, 243, 7, 7), "trim", -14, 0))
    return pieces


def top(shape: Shape, back: bool) -> list[Piece]:
    hem_y = {"crop": 268.0, "hip": 345.0, "long": 400.0}[shape["length"]]
    hem = 76 if shape["length"] == "crop" else 92
    pieces = _upper(shape["neck"], shape["sleeve"], back, hem_y, hem)
    pieces.append(
        Seam(curve([(-hem, hem_y - 8), (0, hem_y), (hem, hem_y - 8)]), 1.4, -24)
    )
    return pieces


def blouse(shape: Shape, back: bool) -> list[Piece]:
    pieces = _upper(shape["neck"], shape["sleeve"], back, 360, 102)
    if back:
        return pieces
    if shape["front"] == "bow":
        return pieces + torso.placket(70, 352) + torso.bow(52)
    pieces += torso.placket(58, 360)
    pieces += torso.buttons(0, 74, 336, 7, size=3.8)
    if shape["neck"] == "collar":
        pieces += torso.collar()
    return pieces


def knit(shape: Shape, back: bool) -> list[Piece]:
    neck = "round" if shape["neck"] == "roll" else shape["neck"]
    pieces = torso.sleeves("long", 104, cuff=True)
    if not back:
        pieces += torso.back_of_neck(neck)
    half = torso.bodice("boat" if back else neck, 352, 100, 86, 106)
    pieces.append(Part(mirrored(half), folds=torso.body_folds(spread=64)))
    pieces += torso.armholes(106)
    hem = np.stack([np.linspace(-98, 98, 40), np.full(40, 334.0)], axis=1)
    pieces += [Seam(hem, 2, -24), *torso.ribs(hem, 34, 22)]
    if shape["neck"] == "roll":
        return pieces + torso.roll_neck()
    pieces += torso.neck_trim(neck, back)
    if shape["front"] == "cardigan" and not back:
        depth = torso.NECKS[neck][1]
        pieces += torso.placket(depth, 358)
        pieces += torso.buttons(0, depth + 16, 346, 6, size=5)
    return pieces


MAKERS: dict[str, Callable[[Shape, bool], list[Piece]]] = {
    "dress": dress,
    "top": top,
    "blouse": blouse,
    "knit": knit,
    "skirt": skirt,
    "trousers": trousers,
    "jeans": trousers,
    "coat": coat,
    "abaya": abaya,
    "shoe": shoe,
    "bag": bag,
    "scarf": scarf,
    "hat": hat,
}
