"""The last 90 days of what visitors did, one event a line."""

from __future__ import annotations

from pathlib import Path

from apps.demo.simulator.world import World


def write(world: World, path: Path, slug: str) -> None:
    path.write_bytes(b"")
