"""Everything the simulator knows and the shop does not."""

from __future__ import annotations

from pathlib import Path

from apps.demo.simulator.world import World


def save(world: World, folder: Path) -> None:
    pass
