"""Have the pictures drawn by processes of their own, then hang them in the storage."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

import apps
from apps.core.errors import LuxeBrainError
from apps.demo.services.write_catalogue import picture_name
from apps.demo.simulator.plan import Plan

MODULE = "apps.demo.simulator.draw"
ROOT = Path(apps.__file__).resolve().parent.parent
PREFIX = "drawing-"


class Painters:
    """Worker processes that draw into a folder of their own below `room` while the tables
    are written."""

    def __init__(self, plan: Plan, room: Path, count: int) -> None:
        room.mkdir(parents=True, exist_ok=True)
        # A killed build's painters may still be at it, perhaps of another seed: theirs is
        # removed if it can be, and ours is another one.
        for left in room.glob(f"{PREFIX}*"):
            shutil.rmtree(left, ignore_errors=True)
        self.folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=room))
        self.children = [self._start(plan, share, count) for share in range(count)]

    def _start(self, plan: Plan, share: int, of: int) -> subprocess.Popen[bytes]:
        order = {
            "seed": plan.seed, "until": plan.until.isoformat(), "products": plan.products,
            "customers": plan.customers, "months": plan.months, "share": share, "of": of,
            "parent": os.getpid(),
        }  # fmt: skip
        command = [sys.executable, "-m", MODULE, json.dumps(order), str(self.folder)]
        return subprocess.Popen(command, cwd=ROOT)  # noqa: S603, our own module

    def wait(self, expected: int, show: Callable[[float], None]) -> None:
        while any(child.poll() is None for child in self.children):
            show(len(self.names()) / expected)
            time.sleep(0.2)
        if any(child.returncode for child in self.children):
            raise LuxeBrainError("The pictures could not be drawn.")

    def names(self) -> list[str]:
        return sorted(n for n in os.listdir(self.folder) if n.endswith(".webp"))

    def stop(self) -> None:
        for child in self.children:
            child.kill()
            child.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def take_down(slug: str) -> None:
    """Remove what an earlier build hung, half-written files too."""
    folder = picture_name(slug, "").rstrip("/")
    try:
        names = default_storage.listdir(folder)[1]
    except FileNotFoundError:
        return
    for name in names:
        default_storage.delete(picture_name(slug, name))


def hang(painters: Painters, slug: str, show: Callable[[float], None]) -> int:
    """Put the drawn files into the storage under stable names; how many there are."""
    names = painters.names()
    for number, name in enumerate(names):
        data = (painters.folder / name).read_bytes()
        default_storage.save(picture_name(slug, name), ContentFile(data))
        show((number + 1) / len(names))
    return len(names)
