"""The shop's colors: name, family, RGB."""

from __future__ import annotations

from typing import NamedTuple


class Shade(NamedTuple):
    name: str
    family: str
    rgb: tuple[int, int, int]


PALETTE = (
    Shade("Black", "black", (34, 33, 36)),
    Shade("Charcoal", "grey", (74, 76, 82)),
    Shade("Stone Grey", "grey", (158, 158, 156)),
    Shade("Ivory", "white", (243, 237, 224)),
    Shade("White", "white", (246, 245, 242)),
    Shade("Sand", "beige", (214, 196, 166)),
    Shade("Camel", "beige", (193, 154, 107)),
    Shade("Nude", "beige", (226, 196, 176)),
    Shade("Chocolate", "brown", (92, 60, 44)),
    Shade("Cognac", "brown", (154, 88, 48)),
    Shade("Terracotta", "orange", (190, 96, 70)),
    Shade("Coral", "orange", (236, 128, 108)),
    Shade("Mustard", "yellow", (208, 160, 62)),
    Shade("Butter", "yellow", (242, 222, 160)),
    Shade("Red", "red", (188, 36, 44)),
    Shade("Burgundy", "red", (114, 32, 48)),
    Shade("Blush", "pink", (236, 202, 200)),
    Shade("Dusty Rose", "pink", (202, 142, 146)),
    Shade("Fuchsia", "pink", (204, 52, 120)),
    Shade("Lilac", "purple", (194, 176, 216)),
    Shade("Plum", "purple", (98, 48, 88)),
    Shade("Navy", "blue", (38, 48, 82)),
    Shade("Royal Blue", "blue", (50, 84, 168)),
    Shade("Dusty Blue", "blue", (140, 166, 194)),
    Shade("Sky", "blue", (180, 208, 232)),
    Shade("Teal", "green", (28, 104, 112)),
    Shade("Emerald", "green", (24, 104, 76)),
    Shade("Sage", "green", (160, 178, 148)),
    Shade("Olive", "green", (104, 108, 66)),
    Shade("Mint", "green", (190, 220, 204)),
    Shade("Light Denim", "blue", (146, 174, 206)),
    Shade("Mid Denim", "blue", (76, 106, 150)),
    Shade("Dark Denim", "blue", (42, 58, 92)),
    Shade("Gold", "yellow", (200, 166, 98)),
)
FAMILIES = tuple(dict.fromkeys(shade.family for shade in PALETTE))
FAMILY_OF = tuple(FAMILIES.index(shade.family) for shade in PALETTE)
INDEX = {shade.name: place for place, shade in enumerate(PALETTE)}

DENIM = ("Light Denim", "Mid Denim", "Dark Denim", "Black", "White")
LEATHER = (
    "Black",
    "Cognac",
    "Chocolate",
    "Camel",
    "Nude",
    "Burgundy",
    "Ivory",
    "Navy",
    "Sage",
    "Red",
    "Blush",
    "Gold",
)
MODEST = (
    "Black",
    "Navy",
    "Burgundy",
    "Emerald",
    "Plum",
    "Sand",
    "Charcoal",
    "Teal",
    "Dusty Rose",
    "Ivory",
    "Chocolate",
    "Olive",
    "Gold",
    "Royal Blue",
)
CLOTH = tuple(shade.name for shade in PALETTE if "Denim" not in shade.name)
