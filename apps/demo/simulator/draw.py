"""Draw one share of the pictures: `python -m apps.demo.simulator.draw JSON FOLDER`.

A process of its own, so that it works below a Celery worker too (whose children may
have none) and uses a second core. It ends by itself when its parent is gone.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

from apps.demo.simulator import studio
from apps.demo.simulator.catalogue import Catalogue, Look, design
from apps.demo.simulator.palette import PALETTE
from apps.demo.simulator.plan import Plan


class Shot(NamedTuple):
    """One picture of a product: file name, color (index into PALETTE) and angle."""

    name: str
    color: int
    angle: str


def shots(look: Look) -> list[Shot]:
    """Every color from the front; the first one from behind and close up too."""
    wanted = [(look.colors[0], angle) for angle in studio.ANGLES]
    wanted += [(color, "front") for color in look.colors[1:]]
    return [
        Shot(f"{look.sku}-{PALETTE[c].name.replace(' ', '')}-{a}.webp".lower(), c, a)
        for c, a in wanted
    ]


def pictures(look: Look, seed: int) -> Iterator[tuple[str, bytes]]:
    """File names with their bytes; a drawing is made once for all its colors."""
    todo = shots(look)
    for angle in studio.ANGLES:
        group = [shot for shot in todo if shot.angle == angle]
        colors = [PALETTE[shot.color].rgb for shot in group]
        made = studio.shoot(look.shape, angle, colors, look.pattern, look.grain, seed)
        yield from zip((shot.name for shot in group), made, strict=True)


def draw_share(
    plan: Plan, catalogue: Catalogue, share: int, of: int, folder: Path, parent: int
) -> None:
    """`parent`: who asked for them. Asked here, an orphan's would be the system's own."""
    for number in range(share, catalogue.count, of):
        if os.getppid() != parent:
            return
        for name, data in pictures(
            catalogue.looks[number], plan.seed * 10_007 + number
        ):
            part = folder / f"{name}.part"
            part.write_bytes(data)
            part.rename(folder / name)


def main(order: str, folder: str) -> None:
    wanted = json.loads(order)
    plan = Plan(
        seed=wanted["seed"],
        until=date.fromisoformat(wanted["until"]),
        products=wanted["products"],
        customers=wanted["customers"],
        months=wanted["months"],
    )
    share, of, parent = wanted["share"], wanted["of"], wanted["parent"]
    draw_share(plan, design(plan), share, of, Path(folder), parent)


if __name__ == "__main__":
    main(*sys.argv[1:])
